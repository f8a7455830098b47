// A signal that a test gives once and that a helper's thread waits for: "now
// send the second half". It is a file descriptor, so that it can be waited for
// together with sockets.
//
// Thread-safe. Held by shared_ptr, since a script may outlive the test's line.
#ifndef HEADGATE_TESTS_SUPPORT_SIGNAL_H_
#define HEADGATE_TESTS_SUPPORT_SIGNAL_H_

#include <memory>

#include "tests/support/deadline.h"

namespace headgate::test {

class Signal {
 public:
  Signal();
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  // Lets every waiter go on, now and later.
  void Notify();
  // False if the deadline passed first.
  bool Wait(Deadline deadline = {}) const;
  // Readable once notified.
  int fd() const { return fd_; }

 private:
  int fd_;
};

using SharedSignal = std::shared_ptr<Signal>;
inline SharedSignal MakeSignal() { return std::make_shared<Signal>(); }

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_SIGNAL_H_
