#include "config/amount.h"

#include <charconv>
#include <limits>
#include <utility>

#include "base/strings.h"

namespace headgate::config {
namespace {

// Its size in the smallest unit of its kind: bytes, or microseconds.
struct Unit {
  std::string_view name;
  int64_t size;
};
// Largest first: formatting takes the first that divides.
constexpr Unit kByteUnits[] = {{"GiB", int64_t{1} << 30},
                               {"MiB", int64_t{1} << 20},
                               {"KiB", int64_t{1} << 10},
                               {"B", 1}};
constexpr Unit kTimeUnits[] = {{"d", 86400000000}, {"h", 3600000000},
                               {"m", 60000000},    {"s", 1000000},
                               {"ms", 1000},       {"us", 1}};

constexpr int64_t kNoMaximum = std::numeric_limits<int64_t>::max();

// "12abc" -> 12 and "abc"; nothing if it begins with no number or with one that
// is too large.
std::optional<std::pair<int64_t, std::string_view>> SplitNumber(
    std::string_view text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc()) return std::nullopt;
  return std::pair(number, text.substr(rest - text.data()));
}

template <size_t n>
std::optional<int64_t> ParseAmount(std::string_view text,
                                   const Unit (&units)[n]) {
  const auto split = SplitNumber(text);
  if (!split || split->first < 0) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != split->second) continue;
    int64_t amount = 0;
    if (__builtin_mul_overflow(split->first, unit.size, &amount)) break;
    return amount;
  }
  return std::nullopt;
}

template <size_t n>
std::string AmountText(int64_t amount, const Unit (&units)[n]) {
  for (const Unit& unit : units) {
    if (amount >= unit.size && amount % unit.size == 0) {
      return StrCat(amount / unit.size, unit.name);
    }
  }
  return StrCat(amount, units[n - 1].name);
}

}  // namespace

std::optional<int64_t> ParseInteger(std::string_view text) {
  const auto split = SplitNumber(text);
  if (!split || !split->second.empty()) return std::nullopt;
  return split->first;
}

std::optional<int64_t> ParseBytes(std::string_view text) {
  const auto number = ParseInteger(text);
  return number ? number : ParseAmount(text, kByteUnits);
}

std::optional<absl::Duration> ParseDuration(std::string_view text) {
  const auto micros = ParseAmount(text, kTimeUnits);
  if (!micros) return std::nullopt;
  return absl::Microseconds(*micros);
}

std::optional<Rate> ParseRate(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto limit = ParseInteger(text.substr(0, slash));
  std::string window(text.substr(slash + 1));
  // "/s" is short for "/1s".
  if (!window.empty() && !IsDigit(window[0])) window.insert(0, "1");
  const auto duration = ParseDuration(window);
  if (!limit || *limit < 0 || !duration || *duration <= absl::ZeroDuration()) {
    return std::nullopt;
  }
  return Rate{.limit = *limit, .window = *duration};
}

std::optional<Range> ParseRange(std::string_view text) {
  const size_t dots = text.find("..");
  const std::string_view first = text.substr(0, dots);
  const std::string_view last =
      dots == std::string_view::npos ? first : text.substr(dots + 2);
  if (first.empty() && last.empty()) return std::nullopt;
  const auto min = first.empty() ? 0 : ParseInteger(first);
  const auto max = last.empty() ? kNoMaximum : ParseInteger(last);
  if (!min || !max || *min > *max) return std::nullopt;
  return Range{.min = *min, .max = *max};
}

std::string BytesText(int64_t bytes) { return AmountText(bytes, kByteUnits); }

std::string DurationText(absl::Duration duration) {
  return AmountText(absl::ToInt64Microseconds(duration), kTimeUnits);
}

std::string RangeText(Range range) {
  const std::string max = range.max == kNoMaximum ? "" : StrCat(range.max);
  return StrCat(range.min, "..", max);
}

}  // namespace headgate::config
