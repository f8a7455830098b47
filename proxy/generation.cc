#include "proxy/generation.h"

#include "proxy/metrics.h"

namespace headgate::proxy {

Generation::Generation(Snapshot snapshot, EventLoop* loop, Metrics* metrics)
    : snapshot_(std::move(snapshot)) {
  for (const auto& service : policy().services()) {
    if (!service->spec.upstream) {
      upstreams_.push_back(nullptr);
      continue;
    }
    auto upstream = MakeUpstream(*service->spec.upstream, loop);
    metrics->AddUpstream(service->name, upstream->stats());
    upstreams_.push_back(std::move(upstream));
  }
}

void Generation::Retire() {
  for (const auto& upstream : upstreams_) {
    if (upstream != nullptr) upstream->Retire();
  }
}

}  // namespace headgate::proxy
