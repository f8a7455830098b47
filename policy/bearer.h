// What a bearer token that Headgate itself can judge is worth: an AccessToken2
// signed with the app's certificate, or a token that Headgate issued.
//
// Thread-safe, as the verifier is.
#ifndef HEADGATE_POLICY_BEARER_H_
#define HEADGATE_POLICY_BEARER_H_

#include <string_view>

#include "base/clock.h"
#include "policy/policy.h"
#include "policy/token_verifier.h"

namespace headgate::policy {

struct BearerToken {
  const CompiledService& service;
  const CompiledApp& app;
  std::string_view text;
};

// Who calls, and how long the token stays good. False: a bad token; `reason`, a
// static string, is for the log only, since callers see one answer for all of
// them. `tokens` null: nobody issues tokens here.
bool VerifyBearer(const BearerToken& token, const TokenVerifier* tokens,
                  const Instant& now, VerifiedCaller* caller,
                  std::string_view* reason);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_BEARER_H_
