// Who calls, and may they: the credentials as the contract wants them, the app
// that they or the path name, and, where Headgate verifies, whether they are
// the app's.
//
//   forward   credentials must be there and well formed; the upstream checks
//   verify    they must be those of a listed app: its API key, its secret, or
//             an AccessToken2 signed with its certificate. A call of an
//             unlisted app has nothing to be checked against, and is refused.
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

namespace headgate::policy {

// Sets decision->app_key and app. `buffer` holds what Basic credentials decode
// to; it is the caller's, to be used again.
bool Authenticate(const CompiledRoute& route, const Request& request,
                  const Instant& now, Decision* decision, Recorder* recorder,
                  std::string* buffer);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_AUTHENTICATE_H_
