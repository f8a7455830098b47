#include "proxy/metrics.h"

#include <prometheus/text_serializer.h>

#include <sstream>

#include "proxy/metrics_families.h"

namespace headgate::proxy {
namespace {

MetricSource Value(std::string_view name, MetricSource::Type type,
                   std::string_view help, double value) {
  return {.name = std::string(name),
          .help = std::string(help),
          .type = type,
          .labels = {},
          .read = [value] { return value; }};
}

double Seconds(int64_t us) { return static_cast<double>(us) / 1e6; }

}  // namespace

Metrics::Metrics(const Clock& clock, std::string version)
    : version_(std::move(version)), started_(clock.Now()), clock_(clock) {}

Metrics::~Metrics() = default;

WorkerMetrics* Metrics::AddWorker() {
  absl::MutexLock lock(&mutex_);
  workers_.push_back(std::make_unique<WorkerMetrics>());
  return workers_.back().get();
}

void Metrics::AddSource(MetricSource source) {
  absl::MutexLock lock(&mutex_);
  sources_.push_back(std::move(source));
}

void Metrics::AddUpstream(std::string_view service,
                          std::shared_ptr<const UpstreamStats> stats) {
  upstreams_.Add(service, std::move(stats));
}

void Metrics::CountReload(bool ok, int64_t generation) {
  absl::MutexLock lock(&mutex_);
  if (!ok) {
    ++reloads_failed_;
    return;
  }
  ++reloads_ok_;
  generation_ = generation;
  loaded_unix_us_ = clock_.Now().unix_us;
}

std::vector<MetricSource> Metrics::OwnSources() const {
  using Type = MetricSource::Type;
  std::vector<MetricSource> own = {
      Value("headgate_reloads_total", Type::kCounter,
            "Loads of the config file, the first one too.",
            static_cast<double>(reloads_ok_)),
      Value("headgate_reloads_total", Type::kCounter, "",
            static_cast<double>(reloads_failed_)),
      Value("headgate_policy_generation", Type::kGauge,
            "Which good load of the config is in force, from 1.",
            static_cast<double>(generation_)),
      Value("headgate_policy_loaded_timestamp_seconds", Type::kGauge,
            "When the config in force was loaded.", Seconds(loaded_unix_us_)),
      Value("headgate_workers", Type::kGauge, "Worker threads.",
            static_cast<double>(workers_.size())),
      Value("headgate_start_timestamp_seconds", Type::kGauge,
            "When the process began to serve.", Seconds(started_.unix_us)),
      Value("headgate_build_info", Type::kGauge, "Always 1.", 1),
  };
  own[0].labels = {{"outcome", "ok"}};
  own[1].labels = {{"outcome", "failed"}};
  own.back().labels = {{"version", version_}};
  return own;
}

std::vector<prometheus::MetricFamily> Metrics::Collect() const {
  std::vector<prometheus::MetricFamily> families;
  WorkerMetrics totals;
  absl::MutexLock lock(&mutex_);
  for (const auto& worker : workers_) worker->AddTo(&totals);
  AppendWorkerFamilies(totals, &families);
  upstreams_.AppendFamilies(&families);
  AppendSourceFamilies(OwnSources(), &families);
  AppendSourceFamilies(sources_, &families);
  return families;
}

std::string Metrics::Text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, Collect());
  return std::move(out).str();
}

}  // namespace headgate::proxy
