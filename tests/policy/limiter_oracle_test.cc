// The limiter against a naive log of timestamps: every decision of one thread
// must be equal, and what several threads were granted must fit every window.
#include <algorithm>
#include <atomic>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "policy/limiter.h"

namespace headgate::policy {
namespace {

constexpr int64_t kSecond = 1000000;
constexpr int64_t kHour = 3600 * kSecond;

Instant At(int64_t us) { return Instant{us, 0}; }

// What the limiter means, said as plainly as possible: a log of the times at
// which admitted calls count, and every question answered by counting.
class NaiveLog {
 public:
  RateDecision Admit(const RateLimit& limit, int64_t now) {
    std::erase_if(times_,
                  [&](int64_t t) { return t <= now - limit.window_us; });
    const RateDecision decision = Judge(limit, now);
    if (decision.allowed) times_.push_back(decision.at_us);
    return decision;
  }

 private:
  int64_t CountAfter(int64_t time) const {
    return std::ranges::count_if(times_, [&](int64_t t) { return t > time; });
  }

  // The earliest time at which one more call keeps every window, and no call
  // is overtaken.
  int64_t EarliestSlot(const RateLimit& limit, int64_t now) const {
    int64_t first = now;
    for (const int64_t time : times_) first = std::max(first, time);
    int64_t best = -1;
    std::vector<int64_t> candidates = {first};
    for (const int64_t t : times_) candidates.push_back(t + limit.window_us);
    for (const int64_t candidate : candidates) {
      if (candidate < first || (best >= 0 && candidate >= best)) continue;
      if (CountAfter(candidate - limit.window_us) < limit.limit) {
        best = candidate;
      }
    }
    return best;
  }

  bool Allows(const RateLimit& limit, int64_t now) const {
    const int64_t wait = EarliestSlot(limit, now) - now;
    if (wait == 0) return true;
    return limit.delay && wait <= limit.max_delay_us &&
           CountAfter(now) < limit.max_queue;
  }

  // The least wait after which a call would be let in: one of the moments at
  // which anything changes.
  int64_t RetryAfter(const RateLimit& limit, int64_t now) const {
    const int64_t slot = EarliestSlot(limit, now);
    std::vector<int64_t> moments = {slot, slot - limit.max_delay_us};
    moments.insert(moments.end(), times_.begin(), times_.end());
    std::ranges::sort(moments);
    for (const int64_t moment : moments) {
      if (moment > now && Allows(limit, moment)) return moment - now;
    }
    return -1;
  }

  RateDecision Judge(const RateLimit& limit, int64_t now) const {
    RateDecision decision;
    const int64_t slot = EarliestSlot(limit, now);
    decision.allowed = Allows(limit, now);
    decision.limit = limit.limit;
    const int64_t counted = static_cast<int64_t>(times_.size());
    decision.remaining =
        std::max<int64_t>(0, limit.limit - counted - decision.allowed);
    int64_t oldest = slot;
    for (const int64_t time : times_) oldest = std::min(oldest, time);
    decision.reset_after_us = oldest + limit.window_us - now;
    if (decision.allowed) {
      decision.at_us = slot;
      decision.delay_us = slot - now;
    } else {
      decision.retry_after_us = RetryAfter(limit, now);
    }
    return decision;
  }

  std::vector<int64_t> times_;
};

std::string Show(const RateDecision& d) {
  return StrCat("allowed ", d.allowed, " limit ", d.limit, " remaining ",
                d.remaining, " reset ", d.reset_after_us, " retry ",
                d.retry_after_us, " delay ", d.delay_us, " at ", d.at_us);
}

using Random = std::mt19937_64;

// The time of the next call after `now`.
struct Traffic {
  std::string name;
  std::function<int64_t(int64_t now, const RateLimit&, Random&)> next;
};

int64_t Uniform(int64_t low, int64_t high, Random& random) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

std::vector<Traffic> AllTraffic() {
  return {
      {"paced at the limit",
       [](int64_t now, const RateLimit& l, Random&) {
         return now + l.window_us / l.limit;
       }},
      {"paced above the limit",
       [](int64_t now, const RateLimit& l, Random&) {
         return now + l.window_us * 4 / (5 * l.limit);
       }},
      {"random",
       [](int64_t now, const RateLimit& l, Random& r) {
         return now + Uniform(0, 2 * l.window_us / l.limit, r);
       }},
      {"Poisson",
       [](int64_t now, const RateLimit& l, Random& r) {
         const double mean = static_cast<double>(l.window_us / l.limit);
         return now + static_cast<int64_t>(
                          std::exponential_distribution<>(1 / mean)(r));
       }},
      {"bursts at window edges",
       [](int64_t now, const RateLimit& l, Random& r) {
         if (Uniform(0, 2 * l.limit, r) != 0) return now;
         const int64_t edge = (now / l.window_us + 1) * l.window_us;
         return std::max(now, edge + Uniform(-1, 1, r));
       }},
      {"flood",
       [](int64_t now, const RateLimit& l, Random& r) {
         return now + Uniform(0, 1 + l.window_us / (20 * l.limit), r);
       }},
      {"mostly idle",
       [](int64_t now, const RateLimit& l, Random& r) {
         return now + Uniform(0, 2 * l.window_us, r);
       }},
  };
}

RateLimit Limit(int64_t limit, int64_t window_us) {
  RateLimit rate;
  rate.limit = limit;
  rate.window_us = window_us;
  return rate;
}

RateLimit Delayed(int64_t limit, int64_t window_us, int64_t max_delay_us,
                  int64_t max_queue) {
  RateLimit rate = Limit(limit, window_us);
  rate.delay = true;
  rate.max_delay_us = max_delay_us;
  rate.max_queue = max_queue;
  return rate;
}

std::vector<RateLimit> AllLimits() {
  return {Limit(1, kSecond),
          Limit(2, 1000),
          Limit(3, kSecond),
          Limit(7, 60 * kSecond),
          Limit(100, kSecond),
          Limit(130, 1800 * kSecond),
          Delayed(1, kSecond, 500000, 1000),
          Delayed(5, kSecond, 3 * kSecond, 7),
          Delayed(100, kSecond, 500000, 20),
          Delayed(9, 1000, 0, 5),
          Delayed(9, 1000, 5000, 0)};
}

TEST(LimiterOracleTest, EveryDecisionEqualsTheNaiveLogs) {
  for (const RateLimit& limit : AllLimits()) {
    for (const Traffic& traffic : AllTraffic()) {
      Random random(1);
      Limiter limiter{Limiter::Options()};
      const LimiterKey key = limiter.KeyFor("a", "b");
      NaiveLog log;
      int64_t now = Uniform(0, int64_t{1} << 40, random);
      for (int call = 0; call < 2000; ++call) {
        now = traffic.next(now, limit, random);
        const std::string peeked = Show(limiter.Peek(key, limit, At(now)));
        const std::string got = Show(limiter.Admit(key, limit, At(now)));
        ASSERT_EQ(got, Show(log.Admit(limit, now)))
            << traffic.name << ", limit " << limit.limit << ", call " << call;
        ASSERT_EQ(peeked, got);
      }
    }
  }
}

TEST(LimiterOracleTest, LimitsThatChangeKeepTheirCounts) {
  // Windows up to 35 minutes, where a tick is a microsecond, are exact through
  // any change of limit, window and delay.
  const std::vector<RateLimit> limits = AllLimits();
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    Limiter limiter{Limiter::Options()};
    const LimiterKey key = limiter.KeyFor("a", "b");
    NaiveLog log;
    int64_t now = 0;
    const RateLimit* limit = &limits[0];
    for (int call = 0; call < 500; ++call) {
      if (Uniform(0, 40, random) == 0) {
        limit = &limits[random() % limits.size()];
      }
      now += Uniform(0, 3, random) == 0
                 ? Uniform(0, limit->window_us / 3, random)
                 : Uniform(0, 10, random);
      ASSERT_EQ(Show(limiter.Admit(key, *limit, At(now))),
                Show(log.Admit(*limit, now)))
          << "seed " << seed << " call " << call;
    }
  }
}

TEST(LimiterOracleTest, CandidateAndShadowEqualALogOfTheirOwn) {
  for (const RateLimit& base : AllLimits()) {
    for (const Traffic& traffic : AllTraffic()) {
      for (const int64_t candidate : {base.limit / 2 + 1, base.limit * 2}) {
        Random random(7);
        Limiter limiter{Limiter::Options()};
        const LimiterKey key = limiter.KeyFor("a", "b");
        NaiveLog log;
        NaiveLog candidate_log;
        RateLimit limit = base;
        limit.candidate = candidate;
        limit.shadow = true;
        RateLimit alone = base;
        alone.limit = candidate;
        int64_t now = 0;
        for (int call = 0; call < 300; ++call) {
          now = traffic.next(now, limit, random);
          const RateDecision got = limiter.Admit(key, limit, At(now));
          const RateDecision expected = log.Admit(base, now);
          ASSERT_TRUE(got.allowed);
          ASSERT_EQ(got.delay_us, 0);
          ASSERT_EQ(got.would_deny, !expected.allowed) << traffic.name;
          ASSERT_EQ(got.would_delay_us, expected.delay_us) << traffic.name;
          ASSERT_EQ(got.candidate_denies,
                    !candidate_log.Admit(alone, now).allowed)
              << traffic.name << " call " << call;
        }
      }
    }
  }
}

// No window holds more than the limit.
void ExpectEveryWindowHolds(std::vector<int64_t> admitted,
                            const RateLimit& limit, const std::string& what) {
  std::ranges::sort(admitted);
  const size_t step = static_cast<size_t>(limit.limit);
  for (size_t i = step; i < admitted.size(); ++i) {
    ASSERT_GE(admitted[i] - admitted[i - step], limit.window_us)
        << what << " admission " << i;
  }
}

TEST(LimiterOracleTest, LongWindowsNeverHoldMoreAndRefuseHardlyLonger) {
  // Ticks of more than a microsecond: rounding may refuse, never admit.
  const RateLimit limits[] = {Limit(50, kHour), Limit(50, 24 * kHour),
                              Limit(1, 24 * kHour - 1), Limit(3, 2147483648)};
  for (const RateLimit& limit : limits) {
    for (const Traffic& traffic : AllTraffic()) {
      Random random(3);
      Limiter limiter{Limiter::Options()};
      const LimiterKey key = limiter.KeyFor("a", "b");
      std::vector<int64_t> admitted;
      int64_t now = 12345;
      for (int call = 0; call < 1000; ++call) {
        now = traffic.next(now, limit, random) + Uniform(0, 99, random);
        const RateDecision got = limiter.Admit(key, limit, At(now));
        if (got.allowed) {
          admitted.push_back(now);
          continue;
        }
        // 64 us is the longest tick of a day.
        const int64_t since = now - limit.window_us - 2 * 64;
        ASSERT_GE(std::ranges::count_if(admitted,
                                        [&](int64_t t) { return t >= since; }),
                  limit.limit)
            << traffic.name;
        ASSERT_TRUE(
            limiter.Peek(key, limit, At(now + got.retry_after_us)).allowed);
      }
      ExpectEveryWindowHolds(admitted, limit, traffic.name);
    }
  }
}

TEST(LimiterOracleTest, OneRingLivesThroughMoreTimeThan32BitsHold) {
  Limiter limiter{Limiter::Options()};
  const LimiterKey key = limiter.KeyFor("a", "b");
  const RateLimit limit = Limit(4, 1800 * kSecond);
  NaiveLog log;
  Random random(5);
  int64_t now = 0;
  for (int call = 0; call < 5000; ++call) {  // some 20 days
    now += Uniform(0, 700 * kSecond, random);
    ASSERT_EQ(Show(limiter.Admit(key, limit, At(now))),
              Show(log.Admit(limit, now)));
  }
  EXPECT_GT(now, int64_t{100} << 32 / 2);
}

TEST(LimiterOracleTest, TheOverflowBudgetHoldsPerKeyThroughAnyChurn) {
  // Keys come and go in a table that is too small; whatever mixture of its own
  // ring and the overflow budget a key lived on, no window holds more.
  const RateLimit limits[] = {Limit(3, 1000), Delayed(3, 1000, 1500, 2)};
  for (const RateLimit& limit : limits) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Random random(seed);
      Limiter::Options options;
      options.keys_max = 3;
      Limiter limiter(options);
      std::vector<std::vector<int64_t>> admitted(8);
      int64_t now = 0;
      for (int call = 0; call < 20000; ++call) {
        now += Uniform(0, 60, random) == 0 ? Uniform(0, 2000, random)
                                           : Uniform(0, 40, random);
        const size_t who = random() % admitted.size();
        const RateDecision got =
            limiter.Admit(limiter.KeyFor(StrCat(who), "op"), limit, At(now));
        if (got.allowed) admitted[who].push_back(got.at_us);
      }
      for (const std::vector<int64_t>& times : admitted) {
        ExpectEveryWindowHolds(times, limit, StrCat("seed ", seed));
      }
      EXPECT_GT(limiter.GetStats().overflow_calls, 0);
      EXPECT_GT(limiter.GetStats().dropped_keys, 0);
    }
  }
}

// Threads that share one virtual clock, which each call moves on by `step_us`.
struct Race {
  RateLimit limit;
  int64_t step_us = 1;
  int64_t calls = 20000;  // of each thread
  int threads = 4;
  int hot_keys = 1;
  int64_t keys_max = 100000;
};

// The times at which each key's calls were admitted. Every fifth call is of a
// key that is the thread's own.
std::vector<std::vector<int64_t>> RunRace(const Race& race) {
  Limiter::Options options;
  options.keys_max = race.keys_max;
  Limiter limiter(options);
  std::atomic<int64_t> clock = 0;
  const int keys = race.hot_keys + race.threads;
  std::vector<std::vector<std::vector<int64_t>>> logs(
      static_cast<size_t>(race.threads),
      std::vector<std::vector<int64_t>>(static_cast<size_t>(keys)));
  std::vector<std::thread> threads;
  for (int t = 0; t < race.threads; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t i = 0; i < race.calls; ++i) {
        const int key = i % 5 == 4 ? race.hot_keys + t
                                   : static_cast<int>(i % race.hot_keys);
        const int64_t now = clock.fetch_add(race.step_us);
        const RateDecision got = limiter.Admit(
            limiter.KeyFor(StrCat(key), "op"), race.limit, At(now));
        if (got.allowed) {
          logs[static_cast<size_t>(t)][static_cast<size_t>(key)].push_back(
              got.at_us);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::vector<int64_t>> merged(static_cast<size_t>(keys));
  for (const auto& log : logs) {
    for (size_t key = 0; key < log.size(); ++key) {
      merged[key].insert(merged[key].end(), log[key].begin(), log[key].end());
    }
  }
  return merged;
}

TEST(LimiterThreadsTest, AFloodOnOneKeyIsGrantedTheFullLimitAndNoMore) {
  Race race;
  race.limit = Limit(100, 10000);
  const auto admitted = RunRace(race);
  ExpectEveryWindowHolds(admitted[0], race.limit, "hot");
  // 80 000 microseconds hold 8 windows.
  EXPECT_EQ(admitted[0].size(), 800u);
}

TEST(LimiterThreadsTest, HotAndColdKeysKeepTheirLimitsSideBySide) {
  Race race;
  race.limit = Limit(10, 1000);
  race.hot_keys = 3;
  const auto admitted = RunRace(race);
  for (size_t key = 0; key < admitted.size(); ++key) {
    ExpectEveryWindowHolds(admitted[key], race.limit, StrCat("key ", key));
    EXPECT_GE(admitted[key].size(), 10u) << key;
  }
}

TEST(LimiterThreadsTest, DelayedCallsKeepTheLimitToo) {
  Race race;
  race.limit = Delayed(10, 1000, 5000, 20);
  const auto admitted = RunRace(race);
  for (const auto& times : admitted) {
    ExpectEveryWindowHolds(times, race.limit, "delayed");
  }
  EXPECT_GE(admitted[0].size(), 800u);
}

TEST(LimiterThreadsTest, TheOverflowBudgetKeepsTheLimitToo) {
  Race race;
  race.limit = Limit(10, 1000);
  race.hot_keys = 8;
  race.keys_max = 2;
  for (const auto& times : RunRace(race)) {
    ExpectEveryWindowHolds(times, race.limit, "overflow");
  }
}

}  // namespace
}  // namespace headgate::policy
