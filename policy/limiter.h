// The rate limiter: an exact sliding window. No window, wherever it starts,
// holds more admitted calls than the limit, and the full limit is granted under
// any flood, since a refused call counts for nothing.
//
// Idea: per key a ring of the admission times that still count
// (policy/limiter_ring.h), in an open-addressing table of one cache line per
// key (policy/limiter_table.h). tests/policy/limiter_oracle_test.cc holds it
// against a naive log of timestamps.
//
// `delay`: a call over the limit is given the earliest free slot, first come,
// first served, at most `max_delay_us` away, if fewer than `max_queue` calls
// wait. The slot counts from its own time, so what is sent on keeps the limit.
//
// `shadow`: the ring holds the calls that the limit would have admitted, and
// only those; a call that passes although refused is not counted. Else a flood
// that nobody stops would be reported as refused altogether, where the limit
// in force would have granted it a full share.
//
// `candidate`: for the same reason it has a ring of its own, of the calls that
// it would have admitted; so it is exact for a lower and a higher limit alike.
// It costs a second key, and knows of what came since it was configured.
//
// Memory is bounded by `keys_max`. Keys idle for a whole window make room; one
// that still counts is never dropped. Newcomers that find no room share one
// overflow budget per limit and `overflow_group`. A newcomer that gets a key
// while that budget is in use stays on both for a window: its share of the
// budget is not known, and must not be granted again.
//
// A limit that changes (reload) keeps what was counted: a lower limit refuses
// until enough has left the window; a longer window counts on from what the
// shorter one still held.
//
// Thread-safe: the keys are spread over shards, each with its own lock. Time
// that goes back (two threads racing) is taken as the shard's latest.
#ifndef HEADGATE_POLICY_LIMITER_H_
#define HEADGATE_POLICY_LIMITER_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/crypto.h"

namespace headgate::policy {

struct LimiterShard;  // policy/limiter_shard.h

// A limit as the limiter runs it; belongs to a Policy.
struct RateLimit {
  int64_t limit = 100;          // calls in any window; 0: none pass
  int64_t window_us = 1000000;  // exact up to 35 minutes (with max_delay_us);
                                // longer: up to 0.1 ms stricter
  bool delay = false;           // wait for a free slot rather than refuse
  int64_t max_delay_us = 0;
  int64_t max_queue = 0;  // admitted for later at a time, per key
  bool shadow = false;    // decide and report, never refuse or delay
  int64_t candidate = 0;  // judged beside `limit`; 0: none
  // Which limits share an overflow budget; e.g. the operation's number.
  uint64_t overflow_group = 0;
};

// A limiter key: 128 bits of keyed hash of (app key, operation), so that the
// app key itself is nowhere in the limiter and nobody can aim at a collision.
struct LimiterKey {
  uint64_t high = 0;
  uint64_t low = 0;
  bool operator==(const LimiterKey&) const = default;
};

struct RateDecision {
  bool allowed = true;
  bool would_deny = false;        // shadow: the limit refused, the call passes
  bool candidate_denies = false;  // the candidate limit would have refused
  bool overflow = false;          // counted on the overflow budget
  int64_t limit = 0;
  int64_t remaining = 0;       // calls left in the current window
  int64_t reset_after_us = 0;  // until the oldest counted call leaves
  int64_t retry_after_us = 0;  // refused (shadow: would be): until a call, if
                               // none comes between, would be admitted
  int64_t delay_us = 0;        // admitted, to be sent on after this long
  int64_t would_delay_us = 0;  // shadow: what the wait would have been
  int64_t at_us = 0;  // admitted: the monotonic time at which the call counts
};

class Limiter {
 public:
  struct Options {
    int64_t keys_max = 1000000;
    int shards = 64;           // a power of two; fewer for few keys, more so
                               // that the growth of one is never long
    SipHashKey seed = {0, 0};  // random in `serve`
  };
  explicit Limiter(const Options& options);
  ~Limiter();
  Limiter(const Limiter&) = delete;
  Limiter& operator=(const Limiter&) = delete;

  LimiterKey KeyFor(std::string_view app_key, std::string_view operation) const;
  // The same in two halves, for the hot path: hash the app key once a request
  // and keep the operation's half with the compiled operation (of this
  // limiter: the seed is in it). KeyFor is Combine of both.
  LimiterKey HashAppKey(std::string_view app_key) const;
  LimiterKey HashOperation(std::string_view operation) const;
  static LimiterKey Combine(const LimiterKey& app_key,
                            const LimiterKey& operation) {
    return {app_key.high ^ operation.high, app_key.low ^ operation.low};
  }

  // Decides and, if it admits, counts. REQUIRES: limit.window_us > 0.
  RateDecision Admit(const LimiterKey& key, const RateLimit& limit,
                     const Instant& now);
  // The same answer without counting: for `explain`. A newcomer to a full
  // table is taken to share, though its call might find an idle key to drop.
  RateDecision Peek(const LimiterKey& key, const RateLimit& limit,
                    const Instant& now) const;

  struct Stats {
    int64_t keys = 0;            // live
    int64_t bytes = 0;           // of tables and rings
    int64_t overflow_calls = 0;  // decided on the overflow budget, ever
    int64_t dropped_keys = 0;    // idle keys dropped to make room, ever
  };
  Stats GetStats() const;

 private:
  LimiterShard& ShardOf(const LimiterKey& key) const;

  Options options_;
  uint64_t shard_mask_ = 0;
  std::unique_ptr<LimiterShard[]> shards_;
  std::unique_ptr<LimiterShard> overflow_;  // the shared budgets
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_LIMITER_H_
