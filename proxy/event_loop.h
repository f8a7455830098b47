// One thread's event loop: libevent's base, a turn's cached time, a wheel of
// coarse deadlines, what is left for a turn's end, and a mailbox for other
// threads.
//
// Everything but Post() and Stop() belongs to the loop's own thread.
#ifndef HEADGATE_PROXY_EVENT_LOOP_H_
#define HEADGATE_PROXY_EVENT_LOOP_H_

#include <event2/event.h>
#include <event2/event_struct.h>

#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "proxy/timer_wheel.h"
#include "proxy/turn_end.h"

namespace headgate::proxy {

struct EventBaseDeleter {
  void operator()(event_base* base) const { event_base_free(base); }
};
struct EventDeleter {
  void operator()(event* watched) const;
};
// Removed from its loop when it goes.
using EventHandle = std::unique_ptr<event, EventDeleter>;

class EventLoop {
 public:
  explicit EventLoop(const Clock& clock);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs until Stop().
  void Run();
  // One turn: what was left for its end, then what is ready, for which it waits
  // if `wait`.
  void RunTurn(bool wait);
  // Thread-safe: `task` runs on the loop's thread, in order.
  void Post(absl::AnyInvocable<void()> task);
  // Thread-safe: Run returns after the current turn.
  void Stop();

  // A persistent watch of `fd` (EV_READ, EV_WRITE); not yet added. Never by
  // edges (EV_ET): they take 3 % less, but a reset that comes with bytes, and
  // what stands behind an urgent byte, would go unseen.
  EventHandle Watch(int fd, short what, event_callback_fn callback,
                    void* argument);
  // A one-shot timer to the microsecond, not yet added: for delays that the
  // wheel is too coarse for.
  EventHandle Timer(event_callback_fn callback, void* argument);
  // A signal's watch, added.
  EventHandle Signal(int signal, event_callback_fn callback, void* argument);

  // The time. Inside a callback it stands still: whatever one event leads to
  // happens at one time, and two clocks are read once per event.
  Instant Now() const { return in_callback_ ? turn_ : clock_.Now(); }
  TimerWheel& timers() { return timers_; }
  TurnEnd& turn_end() { return turn_end_; }
  event_base* base() { return base_.get(); }

 private:
  friend struct EventDeleter;
  // A libevent event that remembers its loop.
  struct LoopEvent {
    event base;  // first: an event* to it is one to the whole
    EventLoop* loop;
    event_callback_fn callback;
    void* argument;
  };
  EventHandle NewEvent(int fd, int what, event_callback_fn callback,
                       void* argument);
  static void OnEvent(int fd, short what, void* loop_event);

  static void OnTick(int fd, short what, void* self);
  static void OnMail(int fd, short what, void* self);
  void RunMail();
  void RunTurnEnd();

  const Clock& clock_;
  std::unique_ptr<event_base, EventBaseDeleter> base_;
  TimerWheel timers_;
  TurnEnd turn_end_;
  Instant turn_;
  bool in_callback_ = false;
  EventHandle tick_;
  int mail_fd_ = -1;  // an eventfd
  EventHandle mail_event_;
  absl::Mutex mutex_;
  std::vector<absl::AnyInvocable<void()>> mail_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_EVENT_LOOP_H_
