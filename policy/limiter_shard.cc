#include "policy/limiter_shard.h"

#include <algorithm>

namespace headgate::policy {
namespace {

// The shared budget that newcomers under this limit draw on.
LimiterKey OverflowKey(const RateLimit& limit) {
  constexpr uint64_t kSpread = 0xff51afd7ed558ccd;
  const uint64_t shape = static_cast<uint64_t>(limit.limit) * kSpread +
                         static_cast<uint64_t>(limit.window_us);
  return {shape * kSpread ^ limit.overflow_group, limit.overflow_group};
}

// Limit 0: no call ever passes, so no time would be right; a window is given.
RateDecision NonePasses(const RateLimit& limit) {
  RateDecision decision;
  decision.allowed = false;
  decision.retry_after_us = limit.window_us;
  return decision;
}

// How far from now on a call that is admitted now may count.
int64_t Reach(const RateLimit& limit) {
  return limit.window_us + (limit.delay ? limit.max_delay_us : 0);
}

}  // namespace

RingAnswer LimiterShard::Spend(LimiterSlot* slot, const RateLimit& limit,
                               const LimitTicks& ticks) {
  const int64_t bytes = slot->ring.array_bytes();
  const int64_t now = ticks.FromUs(now_us);
  slot->ring.Prepare(ticks, now);
  RingAnswer answer = slot->ring.Judge(limit, ticks, now);
  if (answer.decision.allowed) {
    slot->ring.Record(answer.slot, limit);
    answer.decision.at_us = now_us + answer.decision.delay_us;
  }
  table.AddRingBytes(slot->ring.array_bytes() - bytes);
  return answer;
}

RateDecision LimiterShard::Admit(const LimiterKey& key, const RateLimit& limit,
                                 LimiterShard& overflow) {
  if (limit.limit <= 0) return NonePasses(limit);
  const LimitTicks ticks(limit);
  LimiterSlot* slot = table.Find(key);
  if (slot == nullptr) {
    slot = table.Insert(key, now_us);
    if (slot != nullptr) {
      slot->ring.Prepare(ticks, ticks.FromUs(now_us));
      if (overflow_until_us > now_us) {
        slot->shared_until_us = now_us + Reach(limit);
      }
    }
  }
  if (slot == nullptr || slot->shared_until_us > now_us) {
    return AdmitShared(slot, limit, ticks, overflow);
  }
  return Spend(slot, limit, ticks).decision;
}

RateDecision LimiterShard::AdmitShared(LimiterSlot* slot,
                                       const RateLimit& limit,
                                       const LimitTicks& ticks,
                                       LimiterShard& overflow) {
  RingAnswer answer;
  {
    LimiterLockHolder holder(overflow.lock);
    overflow.now_us = std::max(overflow.now_us, now_us);
    now_us = overflow.now_us;
    const LimiterKey key = OverflowKey(limit);
    LimiterSlot* budget = overflow.table.Find(key);
    if (budget == nullptr) budget = overflow.table.Insert(key, now_us);
    answer = overflow.Spend(budget, limit, ticks);
  }
  answer.decision.overflow = true;
  ++overflow_calls;
  if (slot == nullptr) {
    overflow_until_us = std::max(overflow_until_us, now_us + Reach(limit));
  } else if (answer.decision.allowed) {
    // What the ring holds is a part of what the budget holds, so it has room.
    const int64_t bytes = slot->ring.array_bytes();
    slot->ring.Prepare(ticks, ticks.FromUs(now_us));
    slot->ring.Record(answer.slot, limit);
    table.AddRingBytes(slot->ring.array_bytes() - bytes);
  }
  return answer.decision;
}

RateDecision LimiterShard::Peek(const LimiterKey& key, const RateLimit& limit,
                                int64_t at_us, LimiterShard& overflow) {
  if (limit.limit <= 0) return NonePasses(limit);
  const LimitTicks ticks(limit);
  const LimiterSlot* slot = table.Find(key);
  const bool shared =
      slot == nullptr ? table.full() : slot->shared_until_us > at_us;
  AdmissionRing ring;
  if (shared) {
    LimiterLockHolder holder(overflow.lock);
    at_us = std::max(at_us, overflow.now_us);
    const LimiterSlot* budget = overflow.table.Find(OverflowKey(limit));
    if (budget != nullptr) ring = budget->ring.Clone();
  } else if (slot != nullptr) {
    ring = slot->ring.Clone();
  }
  const int64_t now = ticks.FromUs(at_us);
  ring.Prepare(ticks, now);
  RateDecision decision = ring.Judge(limit, ticks, now).decision;
  decision.overflow = shared;
  if (decision.allowed) decision.at_us = at_us + decision.delay_us;
  return decision;
}

}  // namespace headgate::policy
