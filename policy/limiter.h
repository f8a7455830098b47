// The rate limiter: an exact sliding window. No window, wherever it starts,
// holds more admitted calls than the limit, and the full limit is granted under
// any flood, since a refused call counts for nothing.
//
// Idea: per key a ring of the last `limit` admission times. A call is admitted
// if the ring is not full or its oldest time is a whole window ago; that time
// is then overwritten. The ring grows as calls come (an app that makes two calls
// a second holds two times), and times are 32-bit offsets, so that a key at
// 100/s costs under 600 bytes. tests/policy/limiter_oracle_test.cc holds it
// against a naive log of timestamps.
//
// Thread-safe: the keys are spread over shards, each with its own lock. Time
// that goes back (two threads racing) is taken as the shard's latest.
#ifndef HEADGATE_POLICY_LIMITER_H_
#define HEADGATE_POLICY_LIMITER_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace headgate::policy {

// A limit as the limiter runs it; belongs to a Policy.
struct RateLimit {
  int64_t limit = 100;           // calls in any window; 0: none pass
  int64_t window_us = 1000000;
  bool delay = false;            // wait for a free slot rather than refuse
  int64_t max_delay_us = 0;
  int64_t max_queue = 0;         // admitted for later at a time, per key
  bool shadow = false;           // decide and report, never refuse
  int64_t candidate = 0;         // judged beside `limit`; 0: none
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
  int64_t remaining = 0;          // calls left in the current window
  int64_t reset_after_us = 0;     // until the oldest counted call leaves
  int64_t retry_after_us = 0;     // denied: until a call would be admitted
  int64_t delay_us = 0;           // admitted, to be sent on after this long
};

class Limiter {
 public:
  struct Options {
    int64_t keys_max = 1000000;
    int shards = 64;              // a power of two
    uint64_t seed[2] = {0, 0};    // of the keyed hash; random in `serve`
  };
  explicit Limiter(const Options& options);
  ~Limiter();
  Limiter(const Limiter&) = delete;
  Limiter& operator=(const Limiter&) = delete;

  LimiterKey KeyFor(std::string_view app_key, std::string_view operation) const;

  // Decides and, if it admits, counts. REQUIRES: limit.window_us > 0.
  RateDecision Admit(const LimiterKey& key, const RateLimit& limit,
                     const Instant& now);
  // The same answer without counting: for `explain`.
  RateDecision Peek(const LimiterKey& key, const RateLimit& limit,
                    const Instant& now) const;

  struct Stats {
    int64_t keys = 0;           // live
    int64_t bytes = 0;          // of tables and rings
    int64_t overflow_calls = 0; // decided on the overflow budget, ever
    int64_t dropped_keys = 0;   // idle keys dropped under pressure, ever
  };
  Stats GetStats() const;

 private:
  struct Shard;
  std::unique_ptr<Shard[]> shards_;
  Options options_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_LIMITER_H_
