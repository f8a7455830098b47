// The keys of one limiter shard: an open-addressing table with linear probing
// whose slot is one cache line, so that a decision on a cold key costs one miss
// for the slot and one for the ring. tests/bench/limiter_bench.cc compares it
// with absl::flat_hash_map.
//
// The keys are keyed hashes already: the home of a key is its high half scaled
// to the capacity, and nobody can choose it. Erasing shifts back what follows;
// there are no tombstones. The capacity grows by half, at three quarters full:
// together with a full ring of 100 times that is at most 544 bytes per key.
//
// Room is made as keys come, not in a pause: each insertion looks at a few
// slots further on and drops those idle for a whole window.
//
// Not thread-safe: a shard's lock covers it (policy/limiter.cc).
#ifndef HEADGATE_POLICY_LIMITER_TABLE_H_
#define HEADGATE_POLICY_LIMITER_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "policy/limiter_ring.h"

namespace headgate::policy {

struct alignas(64) LimiterSlot {
  LimiterKey key;
  // Until then the key is decided on the overflow budget too.
  int64_t shared_until_us = 0;
  AdmissionRing ring;
};
static_assert(sizeof(LimiterSlot) == 64);

class LimiterTable {
 public:
  // At most so many keys live here. Without it: no bound, for the overflow
  // budgets, of which there are as many as limits.
  void SetKeysMax(int64_t keys_max) { keys_max_ = keys_max; }

  // Null: not there. Valid until the next Insert.
  LimiterSlot* Find(const LimiterKey& key) {
    return const_cast<LimiterSlot*>(std::as_const(*this).Find(key));
  }
  const LimiterSlot* Find(const LimiterKey& key) const;

  // Has the CPU fetch where `key` probably is. The one function that may be
  // called without the lock: it is a hint, so that a table that grows at the
  // same time does no harm.
  void Prefetch(const LimiterKey& key) const {
    const uintptr_t slots = hint_slots_.load(std::memory_order_relaxed);
    const size_t capacity = hint_capacity_.load(std::memory_order_relaxed);
    const size_t home = Home(key, capacity);
    __builtin_prefetch(
        reinterpret_cast<const void*>(slots + home * sizeof(LimiterSlot)), 1);
  }

  // A new slot; its ring must be prepared at once. Null: `keys_max` keys live
  // and no idle one was found. REQUIRES: the key is not there.
  LimiterSlot* Insert(const LimiterKey& key, int64_t now_us);

  bool full() const { return keys_ >= keys_max_; }
  int64_t keys() const { return keys_; }
  int64_t dropped_keys() const { return dropped_keys_; }
  // Of the slots and the rings.
  int64_t bytes() const {
    return ring_bytes_ + static_cast<int64_t>(capacity_ * sizeof(LimiterSlot));
  }
  // Told by whoever made a ring grow or shrink.
  void AddRingBytes(int64_t bytes) { ring_bytes_ += bytes; }

 private:
  static size_t Home(const LimiterKey& key, size_t capacity) {
    return static_cast<size_t>(
        (static_cast<unsigned __int128>(key.high) * capacity) >> 64);
  }
  size_t Next(size_t i) const { return i + 1 == capacity_ ? 0 : i + 1; }
  void Sweep(int64_t now_us, int slots);
  void Erase(size_t i);
  void Grow(int64_t now_us);
  // A free slot for a key that is not there.
  LimiterSlot& Place(const LimiterKey& key);

  int64_t keys_max_ = std::numeric_limits<int64_t>::max();
  int64_t keys_ = 0;
  int64_t ring_bytes_ = 0;
  int64_t dropped_keys_ = 0;
  size_t capacity_ = 0;
  size_t cursor_ = 0;  // of the sweep
  std::unique_ptr<LimiterSlot[]> slots_;
  std::atomic<uintptr_t> hint_slots_ = 0;  // for Prefetch
  std::atomic<size_t> hint_capacity_ = 0;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_LIMITER_TABLE_H_
