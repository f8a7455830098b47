#include "base/plain_json.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/strings.h"

namespace headgate {
namespace {

bool IsPlainByte(char c) {
  return c >= ' ' && c != '"' && c != '\\' && static_cast<signed char>(c) >= 0;
}

// The same of eight bytes: a high bit for each that fails. A borrow may mark
// one too many, but only above one that fails.
uint64_t FailedBytes(const char* text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighBits = 0x8080808080808080;
  uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  const uint64_t quotes = word ^ kOnes * '"';
  const uint64_t backslashes = word ^ kOnes * '\\';
  const uint64_t failed =
      word | (word - kOnes * ' ') | (quotes - kOnes) | (backslashes - kOnes);
  return failed & kHighBits;
}

// Where the run of plain bytes that begins at `at` ends.
const char* PlainEnd(const char* at, const char* end) {
  constexpr ptrdiff_t kWord = sizeof(uint64_t);
  for (; end - at >= kWord; at += kWord) {
    const uint64_t failed = FailedBytes(at);
    if (failed == 0) continue;
    if constexpr (std::endian::native != std::endian::little) break;
    return at + std::countr_zero(failed) / 8;
  }
  while (at != end && IsPlainByte(*at)) ++at;
  return at;
}

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
// What may follow a backslash, but for "u".
bool IsEscape(char c) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  return kEscapes.find(c) != kEscapes.npos;
}

// The keys of an object that is being read; they are compared only where their
// outlines are the same.
class Keys {
 public:
  // False: it is there already, or there are too many to tell.
  bool Add(std::string_view key) {
    if (count_ == keys_.size()) return false;
    const uint64_t outline = uint64_t{1} << OutlineOf(key);
    if ((outlines_ & outline) != 0) {
      const auto end = keys_.begin() + count_;
      if (std::find(keys_.begin(), end, key) != end) return false;
    }
    outlines_ |= outline;
    keys_[count_++] = key;
    return true;
  }

 private:
  static unsigned OutlineOf(std::string_view key) {
    if (key.empty()) return 0;
    const size_t sum = key.size() * 11 +
                       static_cast<unsigned char>(key.front()) * 3 +
                       static_cast<unsigned char>(key.back());
    return sum % 64;
  }

  std::array<std::string_view, 16> keys_;
  size_t count_ = 0;
  uint64_t outlines_ = 0;
};

// Each function reads what it is named after at `at` and returns where it ends.
// Null: it is not there, or not plainly.
class PlainReader {
 public:
  explicit PlainReader(std::string_view text)
      : begin_(text.data()), end_(begin_ + text.size()) {}

  bool IsValue() const {
    const char* at = Value(Space(begin_), 0);
    return at != nullptr && Space(at) == end_;
  }

 private:
  static constexpr int kDepthMax = 16;         // deeper ones are rare
  static constexpr ptrdiff_t kDigitsMax = 18;  // any such number has 64 bits

  const char* Space(const char* at) const {
    if (at != end_ && *at > ' ') return at;  // nearly always
    while (at != end_ && IsSpace(*at)) ++at;
    return at;
  }

  // `depth` counts the containers around the value.
  const char* Value(const char* at, int depth) const {
    if (at == end_) return nullptr;
    switch (*at) {
      case '"':
        return String(at);
      case '{':
        return depth < kDepthMax ? Object(at, depth + 1) : nullptr;
      case '[':
        return depth < kDepthMax ? Array(at, depth + 1) : nullptr;
      case 't':
        return Word(at, "true");
      case 'f':
        return Word(at, "false");
      case 'n':
        return Word(at, "null");
      default:
        return Integer(at);
    }
  }

  const char* Word(const char* at, std::string_view word) const {
    return std::string_view(at, end_).starts_with(word) ? at + word.size()
                                                        : nullptr;
  }

  // A fraction or an exponent fails as whatever follows a value.
  const char* Integer(const char* at) const {
    if (*at == '-') ++at;
    const char* digit = at;
    while (digit != end_ && IsDigit(*digit)) ++digit;
    const ptrdiff_t digits = digit - at;
    if (digits == 0 || digits > kDigitsMax) return nullptr;
    return digits > 1 && *at == '0' ? nullptr : digit;
  }

  // What a key means is seen only without escapes.
  const char* Key(const char* at, std::string_view* key) const {
    if (at == end_ || *at != '"') return nullptr;
    const char* end = PlainEnd(++at, end_);
    *key = std::string_view(at, end);
    return end != end_ && *end == '"' ? end + 1 : nullptr;
  }

  const char* String(const char* at) const {
    for (++at;; at += 2) {
      at = PlainEnd(at, end_);
      if (at == end_) return nullptr;
      if (*at == '"') return at + 1;
      if (*at != '\\' || end_ - at < 2 || !IsEscape(at[1])) return nullptr;
    }
  }

  const char* Array(const char* at, int depth) const {
    at = Space(at + 1);
    if (at != end_ && *at == ']') return at + 1;
    for (;; at = Space(at + 1)) {
      at = Value(at, depth);
      if (at == nullptr) return nullptr;
      at = Space(at);
      if (at == end_) return nullptr;
      if (*at != ',') return *at == ']' ? at + 1 : nullptr;
    }
  }

  const char* Object(const char* at, int depth) const {
    at = Space(at + 1);
    if (at != end_ && *at == '}') return at + 1;
    Keys keys;
    for (;; at = Space(at + 1)) {
      at = Member(at, depth, &keys);
      if (at == nullptr) return nullptr;
      at = Space(at);
      if (at == end_) return nullptr;
      if (*at != ',') return *at == '}' ? at + 1 : nullptr;
    }
  }

  const char* Member(const char* at, int depth, Keys* keys) const {
    std::string_view key;
    at = Key(at, &key);
    if (at == nullptr || !keys->Add(key)) return nullptr;
    at = Space(at);
    if (at == end_ || *at != ':') return nullptr;
    return Value(Space(at + 1), depth);
  }

  const char* const begin_;
  const char* const end_;
};

}  // namespace

size_t PlainJsonSpan(std::string_view text) {
  const char* begin = text.data();
  return static_cast<size_t>(PlainEnd(begin, begin + text.size()) - begin);
}

bool IsPlainlyJson(std::string_view text) {
  return PlainReader(text).IsValue();
}

}  // namespace headgate
