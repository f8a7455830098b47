// A set of bytes, and whether a text holds nothing else. A charset of a
// contract, the characters of a token, what may stand in a path segment: each
// call asks several such questions.
//
// Idea: a table with a byte for each, and four bytes of text to a branch. A bit
// for each would be smaller, and take twice as long.
//
// A value; constexpr, any thread.
#ifndef HEADGATE_BASE_BYTE_SET_H_
#define HEADGATE_BASE_BYTE_SET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headgate {

class ByteSet {
 public:
  constexpr ByteSet() = default;
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char c : bytes) Add(c);
  }

  constexpr void Add(char c) { holds_[static_cast<unsigned char>(c)] = 1; }
  constexpr bool Contains(char c) const { return At(c) != 0; }

  constexpr bool ContainsAll(std::string_view text) const {
    const char* at = text.data();
    size_t left = text.size();
    for (; left >= 4; left -= 4, at += 4) {
      if ((At(at[0]) & At(at[1]) & At(at[2]) & At(at[3])) == 0) return false;
    }
    for (; left > 0; --left) {
      if (At(*at++) == 0) return false;
    }
    return true;
  }

  constexpr bool operator==(const ByteSet&) const = default;

 private:
  constexpr unsigned At(char c) const {
    return holds_[static_cast<unsigned char>(c)];
  }

  std::array<uint8_t, 256> holds_{};  // 1 or 0
};

}  // namespace headgate

#endif  // HEADGATE_BASE_BYTE_SET_H_
