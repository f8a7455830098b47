// The store of tests and of trials: everything is gone with the process.
//
// Each scope is an ordered map of its own, so that an entry costs the same to
// find however many scopes there are. Works run inside the call, writes one at
// a time, reads beside each other; `done` runs after the lock is given back, so
// that it may call the store again.
//
// Thread-safe. It has no errors of its own.
#ifndef HEADGATE_SERVICE_STORAGE_MEMORY_STORE_H_
#define HEADGATE_SERVICE_STORAGE_MEMORY_STORE_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/strings.h"
#include "service/storage/store.h"

namespace headgate::service {

class MemoryStore : public Store {
 public:
  void Read(Work work, Done done) override;
  void Write(Work work, Done done) override;
  const ChangeLog* changes() const override { return &changes_; }

 private:
  // Its owner holds the lock.
  class Entries : public StoreView {
   public:
    absl::Status Get(Table table, std::string_view scope, std::string_view name,
                     std::optional<std::string>* value) override;
    absl::Status Scan(Table table, std::string_view scope,
                      std::string_view after, size_t limit,
                      std::vector<Entry>* entries) override;
    void Apply(const Transaction::Writes& writes);

   private:
    using Scope = std::map<std::string, std::string, std::less<>>;
    std::array<StringMap<Scope>, kTables> tables_;
  };

  absl::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  ChangeLog changes_;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_MEMORY_STORE_H_
