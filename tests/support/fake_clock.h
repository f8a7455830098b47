// A clock that tests turn by hand. It starts at one second of monotonic time
// and 2026-01-01T00:00:00Z on the wall, and stands still.
//
// Thread-safe.
#ifndef HEADGATE_TESTS_SUPPORT_FAKE_CLOCK_H_
#define HEADGATE_TESTS_SUPPORT_FAKE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "base/clock.h"

namespace headgate::test {

class FakeClock : public Clock {
 public:
  Instant Now() const override {
    const int64_t us = elapsed_us_.load();
    return {kMonotonicStartUs + us, kUnixStartUs + us};
  }

  void Advance(absl::Duration by) {
    elapsed_us_.fetch_add(absl::ToInt64Microseconds(by));
  }
  // To `since_start` after the start; never back.
  void Set(absl::Duration since_start) {
    elapsed_us_.store(absl::ToInt64Microseconds(since_start));
  }

  static constexpr int64_t kMonotonicStartUs = 1'000'000;
  static constexpr int64_t kUnixStartUs = 1'767'225'600'000'000;

 private:
  std::atomic<int64_t> elapsed_us_{0};
};

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_FAKE_CLOCK_H_
