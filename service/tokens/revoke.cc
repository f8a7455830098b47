#include "service/tokens/revoke.h"

#include <cstdint>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/synchronization/notification.h"

namespace headgate::service {
namespace {

absl::Status WriteAndWait(Store* store,
                          absl::AnyInvocable<void(Transaction*)> work) {
  absl::Status result;
  absl::Notification ready;
  store->Write(
      [&work](Transaction& transaction) {
        work(&transaction);
        return true;
      },
      [&](absl::Status status) {
        result = std::move(status);
        ready.Notify();
      });
  ready.WaitForNotification();
  return result;
}

}  // namespace

absl::Status RevokeToken(Runtime* runtime, const TokenClaims& claims,
                         const Instant& now) {
  const int64_t now_s = now.unix_us / 1000000;
  const absl::Status status =
      WriteAndWait(&runtime->store(), [&](Transaction* transaction) {
        Revocations::PutToken(transaction, claims.id, claims.expires_s, now_s);
      });
  if (status.ok()) {
    runtime->revocations().EnforceToken(claims.id, claims.expires_s, now_s);
  }
  return status;
}

absl::Status RevokeSubject(Runtime* runtime, std::string_view audience,
                           std::string_view subject, const Instant& now) {
  const absl::Status status =
      WriteAndWait(&runtime->store(), [&](Transaction* transaction) {
        Revocations::PutSubject(transaction, audience, subject, now.unix_ms(),
                                kNeverExpires);
      });
  if (status.ok()) {
    runtime->revocations().EnforceSubject(audience, subject, now.unix_ms(),
                                          kNeverExpires);
  }
  return status;
}

}  // namespace headgate::service
