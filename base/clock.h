// Time as Headgate sees it: a monotonic reading, for limits and timeouts, and
// the wall clock, for timestamps that people and clients read.
//
// Nothing below `proxy/` and `cli/` reads a clock. Time is an argument, so that
// `serve`, `test`, `explain` and `diff` decide alike.
#ifndef HEADGATE_BASE_CLOCK_H_
#define HEADGATE_BASE_CLOCK_H_

#include <cstdint>

namespace headgate {

// One reading of both clocks, in microseconds.
struct Instant {
  int64_t monotonic_us = 0;  // never goes back; origin unspecified
  int64_t unix_us = 0;       // since 1970-01-01T00:00:00Z

  int64_t unix_ms() const { return unix_us / 1000; }
};

// Where the edge gets its time from. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;

  // The machine's clocks; the wall clock follows a change of it within 10 ms.
  // Never destroyed.
  static const Clock& System();
};

}  // namespace headgate

#endif  // HEADGATE_BASE_CLOCK_H_
