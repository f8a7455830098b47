#include "policy/limiter.h"

#include <algorithm>
#include <array>
#include <bit>

#include "policy/limiter_shard.h"

namespace headgate::policy {
namespace {

// So many keys at most are moved when a shard's table grows (below 1 ms).
constexpr int64_t kKeysPerShardMax = 16384;
// Fewer keys than this are not worth a shard, and would be spread unevenly.
constexpr int64_t kKeysPerShardMin = 1024;

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

LimiterKey Hash(const SipHashKey& seed, uint64_t mark, std::string_view text) {
  const std::array<uint64_t, 2> hash =
      SipHash128({seed[0] ^ mark, seed[1]}, text);
  return {hash[0], hash[1]};
}

LimiterKey CandidateKey(const LimiterKey& key) {
  return {key.high ^ kCandidateMark, key.low};
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

Limiter::Limiter(const Options& options) : options_(options) {
  const uint64_t shards = ShardCount(options);
  shard_mask_ = shards - 1;
  shards_ = std::make_unique<LimiterShard[]>(shards);
  overflow_ = std::make_unique<LimiterShard>();
  const int64_t keys_max = std::max<int64_t>(1, options.keys_max);
  for (uint64_t i = 0; i < shards; ++i) {
    LimiterLockHolder holder(shards_[i].lock);
    shards_[i].table.SetKeysMax(keys_max / static_cast<int64_t>(shards));
  }
}

Limiter::~Limiter() = default;

LimiterKey Limiter::HashAppKey(std::string_view app_key) const {
  return Hash(options_.seed, 0, app_key);
}

LimiterKey Limiter::HashOperation(std::string_view operation) const {
  return Hash(options_.seed, kOperationMark, operation);
}

LimiterKey Limiter::KeyFor(std::string_view app_key,
                           std::string_view operation) const {
  return Combine(HashAppKey(app_key), HashOperation(operation));
}

LimiterShard& Limiter::ShardOf(const LimiterKey& key) const {
  return shards_[key.low & shard_mask_];
}

RateDecision Limiter::Admit(const LimiterKey& key, const RateLimit& limit,
                            const Instant& now) {
  LimiterShard& shard = ShardOf(key);
  shard.Prefetch(key);  // while others may still hold the lock
  RateDecision decision;
  bool candidate_denies = false;
  {
    LimiterLockHolder holder(shard.lock);
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
  LimiterShard& shard = ShardOf(key);
  RateDecision decision;
  bool candidate_denies = false;
  {
    LimiterLockHolder holder(shard.lock);
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
    LimiterShard& shard = shards_[i];
    LimiterLockHolder holder(shard.lock);
    stats.keys += shard.table.keys();
    stats.bytes += shard.table.bytes();
    stats.overflow_calls += shard.overflow_calls;
    stats.dropped_keys += shard.table.dropped_keys();
  }
  LimiterLockHolder holder(overflow_->lock);
  stats.bytes += overflow_->table.bytes();
  return stats;
}

}  // namespace headgate::policy
