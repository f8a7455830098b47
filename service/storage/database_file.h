// The database's file before SQLite sees it: its folder and the file itself are
// made where they are missing, for the owner only (0700, 0600; SQLite gives its
// log the same mode), and the path is freed of links, so that one file has one
// lock.
//
// Messages do not begin with the path: Explain puts it there as the operator
// wrote it.
#ifndef HEADGATE_SERVICE_STORAGE_DATABASE_FILE_H_
#define HEADGATE_SERVICE_STORAGE_DATABASE_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace headgate::service {

// The absolute path. FAILED_PRECONDITION: it is no file, or cannot be made.
absl::StatusOr<std::string> PrepareFile(std::string_view path);

// The absolute path of a file that must be there. NOT_FOUND.
absl::StatusOr<std::string> FindFile(std::string_view path);

// Whether nothing can be made beside the file, and no log lies there. SQLite
// makes a log and shared memory even to read, and would refuse such a file; but
// since it cannot change, it may be read without either
// (sqlite.org/wal.html#read_only_databases). Another user who may write could
// still open it: whoever copies it asks again at the end.
bool StandsStill(const std::string& path);

// A new name in a folder is on disk when the folder is synced.
void SyncFolder(const std::string& folder);

// The status with the path before its message and, where the file is damaged
// or its log cannot be read, what to do behind it.
absl::Status Explain(std::string_view path, const absl::Status& status);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_DATABASE_FILE_H_
