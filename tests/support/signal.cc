#include "tests/support/signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace headgate::test {

Signal::Signal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Signal::~Signal() { close(fd_); }

void Signal::Notify() {
  const uint64_t one = 1;
  // Fails only when notified 2^64 times.
  (void)!write(fd_, &one, sizeof one);
}

bool Signal::Wait(Deadline deadline) const {
  pollfd waited{fd_, POLLIN, 0};
  return poll(&waited, 1, deadline.milliseconds_left()) == 1;
}

}  // namespace headgate::test
