#include "policy/limiter.h"

#include <sodium/crypto_shorthash_siphash24.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "policy/limiter_table.h"

namespace headgate::policy {
namespace {

// So many keys at most are moved when a shard's table grows (below 1 ms).
constexpr int64_t kKeysPerShardMax = 16384;
// Fewer keys than this are not worth a shard, and would be spread unevenly.
constexpr int64_t kKeysPerShardMin = 1024;

constexpr int64_t kLongAgo = std::numeric_limits<int64_t>::min();

// Sets a candidate's ring and an operation's hash apart from their twins.
constexpr uint64_t kCandidateMark = 0x9e3779b97f4a7c15;
constexpr uint64_t kOperationMark = 0xc2b2ae3d27d4eb4f;

uint64_t ShardCount(const Limiter::Options& options) {
  const uint64_t keys_max =
      static_cast<uint64_t>(std::max<int64_t>(1, options.keys_max));
  const uint64_t wanted =
      std::bit_ceil(static_cast<uint64_t>(std::max(1, options.shards)));
  const uint64_t at_most =
      std::bit_floor(std::max<uint64_t>(1, keys_max / kKeysPerShardMin));
  const uint64_t at_least =
      std::bit_ceil(std::max<uint64_t>(1, keys_max / kKeysPerShardMax));
  return std::max(at_least, std::min(wanted, at_most));
}

LimiterKey SipHash(const uint64_t (&seed)[2], uint64_t mark,
                   std::string_view text) {
  static_assert(sizeof(LimiterKey) == crypto_shorthash_siphashx24_BYTES);
  const uint64_t key[2] = {seed[0] ^ mark, seed[1]};
  LimiterKey hash;
  crypto_shorthash_siphashx24(
      reinterpret_cast<unsigned char*>(&hash),
      reinterpret_cast<const unsigned char*>(text.data()), text.size(),
      reinterpret_cast<const unsigned char*>(key));
  return hash;
}

LimiterKey CandidateKey(const LimiterKey& key) {
  return {key.high ^ kCandidateMark, key.low};
}

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

RateLimit CandidateOf(const RateLimit& limit) {
  RateLimit candidate = limit;
  candidate.limit = limit.candidate;
  return candidate;
}

// What the key's own ring or budget answered, as the caller is told.
RateDecision Finish(const RateLimit& limit, const Instant& now,
                    bool candidate_denies, RateDecision decision) {
  decision.candidate_denies = candidate_denies;
  // The slot is a point in time; the caller's clock may be behind the shard's.
  if (decision.delay_us > 0) {
    decision.delay_us = decision.at_us - now.monotonic_us;
  }
  if (limit.shadow) {
    decision.would_deny = !decision.allowed;
    decision.would_delay_us = decision.delay_us;
    decision.allowed = true;
    decision.delay_us = 0;
  }
  return decision;
}

}  // namespace

struct alignas(64) Limiter::Shard {
  RateDecision Admit(const LimiterKey& key, const RateLimit& limit,
                     Shard& overflow) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // For a key without a slot of its own (`slot` is null), or with one so new
  // that its share of the overflow budget may still count.
  RateDecision AdmitShared(LimiterSlot* slot, const RateLimit& limit,
                           const LimitTicks& ticks, Shard& overflow)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  RateDecision Peek(const LimiterKey& key, const RateLimit& limit,
                    int64_t now_us, Shard& overflow)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // Spends on the ring alone.
  RingAnswer Spend(LimiterSlot* slot, const RateLimit& limit,
                   const LimitTicks& ticks)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  absl::Mutex mutex;
  LimiterTable table ABSL_GUARDED_BY(mutex);
  // The latest time seen. What is decided here is decided at this time.
  int64_t now_us ABSL_GUARDED_BY(mutex) = kLongAgo;
  // By then, no call counts any more that was counted on the overflow budget
  // and nowhere else.
  int64_t overflow_until_us ABSL_GUARDED_BY(mutex) = kLongAgo;
  int64_t overflow_calls ABSL_GUARDED_BY(mutex) = 0;
};

RingAnswer Limiter::Shard::Spend(LimiterSlot* slot, const RateLimit& limit,
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

RateDecision Limiter::Shard::Admit(const LimiterKey& key,
                                   const RateLimit& limit, Shard& overflow) {
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

RateDecision Limiter::Shard::AdmitShared(LimiterSlot* slot,
                                         const RateLimit& limit,
                                         const LimitTicks& ticks,
                                         Shard& overflow) {
  RingAnswer answer;
  {
    absl::MutexLock lock(&overflow.mutex);
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

RateDecision Limiter::Shard::Peek(const LimiterKey& key, const RateLimit& limit,
                                  int64_t at_us, Shard& overflow) {
  if (limit.limit <= 0) return NonePasses(limit);
  const LimitTicks ticks(limit);
  const LimiterSlot* slot = table.Find(key);
  const bool shared =
      slot == nullptr ? table.full() : slot->shared_until_us > at_us;
  AdmissionRing ring;
  if (shared) {
    absl::MutexLock lock(&overflow.mutex);
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

Limiter::Limiter(const Options& options) : options_(options) {
  const uint64_t shards = ShardCount(options);
  shard_mask_ = shards - 1;
  shards_ = std::make_unique<Shard[]>(shards);
  overflow_ = std::make_unique<Shard>();
  const int64_t keys_max = std::max<int64_t>(1, options.keys_max);
  for (uint64_t i = 0; i < shards; ++i) {
    absl::MutexLock lock(&shards_[i].mutex);
    shards_[i].table = LimiterTable(keys_max / static_cast<int64_t>(shards));
  }
}

Limiter::~Limiter() = default;

LimiterKey Limiter::HashAppKey(std::string_view app_key) const {
  return SipHash(options_.seed, 0, app_key);
}

LimiterKey Limiter::HashOperation(std::string_view operation) const {
  return SipHash(options_.seed, kOperationMark, operation);
}

LimiterKey Limiter::KeyFor(std::string_view app_key,
                           std::string_view operation) const {
  return Combine(HashAppKey(app_key), HashOperation(operation));
}

Limiter::Shard& Limiter::ShardOf(const LimiterKey& key) const {
  return shards_[key.low & shard_mask_];
}

RateDecision Limiter::Admit(const LimiterKey& key, const RateLimit& limit,
                            const Instant& now) {
  Shard& shard = ShardOf(key);
  RateDecision decision;
  bool candidate_denies = false;
  {
    absl::MutexLock lock(&shard.mutex);
    shard.now_us = std::max(shard.now_us, now.monotonic_us);
    decision = shard.Admit(key, limit, *overflow_);
    if (limit.candidate > 0) {
      candidate_denies =
          !shard.Admit(CandidateKey(key), CandidateOf(limit), *overflow_)
               .allowed;
    }
  }
  return Finish(limit, now, candidate_denies, decision);
}

RateDecision Limiter::Peek(const LimiterKey& key, const RateLimit& limit,
                           const Instant& now) const {
  Shard& shard = ShardOf(key);
  RateDecision decision;
  bool candidate_denies = false;
  {
    absl::MutexLock lock(&shard.mutex);
    const int64_t at_us = std::max(shard.now_us, now.monotonic_us);
    decision = shard.Peek(key, limit, at_us, *overflow_);
    if (limit.candidate > 0) {
      candidate_denies =
          !shard.Peek(CandidateKey(key), CandidateOf(limit), at_us, *overflow_)
               .allowed;
    }
  }
  return Finish(limit, now, candidate_denies, decision);
}

Limiter::Stats Limiter::GetStats() const {
  Stats stats;
  for (uint64_t i = 0; i <= shard_mask_; ++i) {
    Shard& shard = shards_[i];
    absl::MutexLock lock(&shard.mutex);
    stats.keys += shard.table.keys();
    stats.bytes += shard.table.bytes();
    stats.overflow_calls += shard.overflow_calls;
    stats.dropped_keys += shard.table.dropped_keys();
  }
  absl::MutexLock lock(&overflow_->mutex);
  stats.bytes += overflow_->table.bytes();
  return stats;
}

}  // namespace headgate::policy
