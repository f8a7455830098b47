#include "config/contract_path.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace headgate::config {
namespace {

constexpr std::string_view kTailMark = "...";

bool IsNameCharacter(char c) {
  const char lower = AsciiLower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool IsLiteralCharacter(char c) {
  return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '\\';
}

bool IsVariable(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The segments behind the first '/'; none for "/".
std::vector<std::string_view> Segments(std::string_view path) {
  if (path.size() < 2) return {};
  return Split(path.substr(1), '/');
}

std::string ParseVariable(std::string_view segment, bool last,
                          PathTemplate* result) {
  std::string_view name = segment.substr(1, segment.size() - 2);
  const bool tail = name.ends_with(kTailMark);
  if (tail) name.remove_suffix(kTailMark.size());
  if (name.empty() || !std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    return StrCat("a variable's name has letters, digits and _ only: ",
                  segment);
  }
  if (Contains(result->variables, name)) {
    return StrCat("the variable ", segment, " occurs twice");
  }
  if (tail && !last) return StrCat("only the last segment may be ", segment);
  if (tail) result->tail = std::string(name);
  result->variables.emplace_back(name);
  return "";
}

std::string ParseSegment(std::string_view segment, bool last,
                         PathTemplate* result) {
  if (IsVariable(segment)) return ParseVariable(segment, last, result);
  if (segment.find_first_of("{}") != std::string_view::npos) {
    return StrCat("a segment is a literal or one whole {variable}: ", segment);
  }
  if (segment.empty()) return "a segment is empty";
  if (!std::all_of(segment.begin(), segment.end(), IsLiteralCharacter)) {
    return "a literal has visible ASCII characters without ?, # and \\ only";
  }
  return "";
}

std::string SeparatorOf(std::string_view variable,
                        const std::map<std::string, char>& lists) {
  const std::string name(variable.substr(1, variable.size() - 2));
  const auto list = lists.find(name);
  return list == lists.end() ? "" : std::string(1, list->second);
}

}  // namespace

std::string ParsePath(std::string_view path, PathTemplate* result) {
  if (path.empty() || path.front() != '/') return "a path begins with /";
  PathTemplate parsed;
  const auto segments = Segments(path);
  for (size_t i = 0; i < segments.size(); ++i) {
    std::string wrong =
        ParseSegment(segments[i], i + 1 == segments.size(), &parsed);
    if (!wrong.empty()) return wrong;
  }
  *result = std::move(parsed);
  return "";
}

std::string PathShape(std::string_view path,
                      const std::map<std::string, char>& lists) {
  std::string shape;
  for (const std::string_view segment : Segments(path)) {
    shape += '/';
    if (!IsVariable(segment)) {
      shape += segment;
    } else if (segment.ends_with("...}")) {
      shape += "{...}";
    } else {
      shape += StrCat("{", SeparatorOf(segment, lists), "}");
    }
  }
  return shape;
}

}  // namespace headgate::config
