#include "policy/limiter.h"

#include <malloc.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEADGATE_OWN_ALLOCATOR 0
#else
#define HEADGATE_OWN_ALLOCATOR 1
#endif

namespace headgate::policy {
namespace {

constexpr int64_t kMs = 1000;
constexpr int64_t kSecond = 1000000;
constexpr int64_t kHour = 3600 * kSecond;

Instant At(int64_t us) { return Instant{us, 0}; }

RateLimit Limit(int64_t limit, int64_t window_us = kSecond) {
  RateLimit rate;
  rate.limit = limit;
  rate.window_us = window_us;
  return rate;
}

RateLimit Delayed(int64_t limit, int64_t max_delay_us, int64_t max_queue) {
  RateLimit rate = Limit(limit);
  rate.delay = true;
  rate.max_delay_us = max_delay_us;
  rate.max_queue = max_queue;
  return rate;
}

Limiter::Options Keys(int64_t keys_max) {
  Limiter::Options options;
  options.keys_max = keys_max;
  return options;
}

class LimiterTest : public testing::Test {
 protected:
  RateDecision Admit(const RateLimit& limit, int64_t us) {
    return limiter_.Admit(key_, limit, At(us));
  }
  // How many of `calls` at `us` are let in.
  int Flood(const RateLimit& limit, int64_t us, int calls) {
    int allowed = 0;
    for (int i = 0; i < calls; ++i) allowed += Admit(limit, us).allowed;
    return allowed;
  }

  Limiter limiter_{Limiter::Options()};
  const LimiterKey key_ = limiter_.KeyFor("acme#chat", "add_chatroom_member");
};

TEST_F(LimiterTest, RefusesTheHundredAndFirstCallOfASecond) {
  for (int64_t i = 0; i < 100; ++i) {
    EXPECT_TRUE(Admit(Limit(100), i * kMs).allowed) << i;
  }
  EXPECT_FALSE(Admit(Limit(100), 999 * kMs).allowed);
  EXPECT_FALSE(Admit(Limit(100), 1000 * kMs - 1).allowed);
  EXPECT_TRUE(Admit(Limit(100), 1000 * kMs).allowed);
  EXPECT_FALSE(Admit(Limit(100), 1000 * kMs).allowed);
}

TEST_F(LimiterTest, ARefusedCallCountsForNothing) {
  EXPECT_EQ(Flood(Limit(100), 0, 1000), 100);
  EXPECT_EQ(Flood(Limit(100), kSecond - 1, 1000), 0);
  EXPECT_EQ(Flood(Limit(100), kSecond, 1000), 100);
}

TEST_F(LimiterTest, SaysWhatRemainsAndWhenItComesBack) {
  RateDecision decision = Admit(Limit(2), 100 * kMs);
  EXPECT_EQ(decision.limit, 2);
  EXPECT_EQ(decision.remaining, 1);
  EXPECT_EQ(decision.reset_after_us, kSecond);
  EXPECT_EQ(decision.at_us, 100 * kMs);
  decision = Admit(Limit(2), 400 * kMs);
  EXPECT_EQ(decision.remaining, 0);
  EXPECT_EQ(decision.reset_after_us, 700 * kMs);
  EXPECT_EQ(decision.retry_after_us, 0);
  decision = Admit(Limit(2), 500 * kMs);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.remaining, 0);
  EXPECT_EQ(decision.reset_after_us, 600 * kMs);
  EXPECT_EQ(decision.retry_after_us, 600 * kMs);
  EXPECT_EQ(decision.delay_us, 0);
}

TEST_F(LimiterTest, AppsAndOperationsHaveTheirOwnBudgets) {
  const LimiterKey other_app = limiter_.KeyFor("acme#shop", "a");
  const LimiterKey other_operation = limiter_.KeyFor("acme#chat", "b");
  EXPECT_TRUE(limiter_.Admit(key_, Limit(1), At(0)).allowed);
  EXPECT_FALSE(limiter_.Admit(key_, Limit(1), At(0)).allowed);
  EXPECT_TRUE(limiter_.Admit(other_app, Limit(1), At(0)).allowed);
  EXPECT_TRUE(limiter_.Admit(other_operation, Limit(1), At(0)).allowed);
}

TEST_F(LimiterTest, LimitZeroLetsNonePass) {
  const RateDecision decision = Admit(Limit(0), 5);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.remaining, 0);
  EXPECT_EQ(decision.retry_after_us, kSecond);
  EXPECT_EQ(limiter_.GetStats().keys, 0);
}

TEST_F(LimiterTest, TimeThatGoesBackIsTheLatestTime) {
  EXPECT_TRUE(Admit(Limit(1), kSecond).allowed);
  const RateDecision decision = Admit(Limit(1), 0);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.retry_after_us, kSecond);
  EXPECT_TRUE(Admit(Limit(1), 2 * kSecond).allowed);
}

TEST_F(LimiterTest, PeekGivesTheSameAnswerAndSpendsNothing) {
  EXPECT_TRUE(limiter_.Peek(key_, Limit(1), At(0)).allowed);
  EXPECT_TRUE(limiter_.Peek(key_, Limit(1), At(0)).allowed);
  EXPECT_EQ(limiter_.GetStats().keys, 0);
  for (int i = 0; i < 10; ++i) Admit(Limit(10), i);
  const RateDecision peeked = limiter_.Peek(key_, Limit(10), At(500));
  const RateDecision admitted = Admit(Limit(10), 500);
  EXPECT_EQ(peeked.allowed, admitted.allowed);
  EXPECT_EQ(peeked.retry_after_us, admitted.retry_after_us);
  EXPECT_EQ(peeked.reset_after_us, admitted.reset_after_us);
}

TEST_F(LimiterTest, DelayGivesEachCallTheEarliestFreeSlot) {
  const RateLimit limit = Delayed(2, 1500 * kMs, 10);
  EXPECT_EQ(Admit(limit, 0).delay_us, 0);
  EXPECT_EQ(Admit(limit, 100 * kMs).delay_us, 0);
  RateDecision decision = Admit(limit, 200 * kMs);
  EXPECT_TRUE(decision.allowed);
  EXPECT_EQ(decision.delay_us, 800 * kMs);
  EXPECT_EQ(decision.at_us, 1000 * kMs);
  EXPECT_EQ(Admit(limit, 200 * kMs).at_us, 1100 * kMs);
  decision = Admit(limit, 200 * kMs);  // the fifth's slot is at 2 s
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.retry_after_us, 300 * kMs);
  EXPECT_EQ(decision.delay_us, 0);
  EXPECT_TRUE(Admit(limit, 500 * kMs).allowed);
}

TEST_F(LimiterTest, DelayRefusesWhenTheQueueIsFull) {
  const RateLimit limit = Delayed(1, 10 * kSecond, 2);
  EXPECT_EQ(Admit(limit, 0).at_us, 0);
  EXPECT_EQ(Admit(limit, 0).at_us, 1 * kSecond);
  EXPECT_EQ(Admit(limit, 0).at_us, 2 * kSecond);
  const RateDecision decision = Admit(limit, 400 * kMs);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.retry_after_us, 600 * kMs);
  EXPECT_EQ(Admit(limit, kSecond).at_us, 3 * kSecond);
}

TEST_F(LimiterTest, DelayIsCountedFromTheCallersClock) {
  const RateLimit limit = Delayed(1, 10 * kSecond, 2);
  Admit(limit, 100);
  EXPECT_EQ(Admit(limit, 40).delay_us, kSecond + 60);
}

TEST_F(LimiterTest, ADelayWithoutAQueueIsARefusal) {
  const RateLimit limit = Delayed(1, 10 * kSecond, 0);
  Admit(limit, 0);
  const RateDecision decision = Admit(limit, 1);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.retry_after_us, kSecond - 1);
}

TEST_F(LimiterTest, ShadowReportsAndLetsPass) {
  RateLimit limit = Limit(1);
  limit.shadow = true;
  EXPECT_FALSE(Admit(limit, 0).would_deny);
  const RateDecision decision = Admit(limit, 1);
  EXPECT_TRUE(decision.allowed);
  EXPECT_TRUE(decision.would_deny);
  EXPECT_EQ(decision.retry_after_us, kSecond - 1);
}

TEST_F(LimiterTest, ShadowJudgesAsIfItWereEnforced) {
  RateLimit limit = Limit(100);
  limit.shadow = true;
  int reported = 0;
  for (int64_t i = 0; i < 2000; ++i) {
    reported += Admit(limit, i * 5 * kMs).would_deny;  // 200 a second
  }
  EXPECT_EQ(reported, 1000);
}

TEST_F(LimiterTest, ShadowNeverDelays) {
  RateLimit limit = Delayed(1, 10 * kSecond, 2);
  limit.shadow = true;
  Admit(limit, 0);
  const RateDecision decision = Admit(limit, 1);
  EXPECT_TRUE(decision.allowed);
  EXPECT_FALSE(decision.would_deny);
  EXPECT_EQ(decision.delay_us, 0);
  EXPECT_EQ(decision.would_delay_us, kSecond - 1);
}

TEST_F(LimiterTest, ACandidateIsJudgedAsIfItWereEnforced) {
  struct Row {
    int64_t candidate;
    int denied_of_2000;
  };
  // 200 calls a second for 10 seconds, whatever the limit in force refuses.
  for (const Row& row : {Row{80, 1200}, Row{100, 1000}, Row{150, 500},
                         Row{200, 0}, Row{1000, 0}}) {
    Limiter limiter{Limiter::Options()};
    RateLimit limit = Limit(100);
    limit.candidate = row.candidate;
    int denied = 0;
    int refused = 0;
    for (int64_t i = 0; i < 2000; ++i) {
      const RateDecision got = limiter.Admit(key_, limit, At(i * 5 * kMs));
      denied += got.candidate_denies;
      refused += !got.allowed;
    }
    EXPECT_EQ(denied, row.denied_of_2000) << row.candidate;
    EXPECT_EQ(refused, 1000) << row.candidate;
  }
}

TEST_F(LimiterTest, AReloadedLimitKeepsWhatWasCounted) {
  EXPECT_EQ(Flood(Limit(100), 0, 100), 100);
  EXPECT_EQ(Flood(Limit(150), 1, 100), 50);
  RateDecision decision = Admit(Limit(120), kSecond - 1);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.retry_after_us, 1);
  EXPECT_EQ(Flood(Limit(120), kSecond, 100), 70);
  decision = Admit(Limit(10), kSecond + 1);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.retry_after_us, kSecond - 1);
}

TEST_F(LimiterTest, AReloadedWindowKeepsWhatWasCounted) {
  EXPECT_EQ(Flood(Limit(10), 0, 10), 10);
  EXPECT_EQ(Flood(Limit(10, 24 * kHour), 500 * kMs, 5), 0);
  EXPECT_EQ(Flood(Limit(20, 24 * kHour), 500 * kMs, 15), 10);
  EXPECT_EQ(Flood(Limit(10, kSecond), 1400 * kMs, 5), 0);
  EXPECT_EQ(Flood(Limit(20, kSecond), 1499 * kMs, 20), 10);
  EXPECT_EQ(Flood(Limit(20, kSecond), 1501 * kMs, 20), 10);
}

TEST_F(LimiterTest, NobodyOvertakesACallThatWaits) {
  EXPECT_EQ(Admit(Delayed(1, 10 * kSecond, 2), 0).at_us, 0);
  EXPECT_EQ(Admit(Delayed(1, 10 * kSecond, 2), 0).at_us, kSecond);
  const RateDecision decision = Admit(Limit(5), 100);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.retry_after_us, kSecond - 100);
  EXPECT_TRUE(Admit(Limit(5), kSecond).allowed);
}

TEST_F(LimiterTest, KeysAreKeyedHashes) {
  Limiter::Options options;
  options.seed[0] = 1;
  const Limiter other(options);
  EXPECT_NE(limiter_.KeyFor("a", "b"), other.KeyFor("a", "b"));
  EXPECT_NE(limiter_.KeyFor("a", "b"), limiter_.KeyFor("b", "a"));
  EXPECT_NE(limiter_.KeyFor("ab", ""), limiter_.KeyFor("a", "b"));
  EXPECT_NE(limiter_.KeyFor("a", "a"), LimiterKey());
  EXPECT_EQ(
      limiter_.KeyFor("a", "b"),
      Limiter::Combine(limiter_.HashAppKey("a"), limiter_.HashOperation("b")));
}

TEST_F(LimiterTest, EveryLimiterKeyIsAKey) {
  const LimiterKey zero;
  EXPECT_TRUE(limiter_.Admit(zero, Limit(1), At(0)).allowed);
  EXPECT_FALSE(limiter_.Admit(zero, Limit(1), At(0)).allowed);
}

LimiterKey Key(const Limiter& limiter, int64_t i) {
  return limiter.KeyFor(StrCat("app", i), "operation");
}

TEST(LimiterPressureTest, NewcomersShareOneBudgetWhileNoKeyIsIdle) {
  Limiter limiter(Keys(10));
  for (int64_t i = 0; i < 10; ++i) {
    EXPECT_FALSE(limiter.Admit(Key(limiter, i), Limit(3), At(0)).overflow);
  }
  int allowed = 0;
  for (int64_t i = 10; i < 100; ++i) {
    const RateDecision got = limiter.Admit(Key(limiter, i), Limit(3), At(1));
    EXPECT_TRUE(got.overflow);
    allowed += got.allowed;
  }
  EXPECT_EQ(allowed, 3);
  // The ten still count and are not touched.
  for (int64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(limiter.Admit(Key(limiter, i), Limit(3), At(2)).remaining, 1);
  }
  EXPECT_EQ(limiter.GetStats().keys, 10);
  EXPECT_EQ(limiter.GetStats().overflow_calls, 90);
  EXPECT_EQ(limiter.GetStats().dropped_keys, 0);
}

TEST(LimiterPressureTest, EachLimitAndGroupHasItsOwnOverflowBudget) {
  Limiter limiter(Keys(1));
  limiter.Admit(Key(limiter, 0), Limit(1), At(0));
  RateLimit grouped = Limit(1);
  grouped.overflow_group = 7;
  EXPECT_TRUE(limiter.Admit(Key(limiter, 1), Limit(1), At(0)).allowed);
  EXPECT_FALSE(limiter.Admit(Key(limiter, 2), Limit(1), At(0)).allowed);
  EXPECT_TRUE(limiter.Admit(Key(limiter, 3), grouped, At(0)).allowed);
  EXPECT_FALSE(limiter.Admit(Key(limiter, 4), grouped, At(0)).allowed);
  EXPECT_TRUE(limiter.Admit(Key(limiter, 5), Limit(2), At(0)).allowed);
}

TEST(LimiterPressureTest, PeekSaysThatANewcomerWouldShare) {
  Limiter limiter(Keys(1));
  limiter.Admit(Key(limiter, 0), Limit(1), At(0));
  limiter.Admit(Key(limiter, 1), Limit(1), At(0));
  const RateDecision got = limiter.Peek(Key(limiter, 2), Limit(1), At(0));
  EXPECT_TRUE(got.overflow);
  EXPECT_FALSE(got.allowed);
}

TEST(LimiterPressureTest, AKeyIdleForAWindowMakesRoom) {
  Limiter limiter(Keys(10));
  for (int64_t i = 0; i < 10; ++i) {
    limiter.Admit(Key(limiter, i), Limit(3), At(i));
  }
  // Only the first key is idle for a whole window by now.
  EXPECT_FALSE(limiter.Admit(Key(limiter, 10), Limit(3), At(kSecond)).overflow);
  EXPECT_TRUE(limiter.Admit(Key(limiter, 11), Limit(3), At(kSecond)).overflow);
  EXPECT_EQ(limiter.GetStats().keys, 10);
  EXPECT_EQ(limiter.GetStats().dropped_keys, 1);
}

TEST(LimiterPressureTest, TheOverflowBudgetIsNotGrantedTwice) {
  // A newcomer spends the overflow budget, then room is made and it gets a key
  // of its own: no window may hold more than its limit.
  Limiter limiter(Keys(1));
  limiter.Admit(Key(limiter, 0), Limit(3), At(0));
  const LimiterKey newcomer = Key(limiter, 1);
  int64_t last_overflow = kSecond - 1;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(limiter.Admit(newcomer, Limit(3), At(last_overflow)).allowed);
  }
  const RateDecision got = limiter.Admit(newcomer, Limit(3), At(kSecond));
  EXPECT_FALSE(got.allowed);
  EXPECT_TRUE(got.overflow);
  int allowed = 0;
  for (int i = 0; i < 9; ++i) {
    allowed +=
        limiter.Admit(newcomer, Limit(3), At(last_overflow + kSecond)).allowed;
  }
  EXPECT_EQ(allowed, 3);
  EXPECT_FALSE(limiter.Admit(newcomer, Limit(3), At(3 * kSecond)).overflow);
}

TEST(LimiterPressureTest, AMillionPassersByLeaveNothingBehind) {
  Limiter limiter(Keys(20000));
  for (int64_t i = 0; i < 300000; ++i) {
    // 10 000 keys a second: half of what fits.
    const RateDecision got =
        limiter.Admit(Key(limiter, i), Limit(100), At(i * 100));
    ASSERT_TRUE(got.allowed);
    ASSERT_FALSE(got.overflow) << i;
  }
  EXPECT_LE(limiter.GetStats().keys, 20000);
  EXPECT_LT(limiter.GetStats().bytes, 20000 * 128);
}

TEST(LimiterMemoryTest, AKeyAtAHundredASecondTakesLessThan600Bytes) {
#if HEADGATE_OWN_ALLOCATOR
  const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
#endif
  constexpr int64_t kKeys = 50000;
  Limiter limiter(Keys(kKeys * 2));
  for (int64_t call = 0; call < 110; ++call) {
    for (int64_t i = 0; i < kKeys; ++i) {
      limiter.Admit({static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15,
                     static_cast<uint64_t>(i)},
                    Limit(100), At(call * 10 * kMs));
    }
  }
  const Limiter::Stats stats = limiter.GetStats();
  EXPECT_EQ(stats.keys, kKeys);
  EXPECT_LE(stats.bytes / kKeys, 600);
  EXPECT_GE(stats.bytes / kKeys, 464);
#if HEADGATE_OWN_ALLOCATOR
  const size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
  EXPECT_LE((after - before) / kKeys, 600u);
#endif
}

TEST(LimiterMemoryTest, AnIdleRingIsGivenBack) {
  Limiter limiter(Keys(1000));
  const LimiterKey key = Key(limiter, 0);
  for (int i = 0; i < 1000; ++i) limiter.Admit(key, Limit(1000), At(0));
  const int64_t busy = limiter.GetStats().bytes;
  limiter.Admit(key, Limit(1000), At(kSecond));
  EXPECT_EQ(busy - limiter.GetStats().bytes, 16 + 4 * 1000);
}

}  // namespace
}  // namespace headgate::policy
