#include "proxy/upstream_health.h"

#include <gtest/gtest.h>

#include "proxy/upstream_progress.h"

namespace headgate::proxy {
namespace {

constexpr int64_t kSecond = 1'000'000;

void Fail(ServerHealth* health, int64_t now_us, int times) {
  for (int i = 0; i < times; ++i) {
    health->OnSent();
    health->OnFailed(now_us);
  }
}

TEST(ServerHealthTest, StaysInWhileFewerThanThreeFailInARow) {
  ServerHealth health;
  Fail(&health, 0, 2);
  health.OnSent();
  health.OnAnswered();
  Fail(&health, 0, 2);
  EXPECT_TRUE(health.up());
  EXPECT_TRUE(health.Takes(0));
}

TEST(ServerHealthTest, IsOutAfterThreeInARowUntilTheBackOffIsOver) {
  ServerHealth health;
  Fail(&health, 0, 3);
  EXPECT_FALSE(health.up());
  EXPECT_FALSE(health.Takes(kSecond - 1));
  EXPECT_TRUE(health.Takes(kSecond));
}

TEST(ServerHealthTest, OneProbeAtATimeDecides) {
  ServerHealth health;
  Fail(&health, 0, 3);
  health.OnSent();
  EXPECT_FALSE(health.Takes(kSecond));
  health.OnUndecided();
  EXPECT_TRUE(health.Takes(kSecond));
  health.OnSent();
  health.OnAnswered();
  EXPECT_TRUE(health.up());
}

TEST(ServerHealthTest, EachFailedProbeDoublesTheBackOffUpToAMinute) {
  ServerHealth health;
  Fail(&health, 0, 3);
  int64_t now = 0;
  for (int64_t back_off : {1, 2, 4, 8, 16, 32, 60, 60}) {
    EXPECT_FALSE(health.Takes(now + back_off * kSecond - 1)) << back_off;
    now += back_off * kSecond;
    EXPECT_TRUE(health.Takes(now)) << back_off;
    Fail(&health, now, 1);
  }
}

TEST(ServerHealthTest, ACallFromBeforeSaysNothingNew) {
  ServerHealth health;
  Fail(&health, 0, 3);
  health.OnFailed(kSecond / 2);
  EXPECT_TRUE(health.Takes(kSecond));
}

TEST(ServerHealthTest, AForcedCallThatFailsLeavesTheProbeToCome) {
  ServerHealth health;
  Fail(&health, 0, 3);
  Fail(&health, kSecond / 2, 1);
  EXPECT_TRUE(health.Takes(kSecond));
}

TEST(ServerHealthTest, TwoFailedChecksTakeItOutAndOnePassedPutsItIn) {
  ServerHealth health;
  health.OnCheck(false);
  EXPECT_TRUE(health.up());
  health.OnCheck(false);
  EXPECT_FALSE(health.up());
  EXPECT_FALSE(health.Takes(1000 * kSecond));
  health.OnCheck(true);
  EXPECT_TRUE(health.up());
  Fail(&health, 0, 3);
  health.OnCheck(true);  // heals what calls found, too
  EXPECT_TRUE(health.up());
}

TEST(AnswerProgressTest, NoSilenceAndNoDripping) {
  AnswerProgress progress;
  progress.Begin(0);
  EXPECT_EQ(progress.Check(9, 10, true), "");
  EXPECT_EQ(progress.due_us(10), 10);
  EXPECT_EQ(progress.Check(10, 10, true), "silence inside the answer for");
  progress.Note(9, 1023);
  EXPECT_EQ(progress.Check(10, 10, false), "");
  EXPECT_EQ(progress.Check(10, 10, true),
            "the answer only drips: under 1 KiB within");
  progress.Note(9, 1);
  EXPECT_EQ(progress.Check(10, 10, true), "");
  EXPECT_EQ(progress.due_us(10), 19);
}

}  // namespace
}  // namespace headgate::proxy
