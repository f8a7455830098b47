// POST /revoke on the admin listener: all tokens of a user that were issued
// until now, for an operator whose server is running (its database is in use,
// so `headgate token revoke` cannot).
//
//   {"app":"acme#chat","user":"amy"}   ->   {"revoked":true}
//
// `app` is the audience of the tokens (docs/tokens.md), `user` their subject,
// folded as the app's service folds it ("Amy" is "amy" where case does not
// matter); an empty `user` means the tokens of the app itself. Waits until the
// revocation is on the disk. Belongs to the control thread.
#ifndef HEADGATE_PROXY_ADMIN_REVOKE_H_
#define HEADGATE_PROXY_ADMIN_REVOKE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "policy/policy.h"
#include "service/runtime.h"

namespace headgate::proxy {

// INVALID_ARGUMENT: `body` is not as above, no tokens of that app are opened
// here, or `runtime` is null (every service has an upstream, so no token was
// issued here). Others: the store's.
absl::StatusOr<std::string> RevokeTokens(std::string_view body,
                                         const policy::Policy& policy,
                                         const Instant& now,
                                         service::Runtime* runtime);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_ADMIN_REVOKE_H_
