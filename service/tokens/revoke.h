// Revokes tokens for those who may wait: the operator's commands. (Handlers
// write revocations in their own transactions.) Returns when the revocation is
// durable and in force.
//
// Thread-safe. Errors are the store's.
#ifndef HEADGATE_SERVICE_TOKENS_REVOKE_H_
#define HEADGATE_SERVICE_TOKENS_REVOKE_H_

#include <string_view>

#include "absl/status/status.h"
#include "base/clock.h"
#include "service/runtime.h"
#include "service/tokens/claims.h"

namespace headgate::service {

absl::Status RevokeToken(Runtime* runtime, const TokenClaims& claims,
                         const Instant& now);
// All tokens of the subject ("": of the app itself) that were issued up to now.
// Never forgotten, since a token may have been issued for ever.
absl::Status RevokeSubject(Runtime* runtime, std::string_view audience,
                           std::string_view subject, const Instant& now);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_REVOKE_H_
