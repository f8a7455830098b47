// What the standalone services share for the life of the process: the store,
// the revocations that are in force, the threads that hash passwords, the token
// keys that were made here. Reloads do not touch it.
//
// Thread-safe.
#ifndef HEADGATE_SERVICE_RUNTIME_H_
#define HEADGATE_SERVICE_RUNTIME_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
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
    // Told when writes begin to fail, and when they work again; null: nobody.
    Store::Warn warn = nullptr;
    // Puts something before the store that was opened: for policy tests whose
    // store is down.
    std::function<std::unique_ptr<Store>(std::unique_ptr<Store>)> wrap =
        nullptr;
  };
  // Waits until the store is open and its revocations are in force.
  static absl::StatusOr<std::unique_ptr<Runtime>> Open(const Options& options);
  ~Runtime();

  Store& store() { return *store_; }
  Revocations& revocations() { return *revocations_; }
  Passwords& passwords() { return *passwords_; }

  // PASERKs, secrets, that make tokens where the config lists no keys: of the
  // file beside the database, which is made when they are first asked for, or
  // of this process. Errors: service/tokens/key_file.h.
  absl::StatusOr<std::vector<std::string>> OwnTokenKeys();

 private:
  Runtime() = default;
  std::string storage_;
  absl::Mutex mutex_;
  std::vector<std::string> own_token_keys_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Revocations> revocations_;
  std::unique_ptr<Passwords> passwords_;
  std::unique_ptr<Store> store_;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_RUNTIME_H_
