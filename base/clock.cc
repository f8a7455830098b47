#include "base/clock.h"

#include <ctime>

namespace headgate {
namespace {

int64_t ReadMicros(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<int64_t>(time.tv_sec) * 1000000 + time.tv_nsec / 1000;
}

class SystemClock : public Clock {
 public:
  Instant Now() const override {
    return {.monotonic_us = ReadMicros(CLOCK_MONOTONIC),
            .unix_us = ReadMicros(CLOCK_REALTIME)};
  }
};

}  // namespace

const Clock& Clock::System() {
  static const SystemClock clock;
  return clock;
}

}  // namespace headgate
