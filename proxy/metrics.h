// Metrics: what happened, counted, in Prometheus' words. docs/metrics.md lists
// every name with its labels.
//
// Idea: each worker counts into cells of its own (metrics_cells.h); a scrape
// adds the workers up and has prometheus-cpp write the text. Counting an
// exchange costs a few dozen plain additions in arrays: the operation's cells
// are found by its dense index, and its name is compared, since a reload may
// give the index to another operation. Cells are kept by name, so that counters
// survive reloads.
//
// Labels are bounded: names from the config, fixed enums, known status codes.
// No client can add a series.
//
//   Metrics metrics(clock, version);
//   WorkerMetrics* worker = metrics.AddWorker();  // before the worker starts
//   worker->connections_accepted.Add();
//   InProgress open(&worker->connections_open);
//   worker->Count(record);
//   std::string text = metrics.Text();            // control thread
#ifndef HEADGATE_PROXY_METRICS_H_
#define HEADGATE_PROXY_METRICS_H_

#include <prometheus/collectable.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "proxy/metrics_cells.h"
#include "proxy/metrics_upstreams.h"
#include "proxy/record.h"

namespace headgate::proxy {

struct OperationCells;  // metrics_service.h
struct ServiceCells;

// One worker's numbers. All but what says otherwise belongs to its thread.
class WorkerMetrics {
 public:
  WorkerMetrics();
  ~WorkerMetrics();
  WorkerMetrics(const WorkerMetrics&) = delete;
  WorkerMetrics& operator=(const WorkerMetrics&) = delete;

  // One exchange that ended: once, at Finish.
  void Count(const ExchangeRecord& record);
  void ConnectionClosed(CloseCause cause) {
    connections_closed[static_cast<size_t>(cause)].Add();
  }

  Cell connections_accepted;
  Cell connections_open;     // gauge: hold it with InProgress
  Cell exchanges_in_flight;  // gauge
  std::array<Cell, kCloseCauses> connections_closed;
  Cell accept_failures;  // EMFILE and its like

  // Any thread. Adds this worker's numbers to `totals`, which is the caller's.
  void AddTo(WorkerMetrics* totals) const;
  // By name; they only grow.
  std::vector<const ServiceCells*> services() const;
  std::vector<const OperationCells*> operations() const;

 private:
  ServiceCells* ServiceFor(const policy::Decision* decision);
  OperationCells* OperationFor(const policy::Decision* decision,
                               ServiceCells* service);
  ServiceCells* FindService(std::string_view service);
  OperationCells* FindOperation(ServiceCells* service,
                                std::string_view operation);

  // By the policy's dense indices: the worker's own shortcut.
  std::vector<ServiceCells*> service_by_index_;
  std::vector<OperationCells*> operation_by_index_;
  // Taken to add cells and to list them, never to count.
  mutable absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<ServiceCells>, std::less<>> services_
      ABSL_GUARDED_BY(mutex_);
  ServiceCells* const no_service_;  // after the list that it stands in
};

// A number that somebody else keeps, read at each scrape.
struct MetricSource {
  enum class Type { kCounter, kGauge };
  std::string name;  // "headgate_limiter_keys"
  std::string help;
  Type type = Type::kGauge;
  std::vector<std::pair<std::string, std::string>> labels;
  std::function<double()> read;  // called on the scraping thread
};

// Thread-safe.
class Metrics : public prometheus::Collectable {
 public:
  // `clock` must outlive the metrics; `version` is that of the build.
  Metrics(const Clock& clock, std::string version);
  ~Metrics() override;

  // Lives as long as this does.
  WorkerMetrics* AddWorker();
  void AddSource(MetricSource source);
  // One worker's upstream of a service: whenever one is made. What it counted
  // is kept when it goes.
  void AddUpstream(std::string_view service,
                   std::shared_ptr<const UpstreamStats> stats);
  // The outcome of a load, the first one too; `generation` of a good one.
  void CountReload(bool ok, int64_t generation);

  std::vector<prometheus::MetricFamily> Collect() const override;
  // The exposition format 0.0.4.
  std::string Text() const;
  static constexpr std::string_view kContentType =
      "text/plain; version=0.0.4; charset=utf-8";

 private:
  // The metrics of this object itself.
  std::vector<MetricSource> OwnSources() const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string version_;
  const Instant started_;
  const Clock& clock_;
  mutable absl::Mutex mutex_;
  std::vector<std::unique_ptr<WorkerMetrics>> workers_ ABSL_GUARDED_BY(mutex_);
  std::vector<MetricSource> sources_ ABSL_GUARDED_BY(mutex_);
  mutable UpstreamMetrics upstreams_;
  int64_t reloads_ok_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t reloads_failed_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t loaded_unix_us_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_METRICS_H_
