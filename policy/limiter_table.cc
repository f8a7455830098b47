#include "policy/limiter_table.h"

#include <algorithm>
#include <utility>

namespace headgate::policy {
namespace {

constexpr size_t kFirstCapacity = 8;
// Between two growths come a quarter of the slots' number of insertions at
// least, so that four slots each look at every slot once.
constexpr int kSweepSlots = 4;
// A full table looks harder before it turns a newcomer away.
constexpr int kSweepSlotsWhenFull = 32;

}  // namespace

const LimiterSlot* LimiterTable::Find(const LimiterKey& key) const {
  if (capacity_ == 0) return nullptr;
  for (size_t i = Home(key, capacity_); slots_[i].ring.in_use(); i = Next(i)) {
    if (slots_[i].key == key) return &slots_[i];
  }
  return nullptr;
}

LimiterSlot& LimiterTable::Place(const LimiterKey& key) {
  size_t i = Home(key, capacity_);
  while (slots_[i].ring.in_use()) i = Next(i);
  return slots_[i];
}

LimiterSlot* LimiterTable::Insert(const LimiterKey& key, int64_t now_us) {
  Sweep(now_us, full() ? kSweepSlotsWhenFull : kSweepSlots);
  if (full()) return nullptr;
  if (4 * (static_cast<size_t>(keys_) + 1) > 3 * capacity_) Grow(now_us);
  LimiterSlot& slot = Place(key);
  slot.key = key;
  slot.shared_until_us = 0;
  ++keys_;
  return &slot;
}

void LimiterTable::Sweep(int64_t now_us, int slots) {
  if (capacity_ == 0) return;
  for (int n = 0; n < slots; ++n) {
    if (cursor_ >= capacity_) cursor_ = 0;
    const AdmissionRing& ring = slots_[cursor_].ring;
    if (ring.in_use() && ring.IdleAt(now_us)) {
      Erase(cursor_);  // what follows may have come to this place
      ++dropped_keys_;
    } else {
      ++cursor_;
    }
  }
}

void LimiterTable::Erase(size_t i) {
  ring_bytes_ -= slots_[i].ring.array_bytes();
  // A follower moves to the hole unless its home lies behind the hole.
  for (size_t next = Next(i); slots_[next].ring.in_use(); next = Next(next)) {
    const size_t home = Home(slots_[next].key, capacity_);
    const size_t to_hole = (i + capacity_ - home) % capacity_;
    const size_t to_next = (next + capacity_ - home) % capacity_;
    if (to_hole > to_next) continue;
    slots_[i] = std::move(slots_[next]);
    i = next;
  }
  slots_[i] = LimiterSlot();
  --keys_;
}

void LimiterTable::Grow(int64_t now_us) {
  std::unique_ptr<LimiterSlot[]> old = std::move(slots_);
  const size_t old_capacity = capacity_;
  capacity_ = std::max(kFirstCapacity, capacity_ + capacity_ / 2);
  slots_ = std::make_unique<LimiterSlot[]>(capacity_);
  hint_slots_.store(reinterpret_cast<uintptr_t>(slots_.get()),
                    std::memory_order_relaxed);
  hint_capacity_.store(capacity_, std::memory_order_relaxed);
  cursor_ = 0;
  for (size_t i = 0; i < old_capacity; ++i) {
    if (!old[i].ring.in_use()) continue;
    if (old[i].ring.IdleAt(now_us)) {
      ring_bytes_ -= old[i].ring.array_bytes();
      --keys_;
      ++dropped_keys_;
      continue;
    }
    Place(old[i].key) = std::move(old[i]);
  }
}

}  // namespace headgate::policy
