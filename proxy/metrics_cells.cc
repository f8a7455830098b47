#include "proxy/metrics_cells.h"

namespace headgate::proxy {

std::string_view CloseCauseName(CloseCause cause) {
  constexpr std::array<std::string_view, kCloseCauses> kNames = {
      "client",       "answered",     "bad_request",   "head_timeout",
      "body_timeout", "idle_timeout", "write_timeout", "tls_failed",
      "reset",        "upstream",     "drained",       "overloaded",
      "error"};
  return kNames[static_cast<size_t>(cause)];
}

void DurationCells::AddTo(DurationCells* totals) const {
  for (size_t i = 0; i < counts_.size(); ++i) {
    totals->counts_[i].Add(counts_[i].Get());
  }
  totals->sum_us_.Add(sum_us_.Get());
}

}  // namespace headgate::proxy
