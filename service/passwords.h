// Users' passwords: stored as Argon2id (libsodium's interactive strength, RFC
// 9106), computed on threads of their own, since one hash takes some 50 ms and
// 64 MiB. At most `kWaitingMax` wait; more are refused, so that a flood of
// log-ins cannot pile up.
//
// Thread-safe. The clear text is wiped after use.
#ifndef HEADGATE_SERVICE_PASSWORDS_H_
#define HEADGATE_SERVICE_PASSWORDS_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

namespace headgate::service {

class Passwords {
 public:
  static constexpr size_t kWaitingMax = 256;

  // `threads` 0: everything inside the call, and as weak as Argon2id can be:
  // for policy tests, whose users are gone with the process.
  explicit Passwords(int threads);
  ~Passwords();

  // Waits for the hashes under way; all others, from now on too, are
  // UNAVAILABLE. For whoever closes the store that `done` functions use.
  void Stop();

  // `done` gets the text to store ("$argon2id$v=19$..."); UNAVAILABLE: too many
  // wait. It runs on one of the threads, or inside the call.
  void Hash(std::string password,
            absl::AnyInvocable<void(absl::StatusOr<std::string>)> done);
  // `done` gets whether `password` is the one that was stored. With an empty
  // `stored` it takes as long and says no: whether a user exists cannot be told
  // from the time.
  void Verify(std::string stored, std::string password,
              absl::AnyInvocable<void(absl::StatusOr<bool>)> done);

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;  // null: inside the call
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_PASSWORDS_H_
