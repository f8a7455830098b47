#include "policy/fixed_pattern.h"

#include <algorithm>
#include <string>

#include "base/strings.h"

namespace headgate::policy {
namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A character that means itself outside of a class, wherever it stands, as the
// inside of a class; empty: it is another.
std::string AsClass(char c) {
  if (IsDigit(c) || IsLetter(c)) return {c};
  const bool sign =
      std::string_view("-_:/,;=@#%&~!<>").find(c) != std::string_view::npos;
  return sign ? std::string{'\\', c} : std::string();
}

// Cuts `[...]` or one literal off.
std::optional<Charset> TakeClass(std::string_view* rest) {
  std::string error;
  if (rest->front() != '[') {
    const std::string inside = AsClass(rest->front());
    rest->remove_prefix(1);
    return Charset::Parse(inside, &error);
  }
  size_t end = 1;
  while (end < rest->size() && (*rest)[end] != ']') {
    end += (*rest)[end] == '\\' ? 2 : 1;
  }
  if (end >= rest->size()) return std::nullopt;
  const std::string_view inside = rest->substr(1, end - 1);
  rest->remove_prefix(end + 1);
  return Charset::Parse(inside, &error);
}

// Cuts `{N}` off, if it is there; 0: another repetition.
size_t TakeCount(std::string_view* rest) {
  if (rest->empty() || rest->front() != '{') return 1;
  size_t count = 0;
  size_t i = 1;
  for (; i < rest->size() && i <= 3 && IsDigit((*rest)[i]); ++i) {
    count = 10 * count + static_cast<size_t>((*rest)[i] - '0');
  }
  if (i >= rest->size() || (*rest)[i] != '}') return 0;
  rest->remove_prefix(i + 1);
  return count;
}

}  // namespace

std::optional<FixedPattern> FixedPattern::Parse(std::string_view expression) {
  FixedPattern pattern;
  while (!expression.empty()) {
    const std::optional<Charset> charset = TakeClass(&expression);
    if (!charset) return std::nullopt;
    const size_t count = TakeCount(&expression);
    if (count == 0 || !pattern.Append(*charset, count)) return std::nullopt;
  }
  return pattern;
}

bool FixedPattern::Append(const Charset& charset, size_t count) {
  if (places_.size() + count > kPlacesMax) return false;
  const auto known = std::ranges::find(classes_, charset);
  const auto index = static_cast<size_t>(known - classes_.begin());
  if (index == kClassesMax) return false;
  const uint32_t bit = uint32_t{1} << index;
  if (known == classes_.end()) {
    classes_.push_back(charset);
    for (size_t byte = 0; byte < classes_of_.size(); ++byte) {
      if (charset.Contains(static_cast<char>(byte))) classes_of_[byte] |= bit;
    }
  }
  places_.insert(places_.end(), count, bit);
  return true;
}

}  // namespace headgate::policy
