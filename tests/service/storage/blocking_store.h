// A store as tests like it: calls that return when the store is done, and a
// writer that waits for the test.
//
// Thread-safe as the store is.
#ifndef HEADGATE_TESTS_SERVICE_STORAGE_BLOCKING_STORE_H_
#define HEADGATE_TESTS_SERVICE_STORAGE_BLOCKING_STORE_H_

#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/storage/store.h"

namespace headgate::service {

class BlockingStore {
 public:
  explicit BlockingStore(Store* store) : store_(store) {}

  absl::Status Write(Store::Work work) {
    std::promise<absl::Status> status;
    store_->Write(std::move(work), [&](absl::Status result) {
      status.set_value(std::move(result));
    });
    return status.get_future().get();
  }
  absl::Status Read(Store::Work work) {
    std::promise<absl::Status> status;
    store_->Read(std::move(work), [&](absl::Status result) {
      status.set_value(std::move(result));
    });
    return status.get_future().get();
  }

  absl::Status Put(std::string_view name, std::string_view value) {
    return Write([=](Transaction& transaction) {
      transaction.Put(Table::kUsers, "app", name, value);
      return true;
    });
  }
  // The value; "(none)"; or why it cannot be read.
  std::string Get(std::string_view name) {
    std::optional<std::string> value;
    const absl::Status status = Read([&](Transaction& transaction) {
      value = transaction.Get(Table::kUsers, "app", name);
      return false;
    });
    return status.ok() ? value.value_or("(none)") : status.ToString();
  }

 private:
  Store* store_;
};

// Keeps a store's writer busy from here on until Release: what is written
// meanwhile queues up.
class HeldWriter {
 public:
  explicit HeldWriter(Store* store) {
    store->Write(
        [this, released = released_.get_future().share()](Transaction&) {
          running_.set_value();
          released.wait();
          return false;
        },
        [](const absl::Status&) {});
    running_.get_future().wait();
  }
  void Release() { released_.set_value(); }

 private:
  std::promise<void> running_, released_;
};

}  // namespace headgate::service

#endif  // HEADGATE_TESTS_SERVICE_STORAGE_BLOCKING_STORE_H_
