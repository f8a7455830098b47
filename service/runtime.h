// What the standalone services share for the life of the process: the store,
// the revocations that are in force, the threads that hash passwords, the token
// key that was made here. Reloads do not touch it.
//
// Thread-safe.
#ifndef HEADGATE_SERVICE_RUNTIME_H_
#define HEADGATE_SERVICE_RUNTIME_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "service/passwords.h"
#include "service/storage/store.h"
#include "service/tokens/revocations.h"

namespace headgate::service {

class Runtime {
 public:
  struct Options {
    std::string storage = "memory";  // the config's `storage`
    // Everything inside the call, in order: for policy tests on a virtual
    // clock. REQUIRES: storage is "memory".
    bool inline_passwords = false;
  };
  static absl::StatusOr<std::unique_ptr<Runtime>> Open(const Options& options);
  ~Runtime();

  Store& store() { return *store_; }
  Revocations& revocations() { return *revocations_; }
  Passwords& passwords() { return *passwords_; }
  // Seals tokens where the config lists no keys: kept beside the database
  // (mode 0600), or for this process only.
  std::string_view own_token_key() const { return own_token_key_; }

 private:
  Runtime() = default;
  std::string own_token_key_;  // a PASERK: a secret
  std::unique_ptr<Revocations> revocations_;
  std::unique_ptr<Passwords> passwords_;
  std::unique_ptr<Store> store_;  // last: its threads end first
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_RUNTIME_H_
