#include "base/time_text.h"

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
