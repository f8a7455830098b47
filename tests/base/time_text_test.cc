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

}  // namespace
}  // namespace headgate
