#include "base/time_text.h"

#include <chrono>

namespace headgate {
namespace {

namespace chrono = std::chrono;

// The digits stand for zeros. A fraction is cut where it ends.
constexpr std::string_view kForm = "0000-00-00T00:00:00.000000";
constexpr size_t kPoint = 19;
constexpr size_t kFractionDigitsMax = 6;

// How long a text is before its "Z".
size_t FormBytes(size_t fraction_digits) {
  return fraction_digits == 0 ? kPoint : kPoint + 1 + fraction_digits;
}

void PutDigits(int64_t value, size_t begin, size_t end, char* text) {
  for (; end > begin; value /= 10) {
    text[--end] = static_cast<char>('0' + value % 10);
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

// The marks between the digits are where they belong.
bool HasForm(std::string_view text, size_t fraction_digits) {
  const size_t bytes = FormBytes(fraction_digits);
  if (text.size() != bytes + 1 || text.back() != 'Z') return false;
  for (const size_t at :
       {size_t{4}, size_t{7}, size_t{10}, size_t{13}, size_t{16}, kPoint}) {
    if (at < bytes && text[at] != kForm[at]) return false;
  }
  return true;
}

}  // namespace

void AppendTimeText(int64_t unix_us, size_t fraction_digits, std::string* out) {
  const chrono::sys_time<chrono::microseconds> time{
      chrono::microseconds(unix_us)};
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(time - day);
  const size_t begin = out->size();
  out->append(kForm.substr(0, FormBytes(fraction_digits)));
  out->push_back('Z');
  char* const text = out->data() + begin;
  PutDigits(static_cast<int>(date.year()), 0, 4, text);
  PutDigits(static_cast<unsigned>(date.month()), 5, 7, text);
  PutDigits(static_cast<unsigned>(date.day()), 8, 10, text);
  PutDigits(clock.hours().count(), 11, 13, text);
  PutDigits(clock.minutes().count(), 14, 16, text);
  PutDigits(clock.seconds().count(), 17, 19, text);
  int64_t fraction = clock.subseconds().count();
  for (size_t i = fraction_digits; i < kFractionDigitsMax; ++i) fraction /= 10;
  PutDigits(fraction, kPoint + 1, kPoint + 1 + fraction_digits, text);
}

std::optional<int64_t> ReadTimeTextUs(std::string_view text,
                                      size_t fraction_digits) {
  if (!HasForm(text, fraction_digits)) return std::nullopt;
  const int year = ReadDigits(text, 0, 4);
  const int month = ReadDigits(text, 5, 7);
  const int day = ReadDigits(text, 8, 10);
  const int hour = ReadDigits(text, 11, 13);
  const int minute = ReadDigits(text, 14, 16);
  const int second = ReadDigits(text, 17, 19);
  int64_t fraction = ReadDigits(text, kPoint + 1, kPoint + 1 + fraction_digits);
  if (year < 1970 || month < 1 || day < 1 || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59 || second < 0 || second > 59 || fraction < 0) {
    return std::nullopt;
  }
  const chrono::year_month_day date{chrono::year(year),
                                    chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  for (size_t i = fraction_digits; i < kFractionDigitsMax; ++i) fraction *= 10;
  const int64_t days = chrono::sys_days(date).time_since_epoch().count();
  const int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  return seconds * 1'000'000 + fraction;
}

std::string TimeText(int64_t unix_ms, Milliseconds milliseconds) {
  const bool whole =
      milliseconds == Milliseconds::kIfNotZero && unix_ms % 1000 == 0;
  std::string text;
  AppendTimeText(unix_ms * 1000, whole ? 0 : 3, &text);
  return text;
}

std::optional<int64_t> ReadTimeText(std::string_view text) {
  const bool whole = text.size() == FormBytes(0) + 1;
  const std::optional<int64_t> unix_us = ReadTimeTextUs(text, whole ? 0 : 3);
  if (!unix_us) return std::nullopt;
  return *unix_us / 1000;
}

}  // namespace headgate
