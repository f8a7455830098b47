// One part of the limiter's keys with the lock over them, and the decision on
// one key: on its own ring, or on the budget that newcomers share.
//
// The overflow budgets are a shard of their own, which is locked while an
// ordinary one is, never the other way round. Every function needs the lock,
// which the caller takes (policy/limiter.cc), but for Prefetch.
#ifndef HEADGATE_POLICY_LIMITER_SHARD_H_
#define HEADGATE_POLICY_LIMITER_SHARD_H_

#include <cstdint>
#include <limits>

#include "absl/base/thread_annotations.h"
#include "policy/limiter_lock.h"
#include "policy/limiter_table.h"

namespace headgate::policy {

struct alignas(64) LimiterShard {
  RateDecision Admit(const LimiterKey& key, const RateLimit& limit,
                     LimiterShard& overflow)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock);
  // For a key without a slot of its own (`slot` is null), or with one so new
  // that its share of the overflow budget may still count.
  RateDecision AdmitShared(LimiterSlot* slot, const RateLimit& limit,
                           const LimitTicks& ticks, LimiterShard& overflow)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock);
  RateDecision Peek(const LimiterKey& key, const RateLimit& limit,
                    int64_t now_us, LimiterShard& overflow)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock);
  // Spends on the ring alone.
  RingAnswer Spend(LimiterSlot* slot, const RateLimit& limit,
                   const LimitTicks& ticks) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock);

  // Without the lock: see LimiterTable::Prefetch.
  void Prefetch(const LimiterKey& key) const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    table.Prefetch(key);
  }

  LimiterLock lock;
  LimiterTable table ABSL_GUARDED_BY(lock);
  // The latest time seen. What is decided here is decided at this time.
  int64_t now_us ABSL_GUARDED_BY(lock) = std::numeric_limits<int64_t>::min();
  // By then, no call counts any more that was counted on the overflow budget
  // and nowhere else.
  int64_t overflow_until_us ABSL_GUARDED_BY(lock) =
      std::numeric_limits<int64_t>::min();
  int64_t overflow_calls ABSL_GUARDED_BY(lock) = 0;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_LIMITER_SHARD_H_
