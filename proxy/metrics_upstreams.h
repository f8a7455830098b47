// The counters of all upstreams, added up per service and server.
//
// Each worker has its own upstream per service, and a reload makes new ones.
// Those in use are read at the scrape; what the retired ones counted is kept,
// so that counters never go back.
//
// Thread-safe.
#ifndef HEADGATE_PROXY_METRICS_UPSTREAMS_H_
#define HEADGATE_PROXY_METRICS_UPSTREAMS_H_

#include <prometheus/metric_family.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "proxy/upstream_stats.h"

namespace headgate::proxy {

class UpstreamMetrics {
 public:
  void Add(std::string_view service,
           std::shared_ptr<const UpstreamStats> stats);
  void AppendFamilies(std::vector<prometheus::MetricFamily>* families);

 private:
  static constexpr size_t kValues = 13;  // the rows of the table in the source
  using Values = std::array<int64_t, kValues>;
  using Sums = std::map<std::pair<std::string, std::string>, Values>;
  struct Source {
    std::string service;
    std::shared_ptr<const UpstreamStats> stats;
  };

  static void AddTo(const Source& source, bool retired, Sums* sums);
  // Keeps the counters of those that only we still hold.
  void FoldRetired() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  std::vector<Source> sources_ ABSL_GUARDED_BY(mutex_);
  Sums retired_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_METRICS_UPSTREAMS_H_
