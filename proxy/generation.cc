#include "proxy/generation.h"

#include "proxy/metrics.h"
#include "proxy/upstream_factory.h"

namespace headgate::proxy {

Generation::Generation(std::shared_ptr<const policy::Policy> policy,
                       int64_t number, EventLoop* loop, Metrics* metrics)
    : policy_(std::move(policy)), number_(number) {
  for (const auto& service : policy_->services()) {
    if (!service->spec.upstream) {
      upstreams_.push_back(nullptr);
      continue;
    }
    auto upstream = MakeUpstream(*service->spec.upstream, loop);
    metrics->AddUpstream(service->name, upstream->stats());
    upstreams_.push_back(std::move(upstream));
  }
}

}  // namespace headgate::proxy
