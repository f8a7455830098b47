// The cells of a service and of each of its operations, seen by one worker:
// what WorkerMetrics::Count adds to. Private to the metrics.
#ifndef HEADGATE_PROXY_METRICS_SERVICE_H_
#define HEADGATE_PROXY_METRICS_SERVICE_H_

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "policy/refusal.h"
#include "proxy/metrics_cells.h"

namespace headgate::proxy {

// Statuses that are counted by themselves; every other one counts as its class
// ("4xx"), so that an upstream cannot make a series of each number.
inline constexpr std::array kStatusCodes = {
    200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401,
    403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416,
    417, 421, 422, 428, 429, 431, 500, 501, 502, 503, 504, 505};
// No answer; then the codes; then 1xx to 5xx.
inline constexpr size_t kStatusSlots = 1 + kStatusCodes.size() + 5;
// Statuses outside 100 to 599 count as no answer.
size_t StatusSlot(int status);
// "none", "200", "4xx".
std::string StatusSlotName(size_t slot);

// No service known, or no operation matched. No file can give such a name.
inline constexpr std::string_view kNoService = "(none)";
inline constexpr std::string_view kNoOperation = "(unmatched)";

struct OperationCells {
  std::string service, operation;
  // Answers by decision (0: allowed, 1: denied) and status.
  std::array<std::array<Cell, kStatusSlots>, 2> exchanges;
  std::array<Cell, policy::kRefusals> refusals;
  Cell shadow_denials;
  Cell candidate_denials;
  Cell delays;
  Cell delay_us;

  void AddTo(OperationCells* totals) const;
};

struct ServiceCells {
  // Reasons are a fixed list of the policy's; the bound is the array's.
  static constexpr size_t kReasonsMax = 24;
  struct Reason {
    std::string name;
    Cell answers;
  };

  std::string service;
  DurationCells duration;
  DurationCells upstream_duration;
  Cell bytes_in;
  Cell bytes_out;
  Cell aborted;
  std::array<Reason, kReasonsMax> reasons;
  std::atomic<size_t> reasons_used{0};  // of the array, from its start
  OperationCells unmatched;
  // Guarded by the worker's mutex.
  std::map<std::string, std::unique_ptr<OperationCells>, std::less<>>
      operations;

  // The counter of answers that were mapped for this reason.
  Cell& MappedFor(std::string_view reason);
  // All but the operations and the unmatched calls.
  void AddTo(ServiceCells* totals) const;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_METRICS_SERVICE_H_
