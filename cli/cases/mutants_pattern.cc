#include "cli/cases/mutants_pattern.h"

#include <optional>

#include "base/strings.h"
#include "config/amount.h"

namespace headgate::cli {
namespace {

// "{8}", "{1,3}" and "{2,}".
struct Repetition {
  int64_t min = 0;
  std::optional<int64_t> max;
  bool comma = false;
};

std::optional<Repetition> ReadRepetition(std::string_view text) {
  const std::string_view inside = text.substr(1, text.size() - 2);
  const size_t comma = inside.find(',');
  const auto min = config::ParseInteger(inside.substr(0, comma));
  if (!min) return std::nullopt;
  Repetition read = {.min = *min, .max = *min, .comma = comma != inside.npos};
  if (!read.comma) return read;
  read.max = config::ParseInteger(inside.substr(comma + 1));
  if (!read.max && comma + 1 < inside.size()) return std::nullopt;
  return read;
}

std::string Write(const Repetition& repetition) {
  if (!repetition.comma) return StrCat("{", repetition.min, "}");
  const std::string max = repetition.max ? StrCat(*repetition.max) : "";
  return StrCat("{", repetition.min, ",", max, "}");
}

std::vector<std::string> Moved(const Repetition& repetition) {
  std::vector<std::string> moved;
  for (const int64_t by : {int64_t{-1}, int64_t{1}}) {
    Repetition other = repetition;
    other.min += by;
    if (!repetition.comma) other.max = other.min;
    if (other.min >= 0 && (!other.max || other.min <= *other.max)) {
      moved.push_back(Write(other));
    }
    if (!repetition.comma || !repetition.max) continue;
    other = repetition;
    *other.max += by;
    if (other.min <= *other.max) moved.push_back(Write(other));
  }
  return moved;
}

// What a quantifier that begins at `rest` may become; `*size` is its length.
std::vector<std::string> ChangesOf(std::string_view rest, size_t* size) {
  *size = 1;
  if (rest[0] == '+') return {"*"};
  if (rest[0] == '*') return {"+"};
  if (rest[0] == '?') return {""};
  if (rest[0] != '{') return {};
  const size_t end = rest.find('}');
  if (end == rest.npos) return {};
  const auto repetition = ReadRepetition(rest.substr(0, end + 1));
  if (!repetition) return {};
  *size = end + 1;
  return Moved(*repetition);
}

}  // namespace

std::vector<PatternChange> PatternChanges(std::string_view pattern) {
  std::vector<PatternChange> changes;
  bool in_class = false;
  bool after_quantifier = true;  // a "?" there is no quantifier
  for (size_t at = 0; at < pattern.size(); ++at) {
    const char c = pattern[at];
    if (c == '\\') {
      ++at;
      after_quantifier = false;
      continue;
    }
    if (in_class) {
      in_class = c != ']';
      continue;
    }
    in_class = c == '[';
    size_t size = 1;
    const bool may_be = !after_quantifier && !in_class;
    after_quantifier = c == '(' || c == '|';
    if (!may_be) continue;
    const std::vector<std::string> others =
        ChangesOf(pattern.substr(at), &size);
    const std::string_view from = pattern.substr(at, size);
    for (const std::string& to : others) {
      changes.push_back({.from = std::string(from),
                         .to = to,
                         .at = at,
                         .pattern = StrCat(pattern.substr(0, at), to,
                                           pattern.substr(at + size))});
    }
    if (others.empty()) continue;
    after_quantifier = true;
    at += size - 1;
  }
  return changes;
}

}  // namespace headgate::cli
