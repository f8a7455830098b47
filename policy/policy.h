// Policy: everything the engine decides by, compiled from a Config, immutable,
// shared by all workers, swapped whole on reload. An exchange pins the policy
// that it began with until it ends.
#ifndef HEADGATE_POLICY_POLICY_H_
#define HEADGATE_POLICY_POLICY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "config/config.h"
#include "policy/catalogue.h"
#include "policy/family.h"
#include "policy/limiter.h"
#include "policy/router.h"

namespace headgate::policy {

// What only the engine looks at: policy/rules.h.
struct OperationRules;
struct ServiceRules;
struct AppRules;
struct CompiledRoute;

// One documented call.
struct CompiledOperation {
  CompiledOperation();
  ~CompiledOperation();

  std::string name;
  int index = 0;  // dense over all services: for metrics
  const class CompiledService* service = nullptr;
  config::Operation spec;
  bool streams_body = false;  // the body is not read, only bounded
  RateLimit limit;            // where no app has its own
  std::string limit_rule;     // "agora-chat.limits.default"
  config::Location limit_at;
  int position = 0;       // within the service: CompiledApp::limits
  std::string challenge;  // of its 401s: the WWW-Authenticate field
  std::unique_ptr<OperationRules> rules;
};

// A tenant as the engine knows it.
struct CompiledApp {
  CompiledApp();
  ~CompiledApp();

  std::string name;  // for logs and metrics; never a secret
  config::App spec;
  // Canonical: both prefixes of agora give this. Empty: only the key's hash is
  // known.
  std::string app_key;
  // By the operation's `position`; null entries: the operation's own.
  std::vector<std::unique_ptr<RateLimit>> limits;
  std::unique_ptr<AppRules> rules;
};

class CompiledService {
 public:
  CompiledService();
  ~CompiledService();

  std::string name;
  int index = 0;
  config::Service spec;
  config::Contract contract;
  std::unique_ptr<Catalogue> catalogue;
  std::string challenge;  // of 401s where no operation is known
  std::vector<std::unique_ptr<CompiledOperation>> operations;
  std::vector<std::unique_ptr<CompiledApp>> apps;
  std::unique_ptr<ServiceRules> rules;
};

class Policy {
 public:
  // Null and diagnostics if the config cannot be compiled (a bad pattern, two
  // operations with the same request, ...).
  static std::shared_ptr<const Policy> Compile(
      const config::Config& config, config::Diagnostics* diagnostics);
  ~Policy();

  const config::Config& config() const { return config_; }
  const std::vector<std::unique_ptr<CompiledService>>& services() const {
    return services_;
  }
  // The service whose family a request belongs to though no operation matched:
  // by prefix, or the only one; null: unknown.
  const CompiledService* FamilyOf(std::string_view path) const;
  int operations() const { return operations_; }
  // No other policy of this process has it.
  uint64_t serial() const { return serial_; }

 private:
  friend class Engine;
  friend class Compiler;
  Policy();
  const uint64_t serial_;
  config::Config config_;
  std::vector<std::unique_ptr<CompiledService>> services_;
  std::unique_ptr<Router> router_;
  std::vector<CompiledRoute> routes_;  // by the router's numbers
  Families families_;
  int operations_ = 0;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_POLICY_H_
