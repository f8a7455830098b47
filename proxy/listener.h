// Accepts: one bound socket on one loop.
//
// Out of descriptors (EMFILE, ENFILE) or memory it stops accepting for a
// moment instead of spinning; what waits stays in the socket's queue.
//
// Belongs to one loop.
#ifndef HEADGATE_PROXY_LISTENER_H_
#define HEADGATE_PROXY_LISTENER_H_

#include <functional>
#include <string>

#include "proxy/event_loop.h"
#include "proxy/socket.h"
#include "proxy/timer_wheel.h"

namespace headgate::proxy {

class Listener {
 public:
  // A new connection's descriptor (non-blocking) and its peer.
  using OnAccept = std::function<void(int fd, std::string peer)>;
  // An accept that failed for want of something.
  using OnFailure = std::function<void()>;

  Listener(EventLoop* loop, FileDescriptor socket, OnAccept on_accept,
           OnFailure on_failure);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  // So many in one turn at most; the others get their turn too.
  static constexpr int kAcceptsPerTurn = 64;
  static constexpr int64_t kPauseUs = 100'000;

  static void OnReadable(int fd, short what, void* self);
  static void OnPauseOver(void* self);
  bool AcceptOne();
  void Pause();

  EventLoop* loop_;
  FileDescriptor socket_;
  OnAccept on_accept_;
  OnFailure on_failure_;
  EventHandle event_;
  WheelTimer pause_;
  // How many are accepted in the next turn: as many as came in the last, or
  // more if there were more, so that few calls find nobody.
  int batch_ = 1;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_LISTENER_H_
