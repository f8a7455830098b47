// A store's transactions for those who may wait: commands and start-up, never a
// loop. Each returns when the store has said "done".
//
// They wait on a semaphore of the standard library, whose code is compiled with
// ours: ThreadSanitizer does not see into Abseil's notifications.
#ifndef HEADGATE_SERVICE_STORAGE_WAIT_H_
#define HEADGATE_SERVICE_STORAGE_WAIT_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "service/storage/store.h"

namespace headgate::service {

absl::Status ReadAndWait(Store* store,
                         absl::FunctionRef<void(Transaction&)> work);
// What `work` writes is kept.
absl::Status WriteAndWait(Store* store,
                          absl::FunctionRef<void(Transaction&)> work);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_WAIT_H_
