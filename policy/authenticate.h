// Who calls, and may they: the credentials as the contract wants them, the app
// that they or the path name, and, where Headgate verifies, whether they are
// the app's.
//
//   forward   credentials must be there and well formed; the upstream checks
//   verify    they must be those of a listed app: its API key, its secret, or
//             an AccessToken2 signed with its certificate, or a token that
//             Headgate issued. A call of an unlisted app has nothing to be
//             checked against, and is refused.
//
// Without an upstream nobody else would check keys and secrets: they are
// verified whatever the config says. Bearer tokens are then the service's own.
#ifndef HEADGATE_POLICY_AUTHENTICATE_H_
#define HEADGATE_POLICY_AUTHENTICATE_H_

#include <string>

#include "base/clock.h"
#include "policy/decision.h"
#include "policy/request.h"
#include "policy/rules.h"
#include "policy/token_verifier.h"
#include "policy/verified_credentials.h"

namespace headgate::policy {

struct AuthenticateTools {
  const Instant& now;
  const TokenVerifier* tokens;  // null: no tokens are issued here
  VerifiedCredentials* verified;
  std::string* buffer;  // for what Basic credentials decode to; used again
};

// Sets decision->app_key, app and caller.
bool Authenticate(const AuthenticateTools& tools, const CompiledRoute& route,
                  const Request& request, Decision* decision,
                  Recorder* recorder);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_AUTHENTICATE_H_
