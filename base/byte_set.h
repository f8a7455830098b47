// Sets of bytes, and how long a text holds nothing else. A charset of a
// contract, the characters of a token, what may stand in a path: each call asks
// many such questions.
//
// Idea: a table with a byte for each, and four bytes of text to a branch. A bit
// for each would be smaller, and take twice as long.
//
// Values and pure functions; constexpr, any thread.
#ifndef HEADGATE_BASE_BYTE_SET_H_
#define HEADGATE_BASE_BYTE_SET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headgate {

// Up to eight sets: a bit for each that a byte belongs to.
using ByteClasses = std::array<uint8_t, 256>;

// The length of the run of bytes of this class that `text` begins with.
constexpr size_t SpanOf(const ByteClasses& table, uint8_t one_class,
                        std::string_view text) {
  const auto classes = [&table, text](size_t i) -> unsigned {
    return table[static_cast<unsigned char>(text[i])];
  };
  size_t i = 0;
  // Runs are long: four at a time, while all of them are.
  for (; text.size() - i >= 4; i += 4) {
    const unsigned common =
        classes(i) & classes(i + 1) & classes(i + 2) & classes(i + 3);
    if ((common & one_class) == 0) break;
  }
  while (i < text.size() && (classes(i) & one_class) != 0) ++i;
  return i;
}

class ByteSet {
 public:
  constexpr ByteSet() = default;
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char c : bytes) Add(c);
  }
  // ASCII letters and digits, and `others`.
  static constexpr ByteSet Alphanumeric(std::string_view others) {
    ByteSet set(others);
    for (char c = 'a'; c <= 'z'; ++c) set.Add(c);
    for (char c = 'A'; c <= 'Z'; ++c) set.Add(c);
    for (char c = '0'; c <= '9'; ++c) set.Add(c);
    return set;
  }

  constexpr void Add(char c) { holds_[static_cast<unsigned char>(c)] = 1; }
  constexpr bool Contains(char c) const {
    return holds_[static_cast<unsigned char>(c)] != 0;
  }
  // The length of the run of such bytes that `text` begins with.
  constexpr size_t Span(std::string_view text) const {
    return SpanOf(holds_, 1, text);
  }
  constexpr bool ContainsAll(std::string_view text) const {
    return Span(text) == text.size();
  }

  constexpr bool operator==(const ByteSet&) const = default;

 private:
  ByteClasses holds_{};  // 1 or 0
};

}  // namespace headgate

#endif  // HEADGATE_BASE_BYTE_SET_H_
