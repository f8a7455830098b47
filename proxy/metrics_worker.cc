#include "policy/policy.h"
#include "proxy/metrics.h"
#include "proxy/metrics_service.h"

namespace headgate::proxy {
namespace {

// What stands at `index`; null if the list is shorter.
template <typename T>
T* At(const std::vector<T*>& list, int index) {
  const auto at = static_cast<size_t>(index);
  return at < list.size() ? list[at] : nullptr;
}

template <typename T>
void Keep(std::vector<T*>* list, int index, T* cells) {
  const auto at = static_cast<size_t>(index);
  if (at >= list->size()) list->resize(at + 1);
  (*list)[at] = cells;
}

void CountDecision(const ExchangeRecord& record, OperationCells* cells) {
  const policy::Decision* decision = record.decision;
  const bool denied = decision == nullptr || !decision->allowed();
  cells->exchanges[denied ? 1 : 0][StatusSlot(record.status)].Add();
  if (decision == nullptr) return;
  if (denied) cells->refusals[static_cast<size_t>(decision->refusal)].Add();
  if (!decision->limited) return;
  const policy::RateDecision& rate = decision->rate;
  if (rate.would_deny) cells->shadow_denials.Add();
  if (rate.candidate_denies) cells->candidate_denials.Add();
  if (rate.delay_us > 0) {
    cells->delays.Add();
    cells->delay_us.Add(rate.delay_us);
  }
}

}  // namespace

WorkerMetrics::WorkerMetrics() : no_service_(FindService(kNoService)) {}
WorkerMetrics::~WorkerMetrics() = default;

void WorkerMetrics::Count(const ExchangeRecord& record) {
  ServiceCells* service = ServiceFor(record.decision);
  CountDecision(record, OperationFor(record.decision, service));
  service->duration.Observe(record.ended.monotonic_us -
                            record.started.monotonic_us);
  if (record.upstream_started_us > 0 && record.upstream_ended_us > 0) {
    service->upstream_duration.Observe(record.upstream_ended_us -
                                       record.upstream_started_us);
  }
  service->bytes_in.Add(record.bytes_in);
  service->bytes_out.Add(record.bytes_out);
  if (record.aborted) service->aborted.Add();
  if (!record.mapped.empty()) service->MappedFor(record.mapped).Add();
}

ServiceCells* WorkerMetrics::ServiceFor(const policy::Decision* decision) {
  if (decision == nullptr || decision->service == nullptr) return no_service_;
  const policy::CompiledService& service = *decision->service;
  ServiceCells* cells = At(service_by_index_, service.index);
  if (cells == nullptr || cells->service != service.name) {
    cells = FindService(service.name);
    Keep(&service_by_index_, service.index, cells);
  }
  return cells;
}

OperationCells* WorkerMetrics::OperationFor(const policy::Decision* decision,
                                            ServiceCells* service) {
  if (decision == nullptr || decision->operation == nullptr) {
    return &service->unmatched;
  }
  const policy::CompiledOperation& operation = *decision->operation;
  OperationCells* cells = At(operation_by_index_, operation.index);
  if (cells == nullptr || cells->operation != operation.name ||
      cells->service != service->service) {
    cells = FindOperation(service, operation.name);
    Keep(&operation_by_index_, operation.index, cells);
  }
  return cells;
}

ServiceCells* WorkerMetrics::FindService(std::string_view service) {
  absl::MutexLock lock(&mutex_);
  if (auto found = services_.find(service); found != services_.end()) {
    return found->second.get();
  }
  auto cells = std::make_unique<ServiceCells>();
  cells->service = service;
  cells->unmatched.service = service;
  cells->unmatched.operation = kNoOperation;
  return services_.emplace(service, std::move(cells)).first->second.get();
}

OperationCells* WorkerMetrics::FindOperation(ServiceCells* service,
                                             std::string_view operation) {
  if (operation == kNoOperation) return &service->unmatched;
  absl::MutexLock lock(&mutex_);
  auto& known = service->operations;
  if (auto found = known.find(operation); found != known.end()) {
    return found->second.get();
  }
  auto cells = std::make_unique<OperationCells>();
  cells->service = service->service;
  cells->operation = operation;
  return known.emplace(operation, std::move(cells)).first->second.get();
}

void WorkerMetrics::AddTo(WorkerMetrics* totals) const {
  for (const ServiceCells* cells : services()) {
    cells->AddTo(totals->FindService(cells->service));
  }
  for (const OperationCells* cells : operations()) {
    ServiceCells* service = totals->FindService(cells->service);
    cells->AddTo(totals->FindOperation(service, cells->operation));
  }
  totals->connections_accepted.Add(connections_accepted.Get());
  totals->connections_open.Add(connections_open.Get());
  totals->exchanges_in_flight.Add(exchanges_in_flight.Get());
  totals->accept_failures.Add(accept_failures.Get());
  for (size_t i = 0; i < connections_closed.size(); ++i) {
    totals->connections_closed[i].Add(connections_closed[i].Get());
  }
}

std::vector<const ServiceCells*> WorkerMetrics::services() const {
  std::vector<const ServiceCells*> list;
  absl::MutexLock lock(&mutex_);
  for (const auto& [name, cells] : services_) list.push_back(cells.get());
  return list;
}

std::vector<const OperationCells*> WorkerMetrics::operations() const {
  std::vector<const OperationCells*> list;
  absl::MutexLock lock(&mutex_);
  for (const auto& [name, service] : services_) {
    list.push_back(&service->unmatched);
    for (const auto& [operation, cells] : service->operations) {
      list.push_back(cells.get());
    }
  }
  return list;
}

}  // namespace headgate::proxy
