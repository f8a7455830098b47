// The character classes of RFC 9110 and 3986 as bitmaps, and the one scan that
// every field value passes. Constants and pure functions.
#ifndef HEADGATE_PROXY_HTTP_CHARS_H_
#define HEADGATE_PROXY_HTTP_CHARS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/byte_set.h"

namespace headgate::http {

// The classes, a bit each.
inline constexpr uint8_t kToken = 1;       // RFC 9110 5.6.2, tchar
inline constexpr uint8_t kUnderscore = 2;  // `_`
inline constexpr uint8_t kVisible = 4;     // 0x21..0x7e
inline constexpr uint8_t kFieldByte = 8;  // of a value: VCHAR, obs-text, SP, HT
inline constexpr uint8_t kPathByte = 16;  // RFC 3986 3.3: pchar without "%", /
inline constexpr uint8_t kQueryByte = 32;  // 3.4: the same and "?"
inline constexpr uint8_t kHostByte = 64;  // 3.2.2: reg-name without "%" and ","
inline constexpr uint8_t kRequestId = 128;  // [A-Za-z0-9._-]

namespace chars_internal {
constexpr void Mark(ByteClasses* table, std::string_view bytes, uint8_t bits) {
  for (unsigned char c : bytes) (*table)[c] |= bits;
}
constexpr ByteClasses Build() {
  ByteClasses table{};
  for (int c = 0; c < 256; ++c) {
    if (c > 0x20 && c < 0x7f) table[c] |= kVisible;
    if ((c >= 0x20 && c != 0x7f) || c == '\t') table[c] |= kFieldByte;
    const bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (alpha || (c >= '0' && c <= '9')) {
      table[c] |= kToken | kPathByte | kQueryByte | kHostByte | kRequestId;
    }
  }
  Mark(&table, "!#$%&'*+-.^_`|~", kToken);
  Mark(&table, "_", kUnderscore);
  Mark(&table, "-._~!$&'()*+;=", kPathByte | kQueryByte | kHostByte);
  Mark(&table, ",:@/", kPathByte | kQueryByte);
  Mark(&table, "?", kQueryByte);
  Mark(&table, "._-", kRequestId);
  return table;
}
}  // namespace chars_internal

inline constexpr ByteClasses kChars = chars_internal::Build();

inline bool IsChar(char c, uint8_t classes) {
  return (kChars[static_cast<unsigned char>(c)] & classes) != 0;
}
// The length of the run of bytes of this class that `text` begins with.
inline size_t SpanOf(std::string_view text, uint8_t one_class) {
  return headgate::SpanOf(kChars, one_class, text);
}
// Not empty, and nothing but such bytes.
inline bool IsAll(std::string_view text, uint8_t classes) {
  return !text.empty() && SpanOf(text, classes) == text.size();
}

// Bytes of a field value only: no control byte but tab (RFC 9110 5.5). Eight
// bytes at a time; the table decides where a word looks suspicious.
bool IsFieldText(std::string_view text);

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_CHARS_H_
