// Strings that Abseil lacks. Debian builds Abseil with a string_view of its
// own, which does not convert from std::string_view; ours is std's everywhere,
// and these few functions stand where the two meet.
#ifndef HEADGATE_BASE_STRINGS_H_
#define HEADGATE_BASE_STRINGS_H_

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace headgate {

// The same bytes for Abseil's functions.
inline absl::string_view ToAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}
inline std::string_view FromAbsl(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

namespace strings_internal {
template <typename T>
decltype(auto) Piece(const T& value) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return ToAbsl(value);
  } else {
    return (value);
  }
}
}  // namespace strings_internal

// absl::StrCat and StrAppend that take std::string_view too.
template <typename... Ts>
std::string StrCat(const Ts&... values) {
  return absl::StrCat(strings_internal::Piece(values)...);
}
template <typename... Ts>
void StrAppend(std::string* out, const Ts&... values) {
  absl::StrAppend(out, strings_internal::Piece(values)...);
}

// A map with string keys that is searched by std::string_view, without a copy.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const {
    return absl::Hash<absl::string_view>{}(ToAbsl(text));
  }
};
struct StringEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return a == b;
  }
};
template <typename V>
using StringMap = absl::flat_hash_map<std::string, V, StringHash, StringEqual>;
using StringSet = absl::flat_hash_set<std::string, StringHash, StringEqual>;

// ASCII only: a-z for A-Z, every other byte as it is.
char AsciiLower(char c);
std::string AsciiLower(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// `text` without spaces and tabs at both ends (RFC 9110 5.6.3, OWS).
std::string_view TrimOws(std::string_view text);

// Lower-case hexadecimal.
std::string HexEncode(std::string_view bytes);
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
// 0-15, or -1 if `c` is no hexadecimal digit.
int HexDigit(char c);

// The pieces between `separator`s; one empty piece for an empty text.
std::vector<std::string_view> Split(std::string_view text, char separator);
std::string Join(const std::vector<std::string>& parts,
                 std::string_view separator);

// The candidate that a person who wrote `word` probably meant: the nearest by
// edit distance, if near enough; "" otherwise.
std::string ClosestTo(std::string_view word,
                      const std::vector<std::string>& candidates);

}  // namespace headgate

#endif  // HEADGATE_BASE_STRINGS_H_
