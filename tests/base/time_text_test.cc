#include "base/time_text.h"

#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace headgate {
namespace {

TEST(TimeTextTest, IsRfc3339InUtc) {
  EXPECT_EQ(TimeText(0, Milliseconds::kAlways), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(TimeText(1'795'314'362'842, Milliseconds::kAlways),
            "2026-11-22T02:26:02.842Z");
  EXPECT_EQ(TimeText(253'402'300'799'999, Milliseconds::kAlways),
            "9999-12-31T23:59:59.999Z");
}

TEST(TimeTextTest, LeavesMillisecondsOutOnlyWhenAskedAndZero) {
  EXPECT_EQ(TimeText(1'000, Milliseconds::kIfNotZero), "1970-01-01T00:00:01Z");
  EXPECT_EQ(TimeText(1'001, Milliseconds::kIfNotZero),
            "1970-01-01T00:00:01.001Z");
  EXPECT_EQ(TimeText(1'000, Milliseconds::kAlways), "1970-01-01T00:00:01.000Z");
}

// Absl is the oracle, over leap years and ends of centuries.
TEST(TimeTextTest, AgreesWithAbsl) {
  constexpr int64_t kStepMs = 86'400'000LL * 37 + 12'345'678;
  for (int64_t at = 0; at < 253'402'300'799'999; at += kStepMs) {
    ASSERT_EQ(TimeText(at, Milliseconds::kAlways),
              absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ",
                               absl::FromUnixMillis(at), absl::UTCTimeZone()));
  }
}

TEST(TimeTextTest, CutsAFractionOffWhereItsDigitsEnd) {
  const std::pair<size_t, const char*> rows[] = {
      {0, ">2024-02-29T23:59:59Z"},       {1, ">2024-02-29T23:59:59.9Z"},
      {2, ">2024-02-29T23:59:59.98Z"},    {3, ">2024-02-29T23:59:59.987Z"},
      {4, ">2024-02-29T23:59:59.9876Z"},  {5, ">2024-02-29T23:59:59.98765Z"},
      {6, ">2024-02-29T23:59:59.987654Z"}};
  for (const auto& [digits, expected] : rows) {
    std::string text = ">";
    AppendTimeText(1'709'251'199'987'654, digits, &text);
    EXPECT_EQ(text, expected);
  }
}

TEST(TimeTextTest, ReadsEveryNumberOfDigitsThatItWrites) {
  for (const int64_t time :
       {int64_t{0}, int64_t{951'782'400'000'000},
        int64_t{1'709'251'199'999'999}, int64_t{253'402'300'799'000'000}}) {
    int64_t unit_us = 1'000'000;
    for (size_t digits = 0; digits <= 6; ++digits, unit_us /= 10) {
      std::string text;
      AppendTimeText(time, digits, &text);
      EXPECT_EQ(ReadTimeTextUs(text, digits), time / unit_us * unit_us) << text;
      EXPECT_EQ(ReadTimeTextUs(text, digits + 1), std::nullopt) << text;
    }
  }
}

TEST(TimeTextTest, ReadsMicrosecondsAsTheyAreWritten) {
  EXPECT_EQ(ReadTimeTextUs("1970-01-01T00:00:01.000042Z", 6), 1'000'042);
  for (const char* text :
       {"", "2026-01-01T00:00:00Z", "2026-13-01T00:00:00.000000Z",
        "2026-02-30T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z",
        "2026-01-01T00:60:00.000000Z", "2026-01-01T00:00:60.000000Z",
        "2026-01-01t00:00:00.000000Z", "2026-01-01T00:00:00,000000Z",
        "2026-01-01T00:00:00.00000-Z", "2026-01-01T00:00:00.000000Zx"}) {
    EXPECT_EQ(ReadTimeTextUs(text, 6), std::nullopt) << text;
  }
}

TEST(TimeTextTest, ReadsWhatItWritesAndNothingElse) {
  EXPECT_EQ(ReadTimeText("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ReadTimeText("2026-11-22T02:26:02.842Z"), 1'795'314'362'842);
  EXPECT_EQ(ReadTimeText("2024-02-29T23:59:59.999Z"), 1'709'251'199'999);
  for (const char* text : {"",
                           "Z",
                           "1969-12-31T23:59:59Z",
                           "2026-13-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:60Z",
                           "2026-01-01 00:00:00Z",
                           "2026-01-01T00:00:00z",
                           "2026-01-01T00:00:00",
                           "2026-01-01T00:00:00.1Z",
                           "2026-01-01T00:00:00.1234Z",
                           "2026-01-01T00:00:00,123Z",
                           "2026-01-01T00:00:00+00:00",
                           "+026-01-01T00:00:00Z",
                           "2026-1-001T00:00:00Z",
                           "2026-01-01T00:00:00.12aZ",
                           "2026-01-01T-1:00:00Z"}) {
    EXPECT_EQ(ReadTimeText(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace headgate
