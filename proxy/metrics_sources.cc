#include "proxy/metrics_sources.h"

#include <string>

namespace headgate::proxy {
namespace {

using Type = MetricSource::Type;

// A field of a struct that `get` makes.
template <typename Stats>
struct StatsRow {
  std::string_view name;
  Type type;
  std::string_view help;
  int64_t Stats::*field;
};

constexpr StatsRow<policy::Limiter::Stats> kLimiterRows[] = {
    {"headgate_limiter_keys", Type::kGauge,
     "Pairs of app key and operation that the limiter remembers.",
     &policy::Limiter::Stats::keys},
    {"headgate_limiter_bytes", Type::kGauge, "Memory of the limiter.",
     &policy::Limiter::Stats::bytes},
    {"headgate_limiter_overflow_calls_total", Type::kCounter,
     "Calls decided on the overflow budget, since the limiter was full.",
     &policy::Limiter::Stats::overflow_calls},
    {"headgate_limiter_dropped_keys_total", Type::kCounter,
     "Idle keys dropped to make room.", &policy::Limiter::Stats::dropped_keys},
};

constexpr StatsRow<AccessLog::Stats> kAccessLogRows[] = {
    {"headgate_access_log_lines_total", Type::kCounter,
     "Lines written to the access log.", &AccessLog::Stats::lines_written},
    {"headgate_access_log_dropped_lines_total", Type::kCounter,
     "Lines lost: the buffer was full or the write failed.",
     &AccessLog::Stats::lines_dropped},
    {"headgate_access_log_write_failures_total", Type::kCounter,
     "Failed writes to the access log.", &AccessLog::Stats::write_failures},
};

template <typename Stats, size_t kRows>
void WatchRows(const StatsRow<Stats> (&rows)[kRows],
               const std::function<Stats()>& get, Metrics* metrics) {
  for (const StatsRow<Stats>& row : rows) {
    metrics->AddSource({.name = std::string(row.name),
                        .help = std::string(row.help),
                        .type = row.type,
                        .labels = {},
                        .read = [get, field = row.field] {
                          return static_cast<double>(get().*field);
                        }});
  }
}

}  // namespace

void WatchLimiter(const policy::Limiter& limiter, Metrics* metrics) {
  WatchRows<policy::Limiter::Stats>(
      kLimiterRows, [&limiter] { return limiter.GetStats(); }, metrics);
}

void WatchAccessLog(const AccessLog& log, Metrics* metrics) {
  WatchRows<AccessLog::Stats>(
      kAccessLogRows, [&log] { return log.GetStats(); }, metrics);
}

void WatchTls(std::string_view listener, const TlsContext& tls,
              const Clock& clock, Metrics* metrics) {
  const std::pair<std::string, std::string> label = {"listener",
                                                     std::string(listener)};
  const auto outcome = [](std::string_view name) {
    return std::pair<std::string, std::string>("outcome", name);
  };
  metrics->AddSource(
      {.name = "headgate_tls_certificate_expiry_timestamp_seconds",
       .help = "When the certificate in use ends.",
       .type = Type::kGauge,
       .labels = {label},
       .read = [&tls] { return static_cast<double>(tls.expires_unix_s()); }});
  metrics->AddSource(
      {.name = "headgate_tls_certificate_expiry_days",
       .help = "Days until the certificate in use ends.",
       .type = Type::kGauge,
       .labels = {label},
       .read = [&tls, &clock] {
         const int64_t now_s = clock.Now().unix_us / 1'000'000;
         return static_cast<double>(tls.expires_unix_s() - now_s) / 86400;
       }});
  metrics->AddSource(
      {.name = "headgate_tls_swaps_total",
       .help = "Changed certificate files, by outcome.",
       .type = Type::kCounter,
       .labels = {label, outcome("ok")},
       .read = [&tls] { return static_cast<double>(tls.swaps()); }});
  metrics->AddSource(
      {.name = "headgate_tls_swaps_total",
       .help = "",
       .type = Type::kCounter,
       .labels = {label, outcome("failed")},
       .read = [&tls] { return static_cast<double>(tls.failed_swaps()); }});
}

}  // namespace headgate::proxy
