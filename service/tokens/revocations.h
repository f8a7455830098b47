// The tokens that are no longer good though they have not expired: single ones
// by `jti`, and all tokens of a subject that were issued up to a time.
//
// They are kept in the store and, all of them, in memory: every call asks, and
// asking must not wait. A revocation is in force when its write is durable.
// Those whose tokens have expired are forgotten, in the store a few with every
// new one (names begin with the second from when they may be, so the oldest
// come first), in memory whenever as many have been added as there were.
//
//   kRevocations  "tokens"    "001763766000/JTI"           -> ""
//                 "subjects"  "001763766000/AUDIENCE\nSUB" -> issued until, ms
//
// Thread-safe.
#ifndef HEADGATE_SERVICE_TOKENS_REVOCATIONS_H_
#define HEADGATE_SERVICE_TOKENS_REVOCATIONS_H_

#include <atomic>
#include <cstddef>
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
  // With `now_s`, some that are past are forgotten.
  static void PutToken(Transaction* transaction, std::string_view id,
                       int64_t expires_s, int64_t now_s = 0);
  // All tokens of the subject ("": of the app itself) that were issued up to
  // `now_ms`, that millisecond included. To be remembered until `forget_s`,
  // when the last of them has expired.
  static void PutSubject(Transaction* transaction, std::string_view audience,
                         std::string_view subject, int64_t now_ms,
                         int64_t forget_s);
  // Call it when the transaction is durable.
  void EnforceToken(std::string_view id, int64_t expires_s, int64_t now_s = 0);
  void EnforceSubject(std::string_view audience, std::string_view subject,
                      int64_t now_ms, int64_t forget_s);

  // Another number after each that came into force. Whoever read it before
  // asking IsRevoked need not ask again as long as it stays the same.
  uint64_t revision() const {
    return revision_.load(std::memory_order_acquire);
  }

  // How many are in memory.
  size_t Size() const;

 private:
  struct Subject {
    int64_t issued_until_ms = 0;
    int64_t forget_s = 0;
  };
  void Forget(int64_t now_s) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void LoadEntry(std::string_view scope, const Entry& entry);

  std::atomic<uint64_t> revision_ = 0;
  mutable absl::Mutex mutex_;
  StringMap<int64_t> tokens_ ABSL_GUARDED_BY(mutex_);  // jti -> expires_s
  // By audience, then subject: nothing is joined to be looked up.
  StringMap<StringMap<Subject>> subjects_ ABSL_GUARDED_BY(mutex_);
  size_t subject_count_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t forget_at_ ABSL_GUARDED_BY(mutex_) = 1024;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_REVOCATIONS_H_
