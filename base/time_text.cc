#include "base/time_text.h"

#include <chrono>
#include <cstddef>

namespace headgate {
namespace {

void PutDigits(int64_t value, size_t begin, size_t end, std::string* text) {
  for (; end > begin; value /= 10) {
    (*text)[--end] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::string TimeText(int64_t unix_ms, Milliseconds milliseconds) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::milliseconds> time{
      chrono::milliseconds(unix_ms)};
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(time - day);
  std::string text = "0000-00-00T00:00:00.000Z";
  PutDigits(static_cast<int>(date.year()), 0, 4, &text);
  PutDigits(static_cast<unsigned>(date.month()), 5, 7, &text);
  PutDigits(static_cast<unsigned>(date.day()), 8, 10, &text);
  PutDigits(clock.hours().count(), 11, 13, &text);
  PutDigits(clock.minutes().count(), 14, 16, &text);
  PutDigits(clock.seconds().count(), 17, 19, &text);
  const int64_t part = clock.subseconds().count();
  if (part == 0 && milliseconds == Milliseconds::kIfNotZero) {
    text.replace(19, 5, "Z");
    return text;
  }
  PutDigits(part, 20, 23, &text);
  return text;
}

}  // namespace headgate
