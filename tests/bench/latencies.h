// What the requests of one run took, and the percentiles of it as JSON.
//
// One thread.
#ifndef HEADGATE_TESTS_BENCH_LATENCIES_H_
#define HEADGATE_TESTS_BENCH_LATENCIES_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace headgate::bench {

class Latencies {
 public:
  explicit Latencies(size_t requests) { values_us_.reserve(requests); }

  void Add(std::chrono::nanoseconds latency) {
    values_us_.push_back(
        std::chrono::duration<double, std::micro>(latency).count());
  }
  size_t size() const { return values_us_.size(); }

  // {"p50":12.3,...}, in microseconds. REQUIRES: there is one.
  void Print() {
    std::sort(values_us_.begin(), values_us_.end());
    std::printf(
        "{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p99.9\":%.1f,"
        "\"max\":%.1f}",
        Percentile(0.5), Percentile(0.9), Percentile(0.99), Percentile(0.999),
        values_us_.back());
  }

 private:
  double Percentile(double share) const {
    return values_us_[static_cast<size_t>(
        share * static_cast<double>(values_us_.size() - 1))];
  }

  std::vector<double> values_us_;
};

}  // namespace headgate::bench

#endif  // HEADGATE_TESTS_BENCH_LATENCIES_H_
