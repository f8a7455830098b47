#include "service/storage/wait.h"

#include <semaphore>
#include <utility>

namespace headgate::service {
namespace {

// What one call of the store came to.
struct Outcome {
  absl::Status status;
  std::binary_semaphore done{0};

  Store::Done Note() {
    return [this](absl::Status said) {
      status = std::move(said);
      done.release();
    };
  }
  absl::Status Wait() {
    done.acquire();
    return status;
  }
};

}  // namespace

absl::Status ReadAndWait(Store* store,
                         absl::FunctionRef<void(Transaction&)> work) {
  Outcome outcome;
  store->Read(
      [work](Transaction& transaction) {
        work(transaction);
        return false;
      },
      outcome.Note());
  return outcome.Wait();
}

absl::Status WriteAndWait(Store* store,
                          absl::FunctionRef<void(Transaction&)> work) {
  Outcome outcome;
  store->Write(
      [work](Transaction& transaction) {
        work(transaction);
        return true;
      },
      outcome.Note());
  return outcome.Wait();
}

}  // namespace headgate::service
