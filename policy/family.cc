#include "policy/family.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace headgate::policy {
namespace {

using Segments = std::vector<TemplateSegment>;

bool IsLiteral(const TemplateSegment& segment) {
  return segment.kind == TemplateSegment::Kind::kLiteral;
}

bool SameSegment(const TemplateSegment& a, const TemplateSegment& b) {
  return a.kind == b.kind && (!IsLiteral(a) || a.text == b.text);
}

Segments CommonPrefix(const config::Contract& contract) {
  Segments common;
  bool first = true;
  for (const config::Operation& operation : contract.operations) {
    Segments segments;
    if (!ParseTemplate(operation.path, &segments)) continue;
    if (std::exchange(first, false)) {
      common = segments;
      continue;
    }
    const auto differs =
        std::mismatch(common.begin(), common.end(), segments.begin(),
                      segments.end(), SameSegment);
    common.erase(differs.first, common.end());
  }
  return common;
}

bool MoreParticular(const Segments& a, const Segments& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (IsLiteral(a[i]) != IsLiteral(b[i])) return IsLiteral(a[i]);
  }
  return a.size() > b.size();
}

bool BeginsWith(std::string_view path, const Segments& segments) {
  for (const TemplateSegment& segment : segments) {
    if (path.size() < 2 || path[0] != '/') return false;
    const size_t end = path.find('/', 1);
    const std::string_view text =
        path.substr(1, end == path.npos ? end : end - 1);
    if (text.empty() || (IsLiteral(segment) && text != segment.text)) {
      return false;
    }
    path.remove_prefix(text.size() + 1);
  }
  return true;
}

}  // namespace

void Families::Add(const config::Contract& contract, int service) {
  std::vector<Segments> found;
  for (const std::string& prefix : contract.prefixes) {
    if (Segments segments; ParseTemplate(prefix, &segments)) {
      found.push_back(std::move(segments));
    }
  }
  if (contract.prefixes.empty()) {
    found.push_back(CommonPrefix(contract));
    for (const config::Alias& alias : contract.aliases) {
      if (Segments segments; ParseTemplate(alias.also, &segments)) {
        found.push_back(std::move(segments));
      }
    }
  }
  for (Segments& segments : found) {
    if (!segments.empty()) prefixes_.push_back({std::move(segments), service});
  }
  std::stable_sort(prefixes_.begin(), prefixes_.end(),
                   [](const Prefix& a, const Prefix& b) {
                     return MoreParticular(a.segments, b.segments);
                   });
}

int Families::Find(std::string_view path) const {
  for (const Prefix& prefix : prefixes_) {
    if (BeginsWith(path, prefix.segments)) return prefix.service;
  }
  return -1;
}

}  // namespace headgate::policy
