#include "proxy/timer_wheel.h"

#include <algorithm>

namespace headgate::proxy {

void WheelTimer::Set(TimerWheel* wheel, int64_t due_us) {
  due_us_ = due_us;
  if (previous_ != nullptr && linked_us_ <= due_us) return;  // moved lazily
  Unlink();
  wheel->Link(this);
}

void WheelTimer::Clear() {
  due_us_ = 0;
  Unlink();
}

void WheelTimer::Unlink() {
  if (previous_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

TimerWheel::TimerWheel(int64_t now_us) : tick_(now_us / kTickUs) {}

void TimerWheel::Link(WheelTimer* timer) {
  // Rounded up, so that no timer fires early; never into the slot that has
  // just been run; at most one round ahead.
  const int64_t wanted = (timer->due_us_ + kTickUs - 1) / kTickUs;
  const int64_t tick = std::clamp(wanted, tick_ + 1, tick_ + kSlots - 1);
  timer->linked_us_ = tick * kTickUs;
  WheelTimer& head = slots_[tick % kSlots].head;
  timer->previous_ = head.previous_;
  timer->next_ = &head;
  head.previous_->next_ = timer;
  head.previous_ = timer;
}

void TimerWheel::Advance(int64_t now_us) {
  const int64_t last = now_us / kTickUs;
  // After a long stop (a suspended machine) one round visits every slot.
  tick_ = std::max(tick_, last - kSlots);
  while (tick_ < last) {
    ++tick_;
    RunSlot(&slots_[tick_ % kSlots], now_us);
  }
}

void TimerWheel::RunSlot(Slot* slot, int64_t now_us) {
  // Callbacks may link, unlink and destroy any timer, this slot's too. So the
  // slot is emptied into a list of its own, and taken from its front.
  Slot due;
  if (slot->head.next_ == &slot->head) return;
  due.head.next_ = slot->head.next_;
  due.head.previous_ = slot->head.previous_;
  due.head.next_->previous_ = &due.head;
  due.head.previous_->next_ = &due.head;
  slot->head.next_ = slot->head.previous_ = &slot->head;
  while (due.head.next_ != &due.head) {
    WheelTimer* timer = due.head.next_;
    timer->Unlink();
    if (timer->due_us_ > now_us) {
      Link(timer);
      continue;
    }
    timer->due_us_ = 0;
    timer->callback_(timer->argument_);
  }
}

}  // namespace headgate::proxy
