#include "cli/cases/generate_body.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace headgate::cli {
namespace {

using Kind = config::FieldSpec::Kind;

bool LeadsTo(const Hole* hole, size_t depth, std::string_view name) {
  return hole != nullptr && depth < hole->names.size() &&
         hole->names[depth] == name;
}

std::string IntegerIn(const config::Range& range) {
  return StrCat(std::clamp<int64_t>(1, range.min, range.max));
}

std::string Repeated(const std::string& item, int64_t count) {
  constexpr int64_t kItemsMax = 100;
  std::vector<std::string> items(
      static_cast<size_t>(std::min(count, kItemsMax)), item);
  return StrCat("[", Join(items, ", "), "]");
}

}  // namespace

std::string BodySamples::Members(const std::vector<config::FieldSpec>& fields,
                                 const Hole* hole, size_t depth) const {
  std::vector<std::string> members;
  for (const config::FieldSpec& field : fields) {
    const bool open = LeadsTo(hole, depth, field.name);
    if (field.optional && !open) continue;
    const Hole* inner = open ? hole : nullptr;
    if (open && hole->left_out && depth + 1 == hole->names.size()) continue;
    members.push_back(
        StrCat(YamlQuoted(field.name), ": ", Field(field, inner, depth + 1)));
  }
  return StrCat("{", Join(members, ", "), "}");
}

std::string BodySamples::Field(const config::FieldSpec& field, const Hole* hole,
                               size_t depth) const {
  if (hole != nullptr && depth == hole->names.size()) return hole->json;
  switch (field.kind) {
    case Kind::kValue:
      return YamlQuoted(samples_.Good(field.value));
    case Kind::kInteger:
      return IntegerIn(field.integer);
    case Kind::kBoolean:
      return "true";
    case Kind::kObject:
      return Members(field.fields, hole, depth);
    case Kind::kMap:
      return Map(field, hole, depth);
    case Kind::kList:
      if (!field.fields.empty()) {
        return Repeated(Members(field.fields, hole, depth),
                        std::max<int64_t>(1, field.items.min));
      }
      return Repeated(Item(field), std::max<int64_t>(1, field.items.min));
    case Kind::kAny:
      break;
  }
  return "{}";
}

std::string BodySamples::Map(const config::FieldSpec& field, const Hole* hole,
                             size_t depth) const {
  if (hole != nullptr) {
    return StrCat("{", YamlQuoted(hole->names[depth]), ": ", hole->json, "}");
  }
  std::vector<std::string> entries;
  for (int64_t i = 0; i < field.items.min; ++i) {
    entries.push_back(
        StrCat("\"k", i, "\": ", YamlQuoted(samples_.Good(field.value))));
  }
  return StrCat("{", Join(entries, ", "), "}");
}

std::string BodySamples::Item(const config::FieldSpec& list) const {
  if (!list.fields.empty()) return Members(list.fields, nullptr, 0);
  return list.value.empty() ? "1" : YamlQuoted(samples_.Good(list.value));
}

const config::FieldSpec* FieldAt(const std::vector<config::FieldSpec>& fields,
                                 const std::vector<std::string>& names) {
  const std::vector<config::FieldSpec>* inside = &fields;
  const config::FieldSpec* found = nullptr;
  for (const std::string& name : names) {
    const auto field =
        std::ranges::find(*inside, name, &config::FieldSpec::name);
    if (field == inside->end()) return found;  // the key of a map
    found = &*field;
    inside = &field->fields;
  }
  return found;
}

}  // namespace headgate::cli
