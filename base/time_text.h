// A time as text: RFC 3339 in UTC, "2026-11-21T12:00:00.123Z". Absl's
// FormatTime reads a format and a time zone for each; this is for what every
// call writes, the access log and the tokens, and for reading it back.
//
// Days are those of the calendar: no February has a 30th, no minute a second
// 60. Pure functions, any thread.
#ifndef HEADGATE_BASE_TIME_TEXT_H_
#define HEADGATE_BASE_TIME_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headgate {

// Appends microseconds since 1970 with so many digits of the second's fraction,
// 0 to 6: 6 is "12:00:00.000042Z", 0 is "12:00:00Z". What is left out is cut
// off, not rounded. REQUIRES: a year of four digits, 1970 to 9999.
void AppendTimeText(int64_t unix_us, size_t fraction_digits, std::string* out);

// What AppendTimeText writes with so many digits, in microseconds since 1970;
// nothing for all else, also where it is RFC 3339.
std::optional<int64_t> ReadTimeTextUs(std::string_view text,
                                      size_t fraction_digits);

// The same in milliseconds since 1970, with three digits or none.
enum class Milliseconds {
  kAlways,     // "12:00:00.000Z"
  kIfNotZero,  // "12:00:00Z"
};
std::string TimeText(int64_t unix_ms, Milliseconds milliseconds);
std::optional<int64_t> ReadTimeText(std::string_view text);

}  // namespace headgate

#endif  // HEADGATE_BASE_TIME_TEXT_H_
