#include "proxy/metrics_families.h"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "policy/refusal.h"
#include "proxy/metrics_service.h"

namespace headgate::proxy {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;
using Families = std::vector<MetricFamily>;

constexpr double kSecondsPerUs = 1e-6;

// A family being filled. It is appended when it is done, with or without
// series: the name and help are then known from the first scrape on.
class FamilyWriter {
 public:
  FamilyWriter(Families* families, std::string_view name, MetricType type,
               std::string_view help)
      : families_(families),
        family_{std::string(name), std::string(help), type, {}} {}
  ~FamilyWriter() { families_->push_back(std::move(family_)); }
  FamilyWriter(const FamilyWriter&) = delete;
  FamilyWriter& operator=(const FamilyWriter&) = delete;

  void Add(Labels labels, double value) {
    ClientMetric& metric = family_.metric.emplace_back();
    metric.label = std::move(labels);
    metric.counter.value = value;
    metric.gauge.value = value;
  }
  void AddUnlessZero(Labels labels, int64_t value) {
    if (value != 0) Add(std::move(labels), static_cast<double>(value));
  }
  void AddDurations(Labels labels, const DurationCells& cells) {
    ClientMetric& metric = family_.metric.emplace_back();
    metric.label = std::move(labels);
    uint64_t below = 0;
    for (size_t i = 0; i < DurationCells::kBoundsUs.size(); ++i) {
      below += static_cast<uint64_t>(cells.count(i));
      const auto bound = static_cast<double>(DurationCells::kBoundsUs[i]);
      metric.histogram.bucket.push_back({below, bound / 1e6});
    }
    below +=
        static_cast<uint64_t>(cells.count(DurationCells::kBoundsUs.size()));
    metric.histogram.bucket.push_back(
        {below, std::numeric_limits<double>::infinity()});
    metric.histogram.sample_count = below;
    metric.histogram.sample_sum =
        static_cast<double>(cells.sum_us()) * kSecondsPerUs;
  }

 private:
  Families* families_;
  MetricFamily family_;
};

// A row: one number of each cell set of a kind.
template <typename Cells>
struct Row {
  std::string_view name;
  MetricType type;
  std::string_view help;
  Cell Cells::*cell;
  double unit = 1;
};

constexpr Row<WorkerMetrics> kWorkerRows[] = {
    {"headgate_connections_accepted_total", MetricType::Counter,
     "Downstream connections accepted.", &WorkerMetrics::connections_accepted},
    {"headgate_accept_failures_total", MetricType::Counter,
     "Downstream connections that could not be accepted.",
     &WorkerMetrics::accept_failures},
    {"headgate_connections_open", MetricType::Gauge,
     "Downstream connections open now.", &WorkerMetrics::connections_open},
    {"headgate_exchanges_in_flight", MetricType::Gauge,
     "Requests being answered now.", &WorkerMetrics::exchanges_in_flight},
};

constexpr Row<OperationCells> kOperationRows[] = {
    {"headgate_shadow_denials_total", MetricType::Counter,
     "Calls that passed though a limit in shadow mode refused them.",
     &OperationCells::shadow_denials},
    {"headgate_candidate_denials_total", MetricType::Counter,
     "Calls that the candidate limit would have refused.",
     &OperationCells::candidate_denials},
    {"headgate_delayed_total", MetricType::Counter,
     "Calls that waited for a free slot of their limit.",
     &OperationCells::delays},
    {"headgate_delay_seconds_total", MetricType::Counter,
     "Time that delayed calls were told to wait, in seconds.",
     &OperationCells::delay_us, kSecondsPerUs},
};

constexpr Row<ServiceCells> kServiceRows[] = {
    {"headgate_request_bytes_total", MetricType::Counter,
     "Bytes of requests received, head and body.", &ServiceCells::bytes_in},
    {"headgate_response_bytes_total", MetricType::Counter,
     "Bytes of answers sent, head and body.", &ServiceCells::bytes_out},
    {"headgate_aborted_total", MetricType::Counter,
     "Exchanges that broke off: the client left or an answer broke.",
     &ServiceCells::aborted},
};

Labels LabelsOf(const ServiceCells& cells) {
  return {{"service", cells.service}};
}
Labels LabelsOf(const OperationCells& cells) {
  return {{"service", cells.service}, {"operation", cells.operation}};
}
Labels With(Labels labels, std::string_view name, std::string_view value) {
  labels.push_back({std::string(name), std::string(value)});
  return labels;
}

template <typename Cells, size_t kRows>
void AppendRows(const Row<Cells> (&rows)[kRows],
                const std::vector<const Cells*>& list, Families* families) {
  for (const Row<Cells>& row : rows) {
    FamilyWriter family(families, row.name, row.type, row.help);
    for (const Cells* cells : list) {
      const auto value = static_cast<double>((cells->*row.cell).Get());
      family.Add(LabelsOf(*cells), value * row.unit);
    }
  }
}

void AppendExchanges(const std::vector<const OperationCells*>& operations,
                     Families* families) {
  FamilyWriter family(families, "headgate_exchanges_total", MetricType::Counter,
                      "Requests answered, by decision and status code.");
  for (const OperationCells* cells : operations) {
    for (size_t denied = 0; denied < 2; ++denied) {
      const Labels labels =
          With(LabelsOf(*cells), "decision", denied == 1 ? "deny" : "allow");
      for (size_t slot = 0; slot < kStatusSlots; ++slot) {
        family.AddUnlessZero(With(labels, "code", StatusSlotName(slot)),
                             cells->exchanges[denied][slot].Get());
      }
    }
  }
}

void AppendRefusals(const std::vector<const OperationCells*>& operations,
                    Families* families) {
  FamilyWriter family(families, "headgate_refusals_total", MetricType::Counter,
                      "Requests denied, by reason.");
  for (const OperationCells* cells : operations) {
    for (size_t i = 0; i < cells->refusals.size(); ++i) {
      const auto refusal = static_cast<policy::Refusal>(i);
      family.AddUnlessZero(
          With(LabelsOf(*cells), "refusal", policy::RefusalName(refusal)),
          cells->refusals[i].Get());
    }
  }
}

void AppendMapped(const std::vector<const ServiceCells*>& services,
                  Families* families) {
  FamilyWriter family(
      families, "headgate_mapped_answers_total", MetricType::Counter,
      "Undocumented or failed upstream answers replaced, by reason.");
  for (const ServiceCells* cells : services) {
    const size_t used = cells->reasons_used.load(std::memory_order_acquire);
    for (size_t i = 0; i < used; ++i) {
      const ServiceCells::Reason& reason = cells->reasons[i];
      family.AddUnlessZero(With(LabelsOf(*cells), "reason", reason.name),
                           reason.answers.Get());
    }
  }
}

void AppendDurations(const std::vector<const ServiceCells*>& services,
                     std::string_view name, std::string_view help,
                     DurationCells ServiceCells::*cells, Families* families) {
  FamilyWriter family(families, name, MetricType::Histogram, help);
  for (const ServiceCells* service : services) {
    family.AddDurations(LabelsOf(*service), service->*cells);
  }
}

void AppendClosed(const WorkerMetrics& totals, Families* families) {
  FamilyWriter family(families, "headgate_connections_closed_total",
                      MetricType::Counter,
                      "Downstream connections closed, by cause.");
  for (size_t i = 0; i < totals.connections_closed.size(); ++i) {
    const auto cause = static_cast<CloseCause>(i);
    family.Add({{"cause", std::string(CloseCauseName(cause))}},
               static_cast<double>(totals.connections_closed[i].Get()));
  }
}

}  // namespace

void AppendWorkerFamilies(const WorkerMetrics& totals, Families* families) {
  const auto operations = totals.operations();
  const auto services = totals.services();
  AppendExchanges(operations, families);
  AppendRefusals(operations, families);
  AppendRows(kOperationRows, operations, families);
  AppendDurations(services, "headgate_exchange_duration_seconds",
                  "From a request's first byte to its answer's last.",
                  &ServiceCells::duration, families);
  AppendDurations(services, "headgate_upstream_duration_seconds",
                  "From sending a request on to the end of the answer.",
                  &ServiceCells::upstream_duration, families);
  AppendMapped(services, families);
  AppendRows(kServiceRows, services, families);
  for (const Row<WorkerMetrics>& row : kWorkerRows) {
    FamilyWriter family(families, row.name, row.type, row.help);
    family.Add({}, static_cast<double>((totals.*row.cell).Get()));
  }
  AppendClosed(totals, families);
}

void AppendSourceFamilies(const std::vector<MetricSource>& sources,
                          Families* families) {
  std::map<std::string_view, size_t> place;
  for (const MetricSource& source : sources) {
    const auto [found, is_new] =
        place.try_emplace(source.name, families->size());
    if (is_new) {
      const MetricType type = source.type == MetricSource::Type::kCounter
                                  ? MetricType::Counter
                                  : MetricType::Gauge;
      families->push_back({source.name, source.help, type, {}});
    }
    ClientMetric& metric = (*families)[found->second].metric.emplace_back();
    for (const auto& [name, value] : source.labels) {
      metric.label.push_back({name, value});
    }
    metric.counter.value = metric.gauge.value = source.read();
  }
}

}  // namespace headgate::proxy
