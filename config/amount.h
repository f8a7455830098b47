// Numbers with a unit, as operators write them: "10s", "16KiB", "100/s", and
// ranges, "1..64". A unit is never guessed.
#ifndef HEADGATE_CONFIG_AMOUNT_H_
#define HEADGATE_CONFIG_AMOUNT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "config/contract.h"

namespace headgate::config {

struct Rate {
  int64_t limit = 0;
  absl::Duration window;
};

// For messages: the units that there are.
inline constexpr std::string_view kByteUnitNames = "B, KiB, MiB, GiB";
inline constexpr std::string_view kTimeUnitNames = "us, ms, s, m, h, d";

// Each gives nothing for what it does not understand or cannot hold.

// "12", "-5"
std::optional<int64_t> ParseInteger(std::string_view text);
// "512", "512B", "16KiB", "1MiB", "1GiB"
std::optional<int64_t> ParseBytes(std::string_view text);
// "500ms", "10s", "5m", "24h", "7d"
std::optional<absl::Duration> ParseDuration(std::string_view text);
// "100/s", "10/m", "5/500ms"; the window is not empty
std::optional<Rate> ParseRate(std::string_view text);
// "1..64", "1..", "..9", and "7" for 7..7; never an empty range
std::optional<Range> ParseRange(std::string_view text);

// What the above understand, with the largest unit that divides the amount.
std::string BytesText(int64_t bytes);
std::string DurationText(absl::Duration duration);
std::string RangeText(Range range);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_AMOUNT_H_
