// Where the standalone services keep what they know. One asynchronous
// interface: `memory` and `sqlite:PATH` today, one shared by several instances
// (Redis) later.
//
//   store->Write([call](Transaction& tx) { return AddMember(call, tx); },
//                [call](absl::Status status) { ... });
//
// `work` runs once or more (an optimistic store repeats it) and says whether
// its writes are to be kept. `done` comes exactly once, after the work, and for
// a kept write not before it is durable: an answered write is on disk. What is
// not OK was not kept: UNAVAILABLE (disk full, I/O error: the caller answers
// 503; nothing half done), and the work's answer must not be used.
//
// Thread-safe. The memory store runs both functions inside the call; the others
// on threads of their own, so that a loop never waits: `done` hands the result
// to its loop. Writes are applied one after the other; a read sees one
// committed state. A write of a caller that was told "done" is seen by every
// later read.
#ifndef HEADGATE_SERVICE_STORAGE_STORE_H_
#define HEADGATE_SERVICE_STORAGE_STORE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/storage/change_log.h"
#include "service/storage/transaction.h"

namespace headgate::service {

class Store {
 public:
  // True: keep what was written.
  using Work = absl::AnyInvocable<bool(Transaction&)>;
  using Done = absl::AnyInvocable<void(absl::Status)>;

  virtual ~Store() = default;
  // What `work` writes is not kept.
  virtual void Read(Work work, Done done) = 0;
  virtual void Write(Work work, Done done) = 0;

  // What went wrong and is being mended ("data/headgate.db: disk I/O error:
  // opened again"), for the log. Called on the store's own threads.
  using Warn = std::function<void(std::string_view)>;

  // What its writes change; null: others write too, and nobody here knows when.
  virtual const ChangeLog* changes() const { return nullptr; }

  // "memory" or "sqlite:PATH", as the config's `storage` says it. An error's
  // message says what to do ("data/headgate.db: in use by another process").
  // Works that wait when the store is destroyed are done first.
  static absl::StatusOr<std::unique_ptr<Store>> Open(std::string_view storage,
                                                     Warn warn = {});
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_STORE_H_
