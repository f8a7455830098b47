// The numbers that other parts keep, put into the metrics: one function per
// part, called once by the server. What is given must outlive the metrics.
#ifndef HEADGATE_PROXY_METRICS_SOURCES_H_
#define HEADGATE_PROXY_METRICS_SOURCES_H_

#include <string_view>

#include "policy/limiter.h"
#include "proxy/access_log.h"
#include "proxy/metrics.h"
#include "proxy/tls_context.h"

namespace headgate::proxy {

// Keys, bytes, overflow calls, dropped keys.
void WatchLimiter(const policy::Limiter& limiter, Metrics* metrics);
// Lines written, lines dropped, failed writes.
void WatchAccessLog(const AccessLog& log, Metrics* metrics);
// Seconds to the expiry of a listener's certificate, swaps, failed swaps.
// `listener` is its address as the operator wrote it.
void WatchTls(std::string_view listener, const TlsContext& tls,
              const Clock& clock, Metrics* metrics);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_METRICS_SOURCES_H_
