#include "proxy/event_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace headgate::proxy {
namespace {

std::unique_ptr<event_base, EventBaseDeleter> NewBase() {
  std::unique_ptr<event_config, void (*)(event_config*)> config(
      event_config_new(), event_config_free);
  // Each base belongs to one thread; other threads come through the mailbox.
  event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK);
  return std::unique_ptr<event_base, EventBaseDeleter>(
      event_base_new_with_config(config.get()));
}

}  // namespace

EventLoop::EventLoop(const Clock& clock)
    : clock_(clock),
      base_(NewBase()),
      timers_(clock.Now().monotonic_us),
      mail_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  tick_ = Watch(-1, EV_PERSIST, &OnTick, this);
  const timeval period = {.tv_sec = 0, .tv_usec = TimerWheel::kTickUs};
  event_add(tick_.get(), &period);
  mail_event_ = Watch(mail_fd_, EV_READ, &OnMail, this);
  event_add(mail_event_.get(), nullptr);
}

EventLoop::~EventLoop() {
  mail_event_.reset();
  tick_.reset();
  close(mail_fd_);
}

void EventLoop::Run() {
  do {
    RunTurn(/*wait=*/true);
  } while (event_base_got_break(base_.get()) == 0);
  RunTurnEnd();
}

void EventLoop::RunTurn(bool wait) {
  RunTurnEnd();
  event_base_loop(base_.get(), wait ? EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY
                                    : EVLOOP_NONBLOCK);
}

void EventLoop::RunTurnEnd() {
  if (turn_end_.empty()) return;
  turn_ = clock_.Now();
  in_callback_ = true;
  turn_end_.Run();
  in_callback_ = false;
}

void EventLoop::Post(absl::AnyInvocable<void()> task) {
  {
    absl::MutexLock lock(&mutex_);
    mail_.push_back(std::move(task));
  }
  const uint64_t one = 1;
  // An eventfd's write fails only when 2^64 - 2 posts wait.
  [[maybe_unused]] const ssize_t written = write(mail_fd_, &one, sizeof(one));
}

void EventLoop::Stop() {
  Post([this] { event_base_loopbreak(base_.get()); });
}

void EventDeleter::operator()(event* watched) const {
  event_del(watched);
  const std::unique_ptr<EventLoop::LoopEvent> owner(
      reinterpret_cast<EventLoop::LoopEvent*>(watched));
}

EventHandle EventLoop::NewEvent(int fd, int what, event_callback_fn callback,
                                void* argument) {
  auto made = std::make_unique<LoopEvent>();
  made->loop = this;
  made->callback = callback;
  made->argument = argument;
  event_assign(&made->base, base_.get(), fd, static_cast<short>(what), &OnEvent,
               made.get());
  return EventHandle(&made.release()->base);
}

void EventLoop::OnEvent(int fd, short what, void* loop_event) {
  const auto* event = static_cast<const LoopEvent*>(loop_event);
  EventLoop* const loop = event->loop;
  loop->turn_ = loop->clock_.Now();
  loop->in_callback_ = true;
  event->callback(fd, what, event->argument);  // may free the event
  loop->in_callback_ = false;
}

EventHandle EventLoop::Watch(int fd, short what, event_callback_fn callback,
                             void* argument) {
  return NewEvent(fd, what | EV_PERSIST, callback, argument);
}

EventHandle EventLoop::Timer(event_callback_fn callback, void* argument) {
  return NewEvent(-1, 0, callback, argument);
}

EventHandle EventLoop::Signal(int signal, event_callback_fn callback,
                              void* argument) {
  EventHandle watch =
      NewEvent(signal, EV_SIGNAL | EV_PERSIST, callback, argument);
  event_add(watch.get(), nullptr);
  return watch;
}

void EventLoop::OnTick(int, short, void* self) {
  auto* loop = static_cast<EventLoop*>(self);
  loop->timers_.Advance(loop->Now().monotonic_us);
}

void EventLoop::OnMail(int fd, short, void* self) {
  uint64_t count;
  [[maybe_unused]] const ssize_t taken = read(fd, &count, sizeof(count));
  static_cast<EventLoop*>(self)->RunMail();
}

void EventLoop::RunMail() {
  std::vector<absl::AnyInvocable<void()>> tasks;
  {
    absl::MutexLock lock(&mutex_);
    tasks.swap(mail_);
  }
  for (absl::AnyInvocable<void()>& task : tasks) task();
}

}  // namespace headgate::proxy
