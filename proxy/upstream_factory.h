// Makes the upstream that a service's `upstream:` describes, for one loop: a
// balancer over its servers, each behind the native client, that for HTTP/2 in
// clear text (`h2c`) or libcurl (`http2`).
#ifndef HEADGATE_PROXY_UPSTREAM_FACTORY_H_
#define HEADGATE_PROXY_UPSTREAM_FACTORY_H_

#include <memory>

#include "config/config.h"
#include "proxy/event_loop.h"
#include "proxy/upstream.h"
#include "proxy/upstream_stats.h"

namespace headgate::proxy {

// An upstream that counts.
class ConfiguredUpstream : public Upstream {
 public:
  // Another takes its place: it only ends the calls that it has. Its servers
  // count as out, and are not asked about their health any more.
  virtual void Retire() = 0;
  // Shared, since a scrape on the control thread may outlive the upstream that
  // a reload retires.
  virtual std::shared_ptr<const UpstreamStats> stats() const = 0;
};

// Never fails: a server that cannot be reached, resolved or trusted fails the
// calls to it. The loop must outlive the upstream, and the upstream its calls;
// it must not be destroyed inside one of its own callbacks.
std::unique_ptr<ConfiguredUpstream> MakeUpstream(const config::Upstream& config,
                                                 EventLoop* loop);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_FACTORY_H_
