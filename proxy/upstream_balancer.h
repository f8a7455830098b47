// Chooses among the servers of an upstream, and sends again what may be sent
// again.
//
// The server with the fewest calls in flight takes the next one, ties in turn.
// Servers that are out (upstream_health.h) are left out, unless all are: then
// the one whose failure is longest ago is tried. A call that failed is sent
// again, at most `retries` times: if no connection came about (then to another
// server if there is one), if the server disowned it (HTTP/2), or if a kept
// connection was closed before a byte of the answer came. In the last case
// alone it may be done twice: docs/configuration.md says so.
//
// Calls are recycled: a warm balancer allocates nothing. Belongs to one loop;
// must outlive its calls. What it counts is in upstream_stats.h.
#ifndef HEADGATE_PROXY_UPSTREAM_BALANCER_H_
#define HEADGATE_PROXY_UPSTREAM_BALANCER_H_

#include <memory>
#include <vector>

#include "config/config.h"
#include "proxy/upstream_client.h"
#include "proxy/upstream_factory.h"
#include "proxy/upstream_health.h"
#include "proxy/upstream_health_check.h"
#include "proxy/upstream_stats.h"

namespace headgate::proxy {

class Balancer final : public ConfiguredUpstream {
 public:
  using ClientMaker = std::unique_ptr<ServerClient> (*)(
      ClientSettings settings, const config::Upstream& config,
      const config::Server& server);

  Balancer(const config::Upstream& config, EventLoop* loop,
           ClientMaker make_client);
  ~Balancer() override;

  UpstreamCallHandle Start(const UpstreamRequest& request,
                           AnswerSink* sink) override;
  int in_flight() const override { return in_flight_; }
  void Retire() override;
  std::shared_ptr<const UpstreamStats> stats() const override { return stats_; }

 private:
  class Call;
  struct Server {
    ServerStats* stats = nullptr;
    int in_flight = 0;
    ServerHealth health;
    std::unique_ptr<ServerClient> client;
    std::unique_ptr<HealthCheck> check;  // none: passive only
  };

  // `except`: not this one, if there is another; may be null.
  Server* Pick(const Server* except);
  void UpdateUp(Server* server) const;

  EventLoop* loop_;
  const int64_t retries_max_;
  std::shared_ptr<UpstreamStats> stats_;
  std::vector<Server> servers_;
  size_t turn_ = 0;
  int in_flight_ = 0;
  bool retired_ = false;
  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<Call*> free_calls_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_BALANCER_H_
