#include "service/storage/maintenance.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "base/strings.h"
#include "service/storage/database_file.h"
#include "service/storage/schema.h"
#include "service/storage/sqlite.h"
#include "service/storage/table.h"

namespace headgate::service {
namespace {

namespace fs = std::filesystem;

// A database that is only read, as it is on the disk or in its log.
class Source {
 public:
  static absl::StatusOr<Source> Open(std::string_view path) {
    const auto file = FindFile(path);
    if (!file.ok()) return file.status();
    const bool immutable = StandsStill(*file);
    auto database = Database::Open(
        *file, {.read_only = true, .immutable = immutable, .vfs = ""});
    if (!database.ok()) return database.status();
    absl::Status status = CheckIdentity(&*database);
    if (status.ok()) status = CheckNotEmpty(&*database);
    if (!status.ok()) return status;
    return Source(*file, immutable, *std::move(database));
  }

  Database& database() { return database_; }
  // Whether all that was read was of one state.
  absl::Status CheckUnchanged() const {
    if (!immutable_ || StandsStill(file_)) return absl::OkStatus();
    return absl::AbortedError(
        "another user has begun to write to it; try again");
  }

 private:
  Source(std::string file, bool immutable, Database database)
      : file_(std::move(file)),
        immutable_(immutable),
        database_(std::move(database)) {}

  // A server makes a database of an empty file; here it was not meant.
  static absl::Status CheckNotEmpty(Database* database) {
    const auto version = database->QueryNumber("PRAGMA user_version");
    if (!version.ok()) return version.status();
    if (*version > 0) return absl::OkStatus();
    return absl::FailedPreconditionError("is empty: not a Headgate database");
  }

  std::string file_;
  bool immutable_;
  Database database_;
};

// Copies, and checks the copy, which keeps no log: it is one file. Both files
// are closed when it returns.
absl::Status CopyDatabase(Source* from, const std::string& to,
                          const Database::Progress& progress) {
  auto copy = Database::Open(to, {.vfs = ""});
  if (!copy.ok()) return copy.status();
  absl::Status status = from->database().CopyTo(&*copy, progress);
  if (status.ok()) status = from->CheckUnchanged();
  if (status.ok()) status = copy->Execute("PRAGMA journal_mode=DELETE");
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
  auto from = Source::Open(path);
  if (!from.ok()) return Explain(path, from.status());
  const PartialFile partial(to);
  const auto file = PrepareFile(partial.name());
  if (!file.ok()) return Explain(to, file.status());
  absl::Status status = CopyDatabase(&*from, *file, progress);
  // What is damaged in the copy was so before.
  if (absl::IsDataLoss(status)) return Explain(path, status);
  if (status.ok()) status = partial.Finish();
  return status.ok() ? status : Explain(to, status);
}

absl::Status CheckDatabase(std::string_view path) {
  auto source = Source::Open(path);
  absl::Status status = source.status();
  if (status.ok()) {
    status = CheckIntegrity(&source->database(), /*thorough=*/true);
  }
  if (status.ok()) status = source->CheckUnchanged();
  if (status.ok()) return status;
  // This is what the advice for a damaged file leads to.
  if (!absl::IsDataLoss(status)) return Explain(path, status);
  return absl::Status(status.code(),
                      ToAbsl(StrCat(path, ": ", FromAbsl(status.message()))));
}

absl::StatusOr<DatabaseStats> GetDatabaseStats(std::string_view path) {
  auto source = Source::Open(path);
  if (!source.ok()) return Explain(path, source.status());
  Database* const database = &source->database();
  DatabaseStats stats;
  // All numbers of one state.
  absl::Status status = database->Execute("BEGIN");
  if (status.ok()) status = ReadHeader(database, &stats);
  if (status.ok()) status = CountEntries(database, &stats);
  if (status.ok()) status = source->CheckUnchanged();
  if (!status.ok()) return Explain(path, status);
  std::error_code none;
  const std::uintmax_t log =
      fs::file_size(StrCat(FindFile(path).value_or(""), "-wal"), none);
  stats.log_bytes = none ? 0 : static_cast<int64_t>(log);
  return stats;
}

}  // namespace headgate::service
