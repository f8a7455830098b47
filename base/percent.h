// Percent-encoding (RFC 3986 2.1), for whoever holds a path segment or a query
// value: `%41` is "A". Strict: a `%` without two hexadecimal digits behind it
// is an error, never a literal percent sign. Pure functions, any thread.
//
// What a whole request target may hold is decided in proxy/http/target.h; here
// are only the bytes.
#ifndef HEADGATE_BASE_PERCENT_H_
#define HEADGATE_BASE_PERCENT_H_

#include <string>
#include <string_view>

#include "base/strings.h"

namespace headgate {

// The byte that the escape at the beginning of `text` means, whose `%` has been
// seen; -1: it is malformed.
inline int EscapedByte(std::string_view text) {
  const int high = text.size() < 3 ? -1 : HexDigit(text[1]);
  const int low = high < 0 ? -1 : HexDigit(text[2]);
  return low < 0 ? -1 : high * 16 + low;
}

// Upper-case digits (RFC 3986 2.1).
inline void AppendEscape(unsigned char c, std::string* out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out->push_back('%');
  out->push_back(kDigits[c >> 4]);
  out->push_back(kDigits[c & 15]);
}

// Sets `*out` to `text` with every escape decoded (`+` stays `+`). False, with
// `*out` unspecified, if an escape is malformed. `*out` keeps its capacity.
bool PercentDecode(std::string_view text, std::string* out);

// The same for a value of application/x-www-form-urlencoded (a query value as
// browsers and most client libraries write it): `+` is a space.
bool FormDecode(std::string_view text, std::string* out);

// Appends `text` to `*out` with every byte escaped that may not stand for
// itself in one path segment or query value: all but unreserved characters and
// the sub-delimiters that no list or form syntax uses (RFC 3986 2.2, 2.3).
// `/`, `?`, `#`, `%`, `&`, `=`, `+`, `,` and `;` are escaped. Upper-case
// digits.
void PercentEncodeSegment(std::string_view text, std::string* out);

// The same with every byte escaped that is not unreserved: it means itself
// wherever it stands in a URI.
void PercentEncode(std::string_view text, std::string* out);

// RFC 3986 2.3: ALPHA / DIGIT / "-" / "." / "_" / "~".
bool IsUnreserved(char c);

// Well-formed UTF-8 (RFC 3629): nothing overlong, no surrogates, nothing above
// U+10FFFF.
bool IsUtf8(std::string_view text);

}  // namespace headgate

#endif  // HEADGATE_BASE_PERCENT_H_
