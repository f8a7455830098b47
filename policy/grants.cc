#include "policy/grants.h"

#include <utility>

namespace headgate::policy {

Grants::Grants(const std::vector<std::string>& granted,
               const Implied& implied) {
  // What is implied may imply more; each name is expanded once.
  std::vector<std::string> left = granted;
  while (!left.empty()) {
    const std::string name = std::move(left.back());
    left.pop_back();
    if (!covered_.insert(name).second) continue;
    const auto more = implied.find(name);
    if (more == implied.end()) continue;
    left.insert(left.end(), more->second.begin(), more->second.end());
  }
}

GrantsPath::GrantsPath(std::string_view path, Rule rule)
    : rule_(std::move(rule)) {
  for (const std::string_view name : Split(path, '.')) {
    names_.emplace_back(name);
  }
}

bool GrantsPath::Check(JsonValue root, const Grants& grants,
                       Recorder* recorder) const {
  return !root || Walk(root, 0, nullptr, grants, recorder);
}

// What is no list, object or string was refused or let pass by the body's own
// rules; it names no permission.
bool GrantsPath::Walk(JsonValue value, size_t depth, const BodyPlace* place,
                      const Grants& grants, Recorder* recorder) const {
  if (value.is_array()) {
    BodyPlace item_place{place, ""};
    for (const JsonValue item : value.items()) {
      if (!Walk(item, depth, &item_place, grants, recorder)) return false;
      ++item_place.index;
    }
    return true;
  }
  if (depth < names_.size()) {
    const JsonValue next =
        value.is_object() ? value.Find(names_[depth]) : JsonValue();
    const BodyPlace inner{place, names_[depth]};
    return !next || Walk(next, depth + 1, &inner, grants, recorder);
  }
  if (!value.is_string()) return true;
  const std::string_view permission = value.string();
  if (!grants.Cover(permission)) {
    const std::string location = PlaceText(*place);
    return recorder->Denied(rule_, {.value = permission, .location = location});
  }
  recorder->Passed(rule_, permission);
  return true;
}

}  // namespace headgate::policy
