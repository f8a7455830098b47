// What makes a SQLite file a database of Headgate: its application id, the
// version of its schema and the migrations that lead there, and that it is
// whole. Called once at start, by whoever opens the file.
//
// A migration is applied in one transaction with the version's change. The
// version is `PRAGMA user_version`: the number of migrations that a file has
// seen.
//
// Messages are about the file but do not name it: the caller puts the path
// before them.
#ifndef HEADGATE_SERVICE_STORAGE_SCHEMA_H_
#define HEADGATE_SERVICE_STORAGE_SCHEMA_H_

#include <cstdint>

#include "absl/status/status.h"
#include "service/storage/sqlite.h"

namespace headgate::service {

// "HdGt": what `file` and SQLite's tools see in the header.
inline constexpr int64_t kApplicationId = 0x48644774;

int64_t SchemaVersion();  // of this program

// FAILED_PRECONDITION: another program's database, or one of a newer Headgate.
// An empty file is fine.
absl::Status CheckIdentity(Database* database);

// Brings an older file (or an empty one) to this program's schema.
// PERMISSION_DENIED: it is read-only and would have to be changed.
absl::Status Migrate(Database* database);

// DATA_LOSS with the first thing that is wrong. Reads the whole file.
// `thorough` compares the contents of indexes too.
absl::Status CheckIntegrity(Database* database, bool thorough);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_SCHEMA_H_
