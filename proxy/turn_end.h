// What a turn of the event loop leaves for its end, once however often it is
// asked for: the writes of all connections leave together, after all that had
// come was read.
//
// Idea: a write wakes whoever waits at the other end, and waking is what a
// small write costs. Written one by one, every answer wakes the client, which
// sends its next request and sleeps again; written together, the first one
// wakes it and the others find it awake.
//
// Belongs to one loop. A task leaves the list when it is cleared, destroyed, or
// run; while tasks run they may queue any task again.
#ifndef HEADGATE_PROXY_TURN_END_H_
#define HEADGATE_PROXY_TURN_END_H_

namespace headgate::proxy {

class TurnEnd;

// An intrusive node; its owner embeds it.
class TurnTask {
 public:
  using Callback = void (*)(void* argument);

  TurnTask(Callback callback, void* argument)
      : callback_(callback), argument_(argument) {}
  ~TurnTask() { Clear(); }
  TurnTask(const TurnTask&) = delete;
  TurnTask& operator=(const TurnTask&) = delete;

  // Calls back once, in the order of queueing.
  void Queue(TurnEnd* end);
  void Clear();
  bool is_queued() const { return next_ != nullptr; }

 private:
  friend class TurnEnd;
  Callback callback_;
  void* argument_;
  TurnTask* previous_ = nullptr;
  TurnTask* next_ = nullptr;
};

class TurnEnd {
 public:
  TurnEnd() { head_.previous_ = head_.next_ = &head_; }
  bool empty() const { return head_.next_ == &head_; }
  // Until none is left.
  void Run();

 private:
  friend class TurnTask;
  TurnTask head_{nullptr, nullptr};
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_TURN_END_H_
