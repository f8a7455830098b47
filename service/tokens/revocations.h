// The tokens that are no longer good though they have not expired: single ones
// by `jti`, and all tokens of a subject that were issued before a time.
//
// They are kept in the store and, all of them, in memory: every call asks, and
// asking must not wait. A revocation is in force when its write is durable.
// Those whose tokens have expired are forgotten.
//
// Thread-safe.
#ifndef HEADGATE_SERVICE_TOKENS_REVOCATIONS_H_
#define HEADGATE_SERVICE_TOKENS_REVOCATIONS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "base/strings.h"
#include "service/storage/store.h"

namespace headgate::service {

class Revocations {
 public:
  // Reads what the store has; waits for it.
  absl::Status Load(Store* store);

  bool IsRevoked(std::string_view id, std::string_view audience,
                 std::string_view subject, int64_t issued_ms) const;

  // Inside a write transaction: what is to be kept. In force after Enforce.
  static void PutToken(Transaction* transaction, std::string_view id,
                       int64_t expires_s);
  // All tokens of the subject that were issued up to `now_ms`.
  static void PutSubject(Transaction* transaction, std::string_view audience,
                         std::string_view subject, int64_t now_ms,
                         int64_t forget_s);
  // Call it when the transaction is durable.
  void EnforceToken(std::string_view id, int64_t expires_s);
  void EnforceSubject(std::string_view audience, std::string_view subject,
                      int64_t now_ms, int64_t forget_s);

 private:
  struct Subject {
    int64_t issued_until_ms = 0;
    int64_t forget_s = 0;
  };
  mutable absl::Mutex mutex_;
  StringMap<int64_t> tokens_ ABSL_GUARDED_BY(mutex_);  // jti -> expires_s
  StringMap<Subject> subjects_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_REVOCATIONS_H_
