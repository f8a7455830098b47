#include "proxy/log_limiter.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "policy/policy.h"
#include "proxy/log.h"

namespace headgate::proxy {
namespace {

constexpr std::string_view kShared = "(all others)";

std::string_view ServiceName(const ExchangeRecord& record) {
  const policy::Decision* decision = record.decision;
  if (decision == nullptr || decision->service == nullptr) return "?";
  return decision->service->name;
}

}  // namespace

std::optional<int64_t> LogLimiter::Admit(std::string_view key,
                                         const Instant& now) {
  auto found = states_.find(key);
  if (found == states_.end()) {
    if (states_.size() >= kKeysMax) key = kShared;
    found = states_.try_emplace(key).first;
  }
  State& state = found->second;
  if (now.monotonic_us < state.next_us) {
    ++state.left_out;
    return std::nullopt;
  }
  state.next_us = now.monotonic_us + kIntervalUs;
  return std::exchange(state.left_out, 0);
}

void UpstreamWarnings::Warn(const ExchangeRecord& record) {
  if (record.mapped.empty()) return;
  const std::string key = StrCat(ServiceName(record), " ", record.mapped);
  const std::optional<int64_t> left_out = limiter_.Admit(key, record.ended);
  if (left_out) spdlog::warn("{}", UpstreamWarning(record, *left_out));
}

std::string UpstreamWarning(const ExchangeRecord& record, int64_t left_out) {
  std::string text =
      StrCat("undocumented answer of ", Printable(record.upstream),
             " (service ", ServiceName(record), ", ", Printable(record.method),
             " ", Printable(record.path), ", request ",
             Printable(record.request_id), "): ", record.mapped);
  if (record.upstream_status != 0) {
    StrAppend(&text, ", status ", record.upstream_status);
  }
  if (!record.detail.empty()) {
    StrAppend(&text, ", ", Printable(record.detail));
  }
  StrAppend(&text, "; answered ", record.status);
  if (left_out > 0) {
    StrAppend(&text, " (", left_out, " more like it since the last warning)");
  }
  return text;
}

}  // namespace headgate::proxy
