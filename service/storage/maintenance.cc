#include "service/storage/maintenance.h"

#include <filesystem>
#include <system_error>

#include "base/strings.h"
#include "service/storage/database_file.h"
#include "service/storage/schema.h"
#include "service/storage/sqlite.h"
#include "service/storage/table.h"

namespace headgate::service {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<Database> OpenToRead(std::string_view path) {
  const auto file = FindFile(path);
  if (!file.ok()) return file.status();
  auto database = Database::Open(*file, {.read_only = true, .vfs = ""});
  if (!database.ok()) return database.status();
  const absl::Status status = CheckIdentity(&*database);
  if (!status.ok()) return status;
  return database;
}

// Copies, and checks the copy. Both files are closed when it returns.
absl::Status CopyDatabase(Database* from, const std::string& to,
                          const Database::Progress& progress) {
  auto copy = Database::Open(to, {.vfs = ""});
  if (!copy.ok()) return copy.status();
  const absl::Status status = from->CopyTo(&*copy, progress);
  if (!status.ok()) return status;
  return CheckIntegrity(&*copy, /*thorough=*/false);
}

// A file that is removed unless it got its final name.
class PartialFile {
 public:
  explicit PartialFile(std::string_view final_name)
      : final_name_(final_name), name_(StrCat(final_name, ".part")) {
    Remove();  // of a backup that was interrupted
  }
  ~PartialFile() { Remove(); }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::string& name() const { return name_; }
  absl::Status Finish() const {
    std::error_code error;
    fs::rename(name_, final_name_, error);
    if (error) return absl::InternalError(error.message());
    SyncFolder(fs::absolute(final_name_).parent_path().string());
    return absl::OkStatus();
  }

 private:
  void Remove() const {
    std::error_code ignored;
    fs::remove(name_, ignored);
  }

  const std::string final_name_;
  const std::string name_;
};

absl::Status CountEntries(Database* database, DatabaseStats* stats) {
  for (int table = 0; table < kTables; ++table) {
    const std::string_view name = TableName(static_cast<Table>(table));
    const auto count =
        database->QueryNumber(StrCat("SELECT count(*) FROM ", name));
    if (!count.ok()) return count.status();
    stats->entries.emplace_back(name, *count);
  }
  return absl::OkStatus();
}

absl::Status ReadHeader(Database* database, DatabaseStats* stats) {
  const std::pair<std::string_view, int64_t*> numbers[] = {
      {"PRAGMA user_version", &stats->schema},
      {"PRAGMA page_size", &stats->page_bytes},
      {"PRAGMA page_count", &stats->pages},
      {"PRAGMA freelist_count", &stats->free_pages},
  };
  for (const auto& [pragma, number] : numbers) {
    const auto read = database->QueryNumber(pragma);
    if (!read.ok()) return read.status();
    *number = *read;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BackUpDatabase(
    std::string_view path, std::string_view to,
    const std::function<void(int64_t done, int64_t all)>& progress) {
  std::error_code error;
  if (fs::exists(fs::path(to), error)) {
    return absl::FailedPreconditionError(
        StrCat(to, ": exists already; choose another name"));
  }
  auto from = OpenToRead(path);
  if (!from.ok()) return Explain(path, from.status());
  const PartialFile partial(to);
  const auto file = PrepareFile(partial.name());
  if (!file.ok()) return Explain(to, file.status());
  absl::Status status = CopyDatabase(&*from, *file, progress);
  if (status.ok()) status = partial.Finish();
  return status.ok() ? status : Explain(to, status);
}

absl::Status CheckDatabase(std::string_view path) {
  auto database = OpenToRead(path);
  absl::Status status = database.status();
  if (status.ok()) status = CheckIntegrity(&*database, /*thorough=*/true);
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      ToAbsl(StrCat(path, ": ", FromAbsl(status.message()))));
}

absl::StatusOr<DatabaseStats> GetDatabaseStats(std::string_view path) {
  auto database = OpenToRead(path);
  if (!database.ok()) return Explain(path, database.status());
  DatabaseStats stats;
  // All numbers of one state.
  absl::Status status = database->Execute("BEGIN");
  if (status.ok()) status = ReadHeader(&*database, &stats);
  if (status.ok()) status = CountEntries(&*database, &stats);
  if (!status.ok()) return Explain(path, status);
  std::error_code none;
  const std::uintmax_t log =
      fs::file_size(StrCat(FindFile(path).value_or(""), "-wal"), none);
  stats.log_bytes = none ? 0 : static_cast<int64_t>(log);
  return stats;
}

}  // namespace headgate::service
