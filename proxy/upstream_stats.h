// What an upstream counts, for the metrics: one row per server.
//
// Written by the upstream's own loop only, read by any thread at any time: so
// each value is a relaxed atomic, and a scrape may see one call half counted.
#ifndef HEADGATE_PROXY_UPSTREAM_STATS_H_
#define HEADGATE_PROXY_UPSTREAM_STATS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <string>

#include "policy/refusal.h"

namespace headgate::proxy {

// A number with one writer: no locked instruction is needed to add to it.
class StatValue {
 public:
  void Add(int64_t by) { value_.store(Get() + by, std::memory_order_relaxed); }
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  int64_t Get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

struct ServerStats {
  explicit ServerStats(std::string name) : server(std::move(name)) {
    up.Set(1);
  }

  const std::string server;  // "http://127.0.0.1:9001", as configured
  // Gauges.
  StatValue up;         // 1: takes calls; 0: out (passive or active health)
  StatValue in_flight;  // calls at this server now
  StatValue idle;       // kept connections (native client)
  // Counters.
  StatValue requests;  // sent, each retry again
  StatValue connects;  // connections opened
  StatValue reuses;    // requests that went over a kept connection
  StatValue retries;   // requests that were sent here again
  StatValue health_checks;
  StatValue health_check_failures;

  // By kind: kUpstreamConnect, kUpstreamTimeout, ... REQUIRES: one of these.
  StatValue& failures(policy::Refusal kind) { return failures_[Index(kind)]; }
  const StatValue& failures(policy::Refusal kind) const {
    return failures_[Index(kind)];
  }

 private:
  static size_t Index(policy::Refusal kind) {
    return static_cast<size_t>(kind) -
           static_cast<size_t>(policy::Refusal::kUpstreamConnect);
  }
  std::array<StatValue, 4> failures_;
};

// The kinds that ServerStats::failures knows.
inline constexpr policy::Refusal kUpstreamFailures[] = {
    policy::Refusal::kUpstreamConnect, policy::Refusal::kUpstreamTimeout,
    policy::Refusal::kUpstreamProtocol, policy::Refusal::kUpstreamTls};

struct UpstreamStats {
  std::deque<ServerStats> servers;  // in the order of the file
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_STATS_H_
