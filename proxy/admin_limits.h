// GET /limits: the limiter's figures, and where one app stands with one
// operation.
//
//   /limits
//   /limits?app=acme%23chat&operation=create_token[&service=agora-chat]
//
// `app` is a listed app's name, or an app key as the contract makes it.
#ifndef HEADGATE_PROXY_ADMIN_LIMITS_H_
#define HEADGATE_PROXY_ADMIN_LIMITS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "policy/limiter.h"
#include "policy/policy.h"

namespace headgate::proxy {

// JSON. An error is a sentence for the caller. Counts nothing.
absl::StatusOr<std::string> DescribeLimits(std::string_view query,
                                           const policy::Policy& policy,
                                           const policy::Limiter& limiter,
                                           const Instant& now);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_ADMIN_LIMITS_H_
