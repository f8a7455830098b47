// What the logic sees of a store while it decides: one consistent state, and
// writes that are kept all together or not at all.
//
// Writes are collected here and seen by the reads of the same transaction; they
// reach the store only when the work is done and wants them kept. So a refusal
// halfway leaves nothing, whatever the store is. A store that runs
// transactions optimistically (Redis: WATCH, MULTI, EXEC) may run the same
// work twice: it must not do anything but read, write and fill its answer.
//
// Several works can share a transaction: each begins with a savepoint, to which
// the transaction goes back if what the work wrote is not to be kept.
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

// Where an entry stands: ordered by table, scope and name.
template <typename Text>
struct EntryKey {
  Table table;
  Text scope;
  Text name;
};

struct EntryKeyLess {
  using is_transparent = void;
  template <typename Left, typename Right>
  bool operator()(const EntryKey<Left>& left,
                  const EntryKey<Right>& right) const {
    if (left.table != right.table) return left.table < right.table;
    const int scopes = std::string_view(left.scope).compare(right.scope);
    return scopes != 0 ? scopes < 0 : left.name < right.name;
  }
};

class Transaction {
 public:
  // nullopt: erased.
  using Writes =
      std::map<EntryKey<std::string>, std::optional<std::string>, EntryKeyLess>;

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

  // What was read cannot be right (DATA_LOSS): nothing of this work will be
  // kept.
  void Fail(const absl::Status& status) { status_.Update(status); }

  // Another work begins: what is there already stays.
  void SetSavepoint();
  // Takes back what was written since the savepoint.
  void RollBack();

  // From now on, until the next savepoint, the parts that are read are noted
  // here, some twice.
  void NoteReads(std::vector<StorePart>* parts) { parts_ = parts; }

  // The work's first error: the store's, or one of Fail().
  const absl::Status& status() const { return status_; }
  // The store's first error: it ends all works.
  const absl::Status& store_status() const { return store_status_; }
  const Writes& writes() const { return writes_; }

 private:
  // What stood in the place of a write before it.
  struct Undo {
    Writes::iterator write;
    bool was_written;
    std::optional<std::string> value;  // if it was
  };
  void FailStore(const absl::Status& status);
  void Write(Table table, std::string_view scope, std::string_view name,
             std::optional<std::string> value);

  StoreView* view_;
  Writes writes_;
  std::vector<Undo> undo_;  // since the savepoint, in the order of writing
  absl::Status status_;
  absl::Status store_status_;
  std::vector<StorePart>* parts_ = nullptr;  // null: nobody asks
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_TRANSACTION_H_
