#include "service/storage/sqlite_view.h"

#include <utility>

#include "base/strings.h"

namespace headgate::service {
namespace {

// FULL: a commit is synced before it returns. No memory mapping: a failed read
// of a mapped file is a signal instead of an error. The log is cut to 16 MiB
// when it starts anew.
constexpr std::string_view kSettings =
    "PRAGMA synchronous=FULL;"
    "PRAGMA mmap_size=0;"
    "PRAGMA journal_size_limit=16777216;"
    "PRAGMA cache_size=-16384;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON;";

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteView>> SqliteView::Open(
    const std::string& path, const Database::Options& options, bool reader) {
  absl::StatusOr<Database> database = Database::Open(path, options);
  if (!database.ok()) return database.status();
  const absl::Status status = database->Execute(
      StrCat(kSettings, reader ? "PRAGMA query_only=ON" : ""));
  if (!status.ok()) return status;
  // The constructor is private.
  return std::unique_ptr<SqliteView>(new SqliteView(*std::move(database)));
}

absl::StatusOr<Statement*> SqliteView::Prepared(Cache* cache, Table table,
                                                std::string_view before,
                                                std::string_view after) {
  std::optional<Statement>& slot = (*cache)[static_cast<size_t>(table)];
  if (!slot) {
    auto statement =
        database_.Prepare(StrCat(before, " ", TableName(table), " ", after));
    if (!statement.ok()) return statement.status();
    slot = *std::move(statement);
  }
  return &*slot;
}

absl::Status SqliteView::Get(Table table, std::string_view scope,
                             std::string_view name,
                             std::optional<std::string>* value) {
  const auto statement =
      Prepared(&get_, table, "SELECT value FROM", "WHERE scope=?1 AND name=?2");
  if (!statement.ok()) return statement.status();
  (*statement)->Bind(1, scope);
  (*statement)->Bind(2, name);
  if ((*statement)->Step()) {
    *value = (*statement)->Text(0);
    (*statement)->Reset();
  }
  return (*statement)->status();
}

absl::Status SqliteView::Scan(Table table, std::string_view scope,
                              std::string_view after, size_t limit,
                              std::vector<Entry>* entries) {
  const auto statement =
      Prepared(&scan_, table, "SELECT name, value FROM",
               "WHERE scope=?1 AND name>?2 ORDER BY name LIMIT ?3");
  if (!statement.ok()) return statement.status();
  (*statement)->Bind(1, scope);
  (*statement)->Bind(2, after);
  (*statement)->Bind(3, static_cast<int64_t>(limit));
  while ((*statement)->Step()) {
    entries->push_back({std::string((*statement)->Text(0)),
                        std::string((*statement)->Text(1))});
  }
  return (*statement)->status();
}

absl::Status SqliteView::Apply(const Transaction::Writes& writes) {
  for (const auto& [key, value] : writes) {
    const auto statement =
        value ? Prepared(&put_, key.table, "INSERT INTO",
                         "VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE "
                         "SET value=excluded.value")
              : Prepared(&erase_, key.table, "DELETE FROM",
                         "WHERE scope=?1 AND name=?2");
    if (!statement.ok()) return statement.status();
    (*statement)->Bind(1, key.scope);
    (*statement)->Bind(2, key.name);
    if (value) (*statement)->Bind(3, *value);
    (*statement)->Step();
    if (!(*statement)->status().ok()) return (*statement)->status();
  }
  return absl::OkStatus();
}

absl::Status SqliteView::BeginRead() { return database_.Execute("BEGIN"); }

absl::Status SqliteView::BeginWrite() {
  return database_.Execute("BEGIN IMMEDIATE");
}

absl::Status SqliteView::Commit() { return database_.Execute("COMMIT"); }

void SqliteView::Rollback() {
  if (database_.InTransaction()) database_.Execute("ROLLBACK").IgnoreError();
}

}  // namespace headgate::service
