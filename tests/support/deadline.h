// How long a test waits for something that must happen. Helpers never sleep:
// they wait on a condition until a Deadline, and say so when it passes. The
// default is generous, since a passing test never waits it out.
//
// A value; thread-safe.
#ifndef HEADGATE_TESTS_SUPPORT_DEADLINE_H_
#define HEADGATE_TESTS_SUPPORT_DEADLINE_H_

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace headgate::test {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  Deadline() : Deadline(std::chrono::seconds(20)) {}
  // Every `deadline` parameter also takes a duration.
  template <typename Rep, typename Period>
  // NOLINTNEXTLINE(google-explicit-constructor)
  Deadline(std::chrono::duration<Rep, Period> from_now)
      : at_(Clock::now() + from_now) {}

  Clock::time_point at() const { return at_; }
  bool passed() const { return Clock::now() >= at_; }
  // For poll(2): at least 0, rounded up.
  int milliseconds_left() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now());
    return static_cast<int>(std::max<int64_t>(0, left.count()));
  }

 private:
  Clock::time_point at_;
};

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_DEADLINE_H_
