#include "service/tokens/revoke.h"

#include <cstdint>

#include "service/storage/wait.h"

namespace headgate::service {
absl::Status RevokeToken(Runtime* runtime, const TokenClaims& claims,
                         const Instant& now) {
  const int64_t now_s = now.unix_us / 1000000;
  const absl::Status status =
      WriteAndWait(&runtime->store(), [&](Transaction& transaction) {
        Revocations::PutToken(&transaction, claims.id, claims.expires_s, now_s);
      });
  if (status.ok()) {
    runtime->revocations().EnforceToken(claims.id, claims.expires_s, now_s);
  }
  return status;
}

absl::Status RevokeSubject(Runtime* runtime, std::string_view audience,
                           std::string_view subject, const Instant& now) {
  const absl::Status status =
      WriteAndWait(&runtime->store(), [&](Transaction& transaction) {
        Revocations::PutSubject(&transaction, audience, subject, now.unix_ms(),
                                kNeverExpires);
      });
  if (status.ok()) {
    runtime->revocations().EnforceSubject(audience, subject, now.unix_ms(),
                                          kNeverExpires);
  }
  return status;
}

}  // namespace headgate::service
