// Coarse deadlines (a tick is 50 ms) for very many objects: heads, bodies, idle
// connections, upstream answers.
//
// Idea: a deadline is moved far more often than it passes, on every exchange.
// So moving one later is a single store: the timer stays in its slot, and when
// the slot's turn comes and the timer is not due, it is put where it now
// belongs. Only an earlier deadline relinks at once.
//
// Belongs to one loop. A timer unlinks itself when it is destroyed; it may be
// set, cleared or destroyed inside any timer's callback.
#ifndef HEADGATE_PROXY_TIMER_WHEEL_H_
#define HEADGATE_PROXY_TIMER_WHEEL_H_

#include <array>
#include <cstdint>

namespace headgate::proxy {

class TimerWheel;

// An intrusive node; its owner embeds it.
class WheelTimer {
 public:
  using Callback = void (*)(void* argument);

  WheelTimer(Callback callback, void* argument)
      : callback_(callback), argument_(argument) {}
  ~WheelTimer() { Clear(); }
  WheelTimer(const WheelTimer&) = delete;
  WheelTimer& operator=(const WheelTimer&) = delete;

  // Calls back once, at the first tick at or after `due_us` (monotonic).
  void Set(TimerWheel* wheel, int64_t due_us);
  void Clear();
  bool is_set() const { return due_us_ != 0; }

 private:
  friend class TimerWheel;
  void Unlink();

  Callback callback_;
  void* argument_;
  int64_t due_us_ = 0;     // 0: not set
  int64_t linked_us_ = 0;  // the time of the slot that it stands in
  WheelTimer* previous_ = nullptr;
  WheelTimer* next_ = nullptr;
};

class TimerWheel {
 public:
  static constexpr int64_t kTickUs = 50000;

  explicit TimerWheel(int64_t now_us);
  // Calls back every timer that is due at `now_us`.
  void Advance(int64_t now_us);

 private:
  friend class WheelTimer;
  // 51.2 s around; later deadlines are relinked once a round.
  static constexpr int64_t kSlots = 1024;
  struct Slot {
    WheelTimer head{nullptr, nullptr};
    Slot() { head.previous_ = head.next_ = &head; }
  };

  void Link(WheelTimer* timer);
  void RunSlot(Slot* slot, int64_t now_us);

  int64_t tick_;  // the last tick that was run
  std::array<Slot, kSlots> slots_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_TIMER_WHEEL_H_
