#include "service/storage/schema.h"

#include <array>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "service/storage/table.h"

namespace headgate::service {
namespace {

using Migration = absl::Status (*)(Database* database);

// One table for each Table. A table that is added later is a migration of its
// own, which this one leaves alone.
constexpr std::array<std::string_view, 10> kTablesOfVersion1 = {
    "counters", "users",       "rooms",      "joined",      "mutes",
    "members",  "revocations", "list_items", "list_leaves", "list_counts"};

absl::Status CreateTables(Database* database) {
  for (std::string_view table : kTablesOfVersion1) {
    const absl::Status status = database->Execute(
        StrCat("CREATE TABLE ", table,
               " (scope TEXT NOT NULL, name TEXT NOT NULL,"
               " value TEXT NOT NULL, PRIMARY KEY (scope, name))"
               " STRICT, WITHOUT ROWID"));
    if (!status.ok()) return status;
  }
  return database->Execute(StrCat("PRAGMA application_id=", kApplicationId));
}

constexpr std::array<Migration, 1> kMigrations = {&CreateTables};

absl::Status Apply(Database* database, int64_t version) {
  absl::Status status = database->Execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  status = kMigrations[static_cast<size_t>(version)](database);
  if (status.ok()) {
    status = database->Execute(StrCat("PRAGMA user_version=", version + 1));
  }
  if (status.ok()) status = database->Execute("COMMIT");
  if (database->InTransaction()) database->Execute("ROLLBACK").IgnoreError();
  return status;
}

}  // namespace

int64_t SchemaVersion() { return std::ssize(kMigrations); }

absl::Status CheckIdentity(Database* database) {
  const auto id = database->QueryNumber("PRAGMA application_id");
  if (!id.ok()) return id.status();
  const auto version = database->QueryNumber("PRAGMA user_version");
  if (!version.ok()) return version.status();
  const auto objects =
      database->QueryNumber("SELECT count(*) FROM sqlite_schema");
  if (!objects.ok()) return objects.status();
  if (*id != kApplicationId && (*objects > 0 || *version > 0)) {
    return absl::FailedPreconditionError(
        "is a database of another program; choose another path");
  }
  if (*version > SchemaVersion()) {
    return absl::FailedPreconditionError(
        StrCat("was written by a newer Headgate (schema ", *version,
               ", this one knows ", SchemaVersion(),
               "); run that version, or restore an older backup"));
  }
  return absl::OkStatus();
}

absl::Status Migrate(Database* database) {
  const auto version = database->QueryNumber("PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version < SchemaVersion() && database->IsReadOnly()) {
    return absl::PermissionDeniedError(
        StrCat("has schema ", *version, " and must be brought to ",
               SchemaVersion(), ", but is read-only"));
  }
  for (int64_t next = *version; next < SchemaVersion(); ++next) {
    const absl::Status status = Apply(database, next);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckIntegrity(Database* database, bool thorough) {
  auto check = database->Prepare(thorough ? "PRAGMA integrity_check(100)"
                                          : "PRAGMA quick_check(1)");
  if (!check.ok()) return check.status();
  std::string found;
  while (check->Step()) {
    StrAppend(&found, found.empty() ? "" : "\n", check->Text(0));
  }
  if (!check->status().ok()) return check->status();
  if (found == "ok") return absl::OkStatus();
  return absl::DataLossError(found);
}

}  // namespace headgate::service
