// A time as text: RFC 3339 in UTC, "2026-11-21T12:00:00.123Z". Absl's
// FormatTime reads a format and a time zone for each; this is for what every
// call writes.
#ifndef HEADGATE_BASE_TIME_TEXT_H_
#define HEADGATE_BASE_TIME_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headgate {

enum class Milliseconds {
  kAlways,     // "12:00:00.000Z"
  kIfNotZero,  // "12:00:00Z"
};

// What TimeText writes, in milliseconds since 1970; nothing for all else, also
// where it is RFC 3339. No day is the 30th of February.
std::optional<int64_t> ReadTimeText(std::string_view text);

// REQUIRES: a year of four digits, 1970 to 9999.
std::string TimeText(int64_t unix_ms, Milliseconds milliseconds);

}  // namespace headgate

#endif  // HEADGATE_BASE_TIME_TEXT_H_
