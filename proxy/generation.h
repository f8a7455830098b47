// A policy as one worker uses it, with the worker's own upstream pools for it.
// A reload gives each worker a new generation; the old one lives until the last
// exchange that pinned it ends.
//
// The pins are counted here, per worker, and not in the policy's shared_ptr:
// that counter's cache line would travel between the cores on every request.
#ifndef HEADGATE_PROXY_GENERATION_H_
#define HEADGATE_PROXY_GENERATION_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "policy/policy.h"
#include "proxy/upstream_factory.h"
#include "service/gateway.h"

namespace headgate::proxy {

class EventLoop;
class Metrics;

// What all workers share of it.
struct Snapshot {
  std::shared_ptr<const policy::Policy> policy;
  // Answers the services that have no upstream; null: all have one.
  std::shared_ptr<const service::Gateway> gateway;
  int64_t number = 0;  // counts policies since the start, from 1
};

// Belongs to one loop.
class Generation {
 public:
  // Makes the upstreams and shows their numbers to `metrics`.
  Generation(Snapshot snapshot, EventLoop* loop, Metrics* metrics);

  const policy::Policy& policy() const { return *snapshot_.policy; }
  const std::shared_ptr<const service::Gateway>& gateway() const {
    return snapshot_.gateway;
  }
  int64_t number() const { return snapshot_.number; }
  // Another takes its place: no exchange pins it any more.
  void Retire();
  // Null: the gateway answers this service.
  Upstream* upstream(const policy::CompiledService& service) const {
    return upstreams_[service.index].get();
  }
  int pins() const { return pins_; }

 private:
  friend class GenerationPin;
  Snapshot snapshot_;
  std::vector<std::unique_ptr<ConfiguredUpstream>> upstreams_;
  int pins_ = 0;
};

// An exchange's hold on its generation.
class GenerationPin {
 public:
  GenerationPin() = default;
  explicit GenerationPin(Generation* generation) : generation_(generation) {
    ++generation_->pins_;
  }
  GenerationPin(GenerationPin&& other) noexcept
      : generation_(std::exchange(other.generation_, nullptr)) {}
  GenerationPin& operator=(GenerationPin&& other) noexcept {
    std::swap(generation_, other.generation_);
    return *this;
  }
  ~GenerationPin() {
    if (generation_ != nullptr) --generation_->pins_;
  }

  Generation* operator->() const { return generation_; }
  explicit operator bool() const { return generation_ != nullptr; }

 private:
  Generation* generation_ = nullptr;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_GENERATION_H_
