#include "policy/limiter_ring.h"

#include <algorithm>
#include <bit>

namespace headgate::policy {
namespace {

// A window with its longest delay takes at most this many bits of ticks, so
// that all times that count together span less than 2^32.
constexpr int kSpanBits = 31;
constexpr uint32_t kFirstCapacity = 8;

uint32_t LowBits(int64_t tick) { return static_cast<uint32_t>(tick); }

// When a refused call would be admitted, if none comes between.
int64_t RetryAfter(const RateLimit& limit, const LimitTicks& ticks,
                   int64_t wait, int64_t until_queue_has_room) {
  if (!limit.delay || limit.max_queue <= 0) return wait;
  const int64_t until_near = std::max<int64_t>(0, wait - ticks.max_delay);
  return std::min(wait, std::max(until_near, until_queue_has_room));
}

}  // namespace

LimitTicks::LimitTicks(const RateLimit& limit) {
  const int64_t delay_us =
      limit.delay ? std::max<int64_t>(0, limit.max_delay_us) : 0;
  const uint64_t span =
      static_cast<uint64_t>(limit.window_us) + static_cast<uint64_t>(delay_us);
  shift = std::max(0, static_cast<int>(std::bit_width(span)) - kSpanBits);
  const int64_t tick_us = int64_t{1} << shift;
  window = std::max<int64_t>(1, (limit.window_us + tick_us - 1) >> shift);
  if (shift > 0) ++window;
  max_delay = delay_us >> shift;
}

bool AdmissionRing::IdleAt(int64_t now_us) const {
  return size_ == 0 || newest_ + window_ <= (now_us >> shift_);
}

uint32_t AdmissionRing::Place(uint32_t i) const {
  const uint32_t place = head_ + i;
  return place >= capacity_ ? place - capacity_ : place;
}

int64_t AdmissionRing::At(uint32_t i) const {
  if (i + 1 == size_) return newest_;
  const uint32_t low = i == 0 ? oldest_ : times_[Place(i)];
  return newest_ - (LowBits(newest_) - low);
}

uint32_t AdmissionRing::CountThrough(int64_t tick) const {
  if (size_ == 0 || At(0) > tick) return 0;
  if (newest_ <= tick) return size_;
  // At(low) <= tick < At(high): gallop from the old end, then halve. A key in
  // steady use loses one or two times a call.
  uint32_t low = 0;
  uint32_t high = 1;
  while (high < size_ - 1 && At(high) <= tick) {
    low = high;
    high = std::min(2 * high, size_ - 1);
  }
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    (At(middle) <= tick ? low : high) = middle;
  }
  return low + 1;
}

void AdmissionRing::Forget(uint32_t count) {
  if (count == 0) return;
  if (count == size_) {
    head_ = size_ = 0;
    // A small array is worth less than the misses of freeing it.
    if (capacity_ > kFirstCapacity) {
      times_.reset();
      capacity_ = 0;
    }
    return;
  }
  oldest_ = LowBits(At(count));
  if (times_ != nullptr) head_ = Place(count);
  size_ -= count;
}

void AdmissionRing::ChangeTick(int shift, int64_t now) {
  const int step = shift - shift_;
  const int64_t latest = now + (int64_t{1} << kSpanBits);
  int64_t time = 0;
  uint32_t oldest = 0;
  for (uint32_t i = 0; i < size_; ++i) {
    // A coarse tick stands for its last moment, and a wait that was given under
    // another limit must not be longer than 32 bits can say.
    time = step > 0 ? At(i) >> step : ((At(i) + 1) << -step) - 1;
    time = std::min(time, latest);
    if (i == 0) oldest = LowBits(time);
    if (times_ != nullptr) times_[Place(i)] = LowBits(time);
  }
  oldest_ = oldest;
  newest_ = time;
  shift_ = static_cast<uint8_t>(shift);
}

void AdmissionRing::Prepare(const LimitTicks& ticks, int64_t now) {
  if (shift_ != ticks.shift) {
    // First what no longer counts: it may be too old for the finer tick.
    const int64_t now_us = ticks.ToUs(now);
    const int64_t window_us = ticks.ToUs(ticks.window);
    Forget(CountThrough(((now_us - window_us) >> shift_) - 1));
    ChangeTick(ticks.shift, now);
  }
  window_ = static_cast<uint32_t>(ticks.window);
  Forget(CountThrough(now - ticks.window));
}

RingAnswer AdmissionRing::Judge(const RateLimit& limit, const LimitTicks& ticks,
                                int64_t now) const {
  const int64_t counted = size_;
  RingAnswer answer;
  answer.slot = now;
  // First come, first served: nobody overtakes a call that waits.
  if (counted > 0) answer.slot = std::max(answer.slot, newest_);
  if (counted >= limit.limit) {
    const int64_t frees = At(static_cast<uint32_t>(counted - limit.limit));
    answer.slot = std::max(answer.slot, frees + ticks.window);
  }
  const int64_t wait = answer.slot - now;
  int64_t until_queue_has_room = 0;
  RateDecision& decision = answer.decision;
  if (wait > 0 && limit.delay) {
    const int64_t waiting = size_ - CountThrough(now);
    if (waiting >= limit.max_queue && limit.max_queue > 0) {
      until_queue_has_room =
          At(static_cast<uint32_t>(counted - limit.max_queue)) - now;
    }
    decision.allowed = wait <= ticks.max_delay && waiting < limit.max_queue;
  } else {
    decision.allowed = wait == 0;
  }
  const int64_t oldest = counted > 0 ? At(0) : answer.slot;
  const int64_t spent = counted + (decision.allowed ? 1 : 0);
  decision.limit = limit.limit;
  decision.remaining = std::max<int64_t>(0, limit.limit - spent);
  decision.reset_after_us = ticks.ToUs(oldest + ticks.window - now);
  if (decision.allowed) {
    decision.delay_us = ticks.ToUs(wait);
  } else {
    decision.retry_after_us =
        ticks.ToUs(RetryAfter(limit, ticks, wait, until_queue_has_room));
  }
  return answer;
}

void AdmissionRing::Grow(const RateLimit& limit) {
  const int64_t most = limit.limit + (limit.delay ? limit.max_queue : 0);
  // Beyond `most` only after a reload that lowered the limit.
  int64_t capacity = std::min<int64_t>(most, 2 * int64_t{capacity_});
  capacity = std::max<int64_t>(
      {capacity, int64_t{size_} + 1, std::min<int64_t>(most, kFirstCapacity)});
  std::unique_ptr<uint32_t[]> times =
      std::make_unique_for_overwrite<uint32_t[]>(static_cast<size_t>(capacity));
  for (uint32_t i = 0; i < size_; ++i) times[i] = LowBits(At(i));
  times_ = std::move(times);
  capacity_ = static_cast<uint32_t>(capacity);
  head_ = 0;
}

void AdmissionRing::Record(int64_t slot, const RateLimit& limit) {
  const int64_t time = size_ > 0 ? std::max(slot, newest_) : slot;
  if (size_ >= std::max<uint32_t>(2, capacity_)) Grow(limit);
  if (size_ == 0) oldest_ = LowBits(time);
  if (times_ != nullptr) times_[Place(size_)] = LowBits(time);
  newest_ = time;
  ++size_;
}

AdmissionRing AdmissionRing::Clone() const {
  AdmissionRing copy;
  copy.newest_ = newest_;
  copy.capacity_ = capacity_;
  copy.head_ = head_;
  copy.size_ = size_;
  copy.oldest_ = oldest_;
  copy.window_ = window_;
  copy.shift_ = shift_;
  if (times_ != nullptr) {
    copy.times_ = std::make_unique<uint32_t[]>(capacity_);
    std::copy(times_.get(), times_.get() + capacity_, copy.times_.get());
  }
  return copy;
}

int64_t AdmissionRing::array_bytes() const {
  // What the allocator keeps beside an array is counted too.
  return times_ == nullptr ? 0 : 16 + int64_t{4} * capacity_;
}

}  // namespace headgate::policy
