// What the admin listener and the signals may ask of the running server. All
// calls come from the control thread (the one that runs the admin listener).
#ifndef HEADGATE_PROXY_CONTROL_H_
#define HEADGATE_PROXY_CONTROL_H_

#include <memory>
#include <string>

#include "policy/limiter.h"
#include "policy/policy.h"
#include "policy/token_verifier.h"
#include "service/runtime.h"

namespace headgate::proxy {

class Control {
 public:
  virtual ~Control() = default;

  // True while the server takes new calls: false once it drains.
  virtual bool Ready() const = 0;
  // Reads the file again and swaps the policy whole. On a mistake the old
  // policy stays and the text holds every diagnostic.
  struct ReloadResult {
    bool ok = false;
    std::string text;
    int64_t generation = 0;  // counts successful loads, from 1
  };
  virtual ReloadResult Reload() = 0;
  // Readiness first, then Connection: close, exit at zero or the deadline.
  virtual void Drain() = 0;
  virtual std::shared_ptr<const policy::Policy> policy() const = 0;
  virtual policy::Limiter& limiter() = 0;
  // Who knows the tokens that are issued here; null: none are.
  virtual const policy::TokenVerifier* tokens() const = 0;
  // Of the services that are answered here; null: there is none.
  virtual service::Runtime* runtime() = 0;
  virtual int64_t in_flight() const = 0;
  // The Prometheus text (exposition format 0.0.4).
  virtual std::string MetricsText() = 0;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_CONTROL_H_
