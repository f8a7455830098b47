// The services that have no upstream, for one case: a store in memory that
// begins empty and may be down, and the gateway on it. Everything happens
// inside of a call, so a virtual clock is enough.
//
// Belongs to one thread.
#ifndef HEADGATE_CLI_CASES_STANDALONE_H_
#define HEADGATE_CLI_CASES_STANDALONE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "policy/policy.h"
#include "service/gateway.h"
#include "service/runtime.h"

namespace headgate::cli {

// Whether any service of the policy is answered here.
bool HasStandaloneService(const policy::Policy& policy);

class Standalone {
 public:
  // The error is ready to be printed: no handler for an operation, ...
  static absl::StatusOr<std::unique_ptr<Standalone>> Create(
      std::shared_ptr<const policy::Policy> policy);

  const service::Gateway& gateway() const { return *gateway_; }
  // While it is down, the store takes and gives nothing.
  void SetDown(bool down) { *down_ = down; }

 private:
  Standalone() = default;
  std::shared_ptr<bool> down_ = std::make_shared<bool>(false);
  std::unique_ptr<service::Runtime> runtime_;
  std::shared_ptr<const service::Gateway> gateway_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_STANDALONE_H_
