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

// -1: not all of them are digits.
int ReadDigits(std::string_view text, size_t begin, size_t end) {
  int value = 0;
  for (size_t at = begin; at < end; ++at) {
    if (text[at] < '0' || text[at] > '9') return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

}  // namespace

std::optional<int64_t> ReadTimeText(std::string_view text) {
  namespace chrono = std::chrono;
  // The digits of each form stand for zeros.
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  const bool whole = text.size() == kForm.size() - 4;
  if (!whole && text.size() != kForm.size()) return std::nullopt;
  for (const size_t at : {4, 7, 10, 13, 16}) {
    if (text[at] != kForm[at]) return std::nullopt;
  }
  if (text.back() != 'Z' || (!whole && text[19] != '.')) return std::nullopt;
  const int year = ReadDigits(text, 0, 4);
  const int month = ReadDigits(text, 5, 7);
  const int day = ReadDigits(text, 8, 10);
  const int hour = ReadDigits(text, 11, 13);
  const int minute = ReadDigits(text, 14, 16);
  const int second = ReadDigits(text, 17, 19);
  const int part = whole ? 0 : ReadDigits(text, 20, 23);
  if (year < 1970 || month < 1 || day < 1 || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59 || second < 0 || second > 59 || part < 0) {
    return std::nullopt;
  }
  const chrono::year_month_day date{chrono::year(year),
                                    chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const int64_t days = chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + part;
}

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
