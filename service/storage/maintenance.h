// What `headgate db` does with a database file, while a server runs on it or
// not: each opens the file to read only, and takes no lock that a server would
// wait for. A file that nobody can change is read without its log.
//
// Errors' messages begin with the path.
#ifndef HEADGATE_SERVICE_STORAGE_MAINTENANCE_H_
#define HEADGATE_SERVICE_STORAGE_MAINTENANCE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace headgate::service {

// Copies one committed state of the database into a new file, readable for its
// owner only. It gets its name when it is whole, checked and synced, and needs
// no other file beside it. `progress` gets pages.
absl::Status BackUpDatabase(
    std::string_view path, std::string_view to,
    const std::function<void(int64_t done, int64_t all)>& progress);

// DATA_LOSS: what is wrong, a line each. FAILED_PRECONDITION: it is empty, or
// not one of ours.
absl::Status CheckDatabase(std::string_view path);

struct DatabaseStats {
  int64_t schema = 0;
  int64_t page_bytes = 0;
  int64_t pages = 0;
  int64_t free_pages = 0;
  int64_t log_bytes = 0;  // committed, and not yet copied into the file
  std::vector<std::pair<std::string, int64_t>> entries;  // by table
};
absl::StatusOr<DatabaseStats> GetDatabaseStats(std::string_view path);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_MAINTENANCE_H_
