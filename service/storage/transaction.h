// What the logic sees of a store while it decides: one consistent state, and
// writes that are kept all together or not at all.
//
// Writes are collected here and seen by the reads of the same transaction; they
// reach the store only when the work is done and wants them kept. So a refusal
// halfway leaves nothing, whatever the store is. A store that runs
// transactions optimistically (Redis: WATCH, MULTI, EXEC) may run the same
// work twice: it must not do anything but read, write and fill its answer.
//
// An error of the store does not interrupt the logic: reads find nothing from
// then on, status() says why, and the answer is thrown away.
//
// Belongs to the thread that runs the work.
#ifndef HEADGATE_SERVICE_STORAGE_TRANSACTION_H_
#define HEADGATE_SERVICE_STORAGE_TRANSACTION_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "service/storage/table.h"

namespace headgate::service {

struct Entry {
  std::string name;
  std::string value;
};

// The committed state under a transaction: what each store implements.
class StoreView {
 public:
  virtual ~StoreView() = default;
  // Leaves `value` empty (nullopt) if there is no such entry.
  virtual absl::Status Get(Table table, std::string_view scope,
                           std::string_view name,
                           std::optional<std::string>* value) = 0;
  // Appends at most `limit` entries of the scope whose names come after
  // `after`, in the order of their bytes.
  virtual absl::Status Scan(Table table, std::string_view scope,
                            std::string_view after, size_t limit,
                            std::vector<Entry>* entries) = 0;
};

// A part of a store by its hash: one entry, or all entries of a scope.
using StorePart = uint64_t;
StorePart PartOf(Table table, std::string_view scope, std::string_view name);
StorePart PartOf(Table table, std::string_view scope);

class Transaction {
 public:
  // By (table, scope, name); nullopt: erased.
  using Key = std::pair<std::pair<Table, std::string>, std::string>;
  using Writes = std::map<Key, std::optional<std::string>>;

  // `view` must outlive the transaction.
  explicit Transaction(StoreView* view) : view_(view) {}

  std::optional<std::string> Get(Table table, std::string_view scope,
                                 std::string_view name);
  bool Has(Table table, std::string_view scope, std::string_view name) {
    return Get(table, scope, name).has_value();
  }
  // At most `limit` entries whose names come after `after` ("": from the
  // first), in the order of their bytes.
  std::vector<Entry> Scan(Table table, std::string_view scope,
                          std::string_view after, size_t limit);
  // REQUIRES: a name is not empty.
  void Put(Table table, std::string_view scope, std::string_view name,
           std::string_view value);
  void Erase(Table table, std::string_view scope, std::string_view name);

  // Takes over what `inner`, a transaction over this one (TransactionView),
  // wrote: that is how a group of works becomes one.
  void Keep(Transaction inner);
  // What was read cannot be right (DATA_LOSS): nothing will be kept.
  void Fail(const absl::Status& status) { status_.Update(status); }

  // From now on the parts that are read are noted here, some twice.
  void NoteReads(std::vector<StorePart>* parts) { parts_ = parts; }

  // The first error.
  const absl::Status& status() const { return status_; }
  const Writes& writes() const { return writes_; }

 private:
  StoreView* view_;
  Writes writes_;
  absl::Status status_;
  std::vector<StorePart>* parts_ = nullptr;  // null: nobody asks
};

// The state that a transaction sees, its own writes included, as the state
// under another one.
class TransactionView : public StoreView {
 public:
  // `transaction` must outlive the view.
  explicit TransactionView(Transaction* transaction)
      : transaction_(transaction) {}
  absl::Status Get(Table table, std::string_view scope, std::string_view name,
                   std::optional<std::string>* value) override;
  absl::Status Scan(Table table, std::string_view scope, std::string_view after,
                    size_t limit, std::vector<Entry>* entries) override;

 private:
  Transaction* transaction_;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_TRANSACTION_H_
