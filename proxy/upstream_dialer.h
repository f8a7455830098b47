// Opens a connection to a server: one address after the other until one of them
// answers, all of it within one time. Whatever must happen before the
// connection can be used (a TLS handshake) is its owner's, and has to be over
// within that time too.
//
// Belongs to one loop; never calls back from inside Dial(). May be stopped, or
// destroyed, at any time: its callbacks are the last thing that it does.
#ifndef HEADGATE_PROXY_UPSTREAM_DIALER_H_
#define HEADGATE_PROXY_UPSTREAM_DIALER_H_

#include <cstdint>
#include <string_view>

#include "proxy/event_loop.h"
#include "proxy/timer_wheel.h"
#include "proxy/upstream_addresses.h"

namespace headgate::proxy {

class DialWaiter {
 public:
  // An open, non-blocking socket: the waiter's own now. The time runs on until
  // Finish() or Stop().
  virtual void OnDialled(int fd) = 0;
  // `detail`: "cannot connect: Connection refused".
  virtual void OnDialFailed(std::string_view detail) = 0;

 protected:
  ~DialWaiter() = default;
};

class Dialer final : private AddressWaiter {
 public:
  Dialer(EventLoop* loop, ServerAddresses* addresses, DialWaiter* waiter);
  ~Dialer() { Stop(); }

  // REQUIRES: called once.
  void Dial(int64_t timeout_us);
  // After OnDialled: the connection can be used.
  void Finish();
  void Stop();

 private:
  static void OnWritable(int fd, short what, void* self);
  static void OnHopeless(int fd, short what, void* self);
  static void OnTimeout(void* self);
  void OnAddresses() override;

  void Connect();
  bool OpenSocket(const SocketAddress& address);
  void TakeResult();
  void CloseSocket();
  void Fail(std::string_view detail);

  EventLoop* const loop_;
  ServerAddresses& addresses_;
  DialWaiter* const waiter_;
  WheelTimer timer_;
  EventHandle writable_, hopeless_;
  int64_t timeout_us_ = 0;
  int fd_ = -1;
  bool resolving_ = false;
  size_t address_ = 0;  // the one that is tried
  int error_ = 0;       // of the one before
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_DIALER_H_
