// The admission times of one limiter key that still count, oldest first, in 40
// bytes and 4 more per time.
//
// Idea: a time is a tick number, kept to its low 32 bits. All that count lie
// within 2^32 ticks before the newest, which is kept whole, so that
//     time = newest - uint32(low bits of newest - stored)
// is exact for ever: nothing is rebased as time goes on. A tick is a
// microsecond for windows up to 2^31 us (35 minutes) and a power of two of them
// beyond; then the window counts one tick more, so that rounding can refuse a
// call up to two ticks too long but never admits one too many.
//
// The oldest and newest time stand in the object, so two calls need no array
// and a call that is refused reads nothing else. The array grows by doubling
// up to exactly the limit; a large one goes when a window passed without a
// call.
//
// Not thread-safe: a shard's lock covers it (policy/limiter.cc).
#ifndef HEADGATE_POLICY_LIMITER_RING_H_
#define HEADGATE_POLICY_LIMITER_RING_H_

#include <cstdint>
#include <memory>

#include "policy/limiter.h"

namespace headgate::policy {

// A limit's times in ticks of its own size.
struct LimitTicks {
  explicit LimitTicks(const RateLimit& limit);
  int64_t FromUs(int64_t us) const { return us >> shift; }
  int64_t ToUs(int64_t ticks) const { return ticks << shift; }

  int shift = 0;  // a tick is 2^shift microseconds
  int64_t window = 0;
  int64_t max_delay = 0;
};

// What the ring says to one call. `slot` is the tick that it would count at.
struct RingAnswer {
  RateDecision decision;
  int64_t slot = 0;
};

class AdmissionRing {
 public:
  // A ring without a window is a free place of the table.
  bool in_use() const { return window_ != 0; }
  // Every time has left its window at `now_us`.
  bool IdleAt(int64_t now_us) const;

  // Takes the limit over (its window and tick may have changed), and forgets
  // the times that no longer count at `now`.
  void Prepare(const LimitTicks& ticks, int64_t now);
  // Changes nothing: Record does. `now` in ticks. REQUIRES: limit.limit > 0,
  // and a ring that was prepared for these ticks or never used.
  RingAnswer Judge(const RateLimit& limit, const LimitTicks& ticks,
                   int64_t now) const;
  // Counts a call at `slot`, or at the newest time if that is later.
  void Record(int64_t slot, const RateLimit& limit);

  // A copy with the same times, for answers that must not spend.
  AdmissionRing Clone() const;
  int64_t array_bytes() const;

 private:
  // The i-th oldest time in ticks. REQUIRES: 0 <= i < size_.
  int64_t At(uint32_t i) const;
  // How many times are at or before `tick`. O(log), O(1) if few are.
  uint32_t CountThrough(int64_t tick) const;
  void Forget(uint32_t count);
  void ChangeTick(int shift, int64_t now);
  void Grow(const RateLimit& limit);
  uint32_t Place(uint32_t i) const;

  int64_t newest_ = 0;
  std::unique_ptr<uint32_t[]> times_;  // null: at most two times
  uint32_t capacity_ = 0;
  uint32_t head_ = 0;  // place of the oldest
  uint32_t size_ = 0;
  uint32_t oldest_ = 0;  // low bits
  uint32_t window_ = 0;  // ticks
  uint8_t shift_ = 0;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_LIMITER_RING_H_
