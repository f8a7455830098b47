#include "proxy/metrics_upstreams.h"

namespace headgate::proxy {
namespace {

using prometheus::MetricType;

template <StatValue ServerStats::*kField>
int64_t Field(const ServerStats& stats) {
  return (stats.*kField).Get();
}
template <policy::Refusal kKind>
int64_t Failures(const ServerStats& stats) {
  return stats.failures(kKind).Get();
}

struct Row {
  std::string_view name;
  MetricType type;
  std::string_view help;
  int64_t (*read)(const ServerStats& stats);
  std::string_view kind = {};  // a label of its own; empty: none
};

// Rows of one name stand together.
constexpr std::string_view kFailures = "headgate_upstream_failures_total";
constexpr Row kRows[] = {
    {"headgate_upstream_requests_total", MetricType::Counter,
     "Requests sent to a server, each retry again.",
     Field<&ServerStats::requests>},
    {"headgate_upstream_connects_total", MetricType::Counter,
     "Connections opened to a server.", Field<&ServerStats::connects>},
    {"headgate_upstream_reuses_total", MetricType::Counter,
     "Requests sent on a kept connection.", Field<&ServerStats::reuses>},
    {"headgate_upstream_retries_total", MetricType::Counter,
     "Requests that were sent to this server again.",
     Field<&ServerStats::retries>},
    {kFailures, MetricType::Counter,
     "Requests that a server did not answer, by kind.",
     Failures<policy::Refusal::kUpstreamConnect>, "connect"},
    {kFailures, MetricType::Counter, "",
     Failures<policy::Refusal::kUpstreamTimeout>, "timeout"},
    {kFailures, MetricType::Counter, "",
     Failures<policy::Refusal::kUpstreamProtocol>, "protocol"},
    {kFailures, MetricType::Counter, "",
     Failures<policy::Refusal::kUpstreamTls>, "tls"},
    {"headgate_upstream_health_checks_total", MetricType::Counter,
     "Active health checks.", Field<&ServerStats::health_checks>},
    {"headgate_upstream_health_check_failures_total", MetricType::Counter,
     "Active health checks that failed.",
     Field<&ServerStats::health_check_failures>},
    {"headgate_upstream_in_flight", MetricType::Gauge,
     "Requests waiting for a server's answer now.",
     Field<&ServerStats::in_flight>},
    {"headgate_upstream_connections_idle", MetricType::Gauge,
     "Connections kept for the next call.", Field<&ServerStats::idle>},
    {"headgate_upstream_workers_up", MetricType::Gauge,
     "Workers that send calls to this server now.", Field<&ServerStats::up>},
};

}  // namespace

void UpstreamMetrics::Add(std::string_view service,
                          std::shared_ptr<const UpstreamStats> stats) {
  absl::MutexLock lock(&mutex_);
  FoldRetired();
  sources_.push_back({std::string(service), std::move(stats)});
}

void UpstreamMetrics::AddTo(const Source& source, bool retired, Sums* sums) {
  static_assert(std::size(kRows) == kValues);
  for (const ServerStats& stats : source.stats->servers) {
    auto& values = (*sums)[{source.service, stats.server}];
    for (size_t i = 0; i < kValues; ++i) {
      // A gauge says what is now: nothing is, of a retired upstream.
      if (retired && kRows[i].type == MetricType::Gauge) continue;
      values[i] += kRows[i].read(stats);
    }
  }
}

void UpstreamMetrics::FoldRetired() {
  std::erase_if(sources_, [this](const Source& source) {
    mutex_.AssertHeld();
    if (source.stats.use_count() > 1) return false;
    AddTo(source, true, &retired_);
    return true;
  });
}

void UpstreamMetrics::AppendFamilies(
    std::vector<prometheus::MetricFamily>* families) {
  absl::MutexLock lock(&mutex_);
  FoldRetired();
  Sums sums = retired_;
  for (const Source& source : sources_) AddTo(source, false, &sums);
  for (size_t i = 0; i < kValues; ++i) {
    const Row& row = kRows[i];
    if (i == 0 || row.name != kRows[i - 1].name) {
      families->push_back(
          {std::string(row.name), std::string(row.help), row.type, {}});
    }
    for (const auto& [names, values] : sums) {
      prometheus::ClientMetric& metric = families->back().metric.emplace_back();
      metric.label = {{"service", names.first}, {"server", names.second}};
      if (!row.kind.empty()) {
        metric.label.push_back({"kind", std::string(row.kind)});
      }
      metric.counter.value = metric.gauge.value =
          static_cast<double>(values[i]);
    }
  }
}

}  // namespace headgate::proxy
