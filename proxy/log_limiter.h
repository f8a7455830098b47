// Keeps a warning that may come with every request from flooding the log: per
// key the first one passes, then one per interval, which says how many were
// left out.
//
// Belongs to one thread. Keys are few: beyond kKeysMax all new ones share one.
#ifndef HEADGATE_PROXY_LOG_LIMITER_H_
#define HEADGATE_PROXY_LOG_LIMITER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/strings.h"
#include "proxy/record.h"

namespace headgate::proxy {

class LogLimiter {
 public:
  static constexpr int64_t kIntervalUs = 10'000'000;
  static constexpr size_t kKeysMax = 256;

  // Nothing: keep silent. Otherwise: log, and so many were left out since.
  std::optional<int64_t> Admit(std::string_view key, const Instant& now);

 private:
  struct State {
    int64_t next_us = 0;
    int64_t left_out = 0;
  };
  StringMap<State> states_;
};

// Warns in the log of an answer that the mapping replaced, with what really
// came. Per service and reason. One per worker; belongs to its thread.
class UpstreamWarnings {
 public:
  // Does nothing unless record.mapped is set.
  void Warn(const ExchangeRecord& record);

 private:
  LogLimiter limiter_;
};

// What Warn writes; `left_out` like it were not written before it.
std::string UpstreamWarning(const ExchangeRecord& record, int64_t left_out);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_LOG_LIMITER_H_
