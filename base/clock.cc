#include "base/clock.h"

#include <ctime>

namespace headgate {
namespace {

int64_t ReadMicros(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<int64_t>(time.tv_sec) * 1000000 + time.tv_nsec / 1000;
}

// How far the wall clock is from the monotonic one changes when somebody sets
// it: it is read this often, by each thread, and not for each event.
constexpr int64_t kOffsetUs = 10'000;

class SystemClock : public Clock {
 public:
  Instant Now() const override {
    thread_local int64_t offset_us = 0;
    thread_local int64_t read_us = -kOffsetUs;
    const int64_t now_us = ReadMicros(CLOCK_MONOTONIC);
    if (now_us - read_us >= kOffsetUs) {
      read_us = now_us;
      offset_us = ReadMicros(CLOCK_REALTIME) - now_us;
    }
    return {.monotonic_us = now_us, .unix_us = now_us + offset_us};
  }
};

}  // namespace

const Clock& Clock::System() {
  static const SystemClock clock;
  return clock;
}

}  // namespace headgate
