// Which of several limits an operation runs with. A limit can stand in six
// places; the first of these that is there counts, whole:
//
//   1. the app's own for the operation       apps: - limits: {add_member: 5/s}
//   2. the service's for the operation       limits: {add_member: 50/s}
//   3. the contract's for the operation      limits: {add_member: 80/s}
//   4. the app's default
//   5. the service's default
//   6. the contract's default
//   7. none of them: 100 calls in a second
//
// So a word about one operation beats a word about all of them, wherever it
// stands: `default: 500/s` in the operator's file does not lift the 300/s that
// a contract documents for token calls. Among equals the operator beats the
// contract, and the app's own words beat the service's.
#ifndef HEADGATE_POLICY_LIMITS_H_
#define HEADGATE_POLICY_LIMITS_H_

#include <string>

#include "config/config.h"
#include "policy/limiter.h"
#include "policy/rule.h"

namespace headgate::policy {

struct ChosenLimit {
  RateLimit limit;
  std::string rule;  // "agora-chat.limits.default"
  config::Location at;
};

RateLimit CompileLimit(const config::Limit& limit);

// `app` may be null: the limit of unlisted apps.
ChosenLimit ChooseLimit(const config::Contract& contract,
                        const config::Service& service, const config::App* app,
                        const std::string& operation);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_LIMITS_H_
