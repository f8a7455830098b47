#include "base/plain_json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/strings.h"

namespace headgate {
namespace {

bool IsPlainByte(char c) {
  return c >= ' ' && c != '"' && c != '\\' && static_cast<signed char>(c) >= 0;
}

#ifdef __SSE2__

// As many bytes as are looked at at once.
constexpr ptrdiff_t kBlock = 16;

// Which of a block's bytes are not plain: a bit for each, the first one lowest.
unsigned FailedBytes(const char* text) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  // As signed numbers, those beyond ASCII are below the space too.
  const __m128i controls = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
  const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(_mm_movemask_epi8(
      _mm_or_si128(_mm_or_si128(controls, quotes), backslashes)));
}

#else

constexpr ptrdiff_t kBlock = 1;

unsigned FailedBytes(const char* text) { return IsPlainByte(*text) ? 0 : 1; }

#endif

// Where the run of plain bytes that begins at `at` ends.
const char* PlainEnd(const char* at, const char* end) {
  for (; end - at >= kBlock; at += kBlock) {
    const unsigned failed = FailedBytes(at);
    if (failed != 0) return at + std::countr_zero(failed);
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
    if ((outlines_ & outline) != 0 && Has(key)) return false;
    outlines_ |= outline;
    keys_[count_++] = {key.data(), key.size()};
    return true;
  }

 private:
  struct Key {
    const char* data;
    size_t size;
  };

  bool Has(std::string_view key) const {
    return std::any_of(keys_.begin(), keys_.begin() + count_,
                       [key](const Key& other) {
                         return key == std::string_view(other.data, other.size);
                       });
  }
  static unsigned OutlineOf(std::string_view key) {
    if (key.empty()) return 0;
    const size_t sum = key.size() * 11 +
                       static_cast<unsigned char>(key.front()) * 3 +
                       static_cast<unsigned char>(key.back());
    return sum % 64;
  }

  std::array<Key, 16> keys_;  // those behind count_ are not even cleared
  size_t count_ = 0;
  uint64_t outlines_ = 0;
};

// Each function reads what it is named after at `at` and returns where it ends.
// Null: it is not there, or not plainly.
//
// The text ends with a closing bracket, which ends whatever stands before it:
// so `at` is held against the text's end only inside of a string, and behind a
// bracket.
class PlainReader {
 public:
  // REQUIRES: `text` ends with a closing bracket.
  explicit PlainReader(std::string_view text)
      : begin_(text.data()), end_(begin_ + text.size()) {}

  // Nothing but one object or array.
  bool IsContainer() const {
    return Value(Space(begin_), 0) == end_;  // as only a bracket can
  }

 private:
  static constexpr int kDepthMax = 16;         // deeper ones are rare
  static constexpr ptrdiff_t kDigitsMax = 18;  // any such number has 64 bits

  static const char* Space(const char* at) {
    while (*at <= ' ' && IsSpace(*at)) ++at;
    return at;
  }

  // `depth` counts the containers around the value.
  const char* Value(const char* at, int depth) const {
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
  static const char* Integer(const char* at) {
    if (*at == '-') ++at;
    const char* digit = at;
    while (IsDigit(*digit)) ++digit;
    const ptrdiff_t digits = digit - at;
    if (digits == 0 || digits > kDigitsMax) return nullptr;
    return digits > 1 && *at == '0' ? nullptr : digit;
  }

  // What a key means is seen only without escapes.
  const char* Key(const char* at, std::string_view* key) const {
    if (*at != '"') return nullptr;
    const char* end = PlainEnd(++at, end_);
    *key = std::string_view(at, end);
    return end != end_ && *end == '"' ? end + 1 : nullptr;
  }

  const char* String(const char* at) const {
    for (++at;; at += 2) {
      at = PlainEnd(at, end_);
      if (at == end_) return nullptr;
      if (*at == '"') return at + 1;
      if (*at != '\\' || !IsEscape(at[1])) return nullptr;
    }
  }

  const char* Array(const char* at, int depth) const {
    at = Space(at + 1);
    if (*at == ']') return at + 1;
    for (;; at = Space(at + 1)) {
      at = Value(at, depth);
      if (at == nullptr || at == end_) return nullptr;
      at = Space(at);
      if (*at != ',') return *at == ']' ? at + 1 : nullptr;
    }
  }

  const char* Object(const char* at, int depth) const {
    at = Space(at + 1);
    if (*at == '}') return at + 1;
    Keys keys;
    for (;; at = Space(at + 1)) {
      at = Member(at, depth, &keys);
      if (at == nullptr || at == end_) return nullptr;
      at = Space(at);
      if (*at != ',') return *at == '}' ? at + 1 : nullptr;
    }
  }

  const char* Member(const char* at, int depth, Keys* keys) const {
    std::string_view key;
    at = Key(at, &key);
    if (at == nullptr || !keys->Add(key)) return nullptr;
    at = Space(at);
    if (*at != ':') return nullptr;
    at = Space(at + 1);
    return *at == '"' ? String(at) : Value(at, depth);  // most are strings
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
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  const bool closes = text.ends_with('}') || text.ends_with(']');
  return closes && PlainReader(text).IsContainer();
}

}  // namespace headgate
