#include "proxy/generation.h"

#include "proxy/upstream_factory.h"

namespace headgate::proxy {

Generation::Generation(std::shared_ptr<const policy::Policy> policy,
                       int64_t number, EventLoop* loop)
    : policy_(std::move(policy)), number_(number) {
  for (const auto& service : policy_->services()) {
    upstreams_.push_back(service->spec.upstream
                             ? MakeUpstream(*service->spec.upstream, loop)
                             : nullptr);
  }
}

}  // namespace headgate::proxy
