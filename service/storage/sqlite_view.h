// The store's entries through one connection to its file: what a transaction
// sees, and how its writes get there. Statements are prepared once each.
//
// Belongs to one thread at a time.
#ifndef HEADGATE_SERVICE_STORAGE_SQLITE_VIEW_H_
#define HEADGATE_SERVICE_STORAGE_SQLITE_VIEW_H_

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/storage/sqlite.h"
#include "service/storage/transaction.h"

namespace headgate::service {

class SqliteView : public StoreView {
 public:
  // Opens the file with the settings that durability needs. A reader refuses
  // to write.
  static absl::StatusOr<std::unique_ptr<SqliteView>> Open(
      const std::string& path, const Database::Options& options, bool reader);

  absl::Status Get(Table table, std::string_view scope, std::string_view name,
                   std::optional<std::string>* value) override;
  absl::Status Scan(Table table, std::string_view scope, std::string_view after,
                    size_t limit, std::vector<Entry>* entries) override;
  absl::Status Apply(const Transaction::Writes& writes);

  // Read: what follows sees one state, whatever is committed meanwhile.
  absl::Status BeginRead();
  // Write: nobody else writes until the end.
  absl::Status BeginWrite();
  absl::Status Commit();
  // Nothing was kept; also after an error that has rolled back by itself.
  void Rollback();

  Database& database() { return database_; }

 private:
  using Cache = std::array<std::optional<Statement>, kTables>;
  explicit SqliteView(Database database) : database_(std::move(database)) {}
  absl::StatusOr<Statement*> Prepared(Cache* cache, Table table,
                                      std::string_view before,
                                      std::string_view after);

  Database database_;
  Cache get_, scan_, put_, erase_;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_SQLITE_VIEW_H_
