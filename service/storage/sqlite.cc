#include "service/storage/sqlite.h"

#include <sqlite3.h>

#include <utility>

#include "base/percent.h"
#include "base/strings.h"

namespace headgate::service {
namespace {

// Pages that are copied between two reports of progress.
constexpr int kPagesPerStep = 1024;
// How long a checkpoint waits for readers: ours are done in less, and writes
// wait meanwhile.
constexpr int kCheckpointMilliseconds = 100;

absl::StatusCode CodeOf(int result) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kAborted;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_CANTOPEN:
      return absl::StatusCode::kNotFound;
    default:
      return absl::StatusCode::kInternal;
  }
}

absl::Status StatusOf(int result, const char* message) {
  if (result == SQLITE_OK) return absl::OkStatus();
  return absl::Status(CodeOf(result),
                      ToAbsl(StrCat(message, " (SQLite ", result, ")")));
}

absl::Status LastError(sqlite3* connection) {
  return StatusOf(sqlite3_extended_errcode(connection),
                  sqlite3_errmsg(connection));
}

int AccessOf(const Database::Options& options) {
  if (options.immutable) return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  if (options.read_only) return SQLITE_OPEN_READONLY;
  return SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0);
}

// sqlite.org/uri.html
std::string ImmutableUri(std::string_view path) {
  std::string uri = "file:";
  PercentEncode(path, &uri);
  return StrCat(uri, "?immutable=1");
}

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const {
    sqlite3_backup_finish(backup);
  }
};

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::Bind(int index, std::string_view text) {
  // A null pointer would be taken for NULL.
  sqlite3_bind_text64(statement_.get(), index, text.empty() ? "" : text.data(),
                      text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::Bind(int index, int64_t number) {
  sqlite3_bind_int64(statement_.get(), index, number);
}

bool Statement::Step() {
  const int result = sqlite3_step(statement_.get());
  status_ = absl::OkStatus();
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) {
    status_ = LastError(sqlite3_db_handle(statement_.get()));
  }
  Reset();
  return false;
}

std::string_view Statement::Text(int column) const {
  const auto* const text = reinterpret_cast<const char*>(
      sqlite3_column_text(statement_.get(), column));
  if (text == nullptr) return {};
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return std::string_view(text, static_cast<size_t>(size));
}

int64_t Statement::Number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

void Statement::Reset() { sqlite3_reset(statement_.get()); }

void Database::Close::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

Database::Database(sqlite3* connection, int busy_milliseconds)
    : busy_milliseconds_(busy_milliseconds),
      log_pages_(std::make_unique<int64_t>(0)),
      connection_(connection) {}

absl::StatusOr<Database> Database::Open(const std::string& path,
                                        const Options& options) {
  const std::string name = options.immutable ? ImmutableUri(path) : path;
  sqlite3* connection = nullptr;
  const int result = sqlite3_open_v2(
      name.c_str(), &connection,
      AccessOf(options) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      options.vfs.empty() ? nullptr : options.vfs.c_str());
  Database database(connection, options.busy_milliseconds);
  if (connection == nullptr) return StatusOf(result, "no memory");
  if (result != SQLITE_OK) return LastError(connection);
  sqlite3_busy_timeout(connection, options.busy_milliseconds);
  // Takes the place of SQLite's own checkpoints at every thousandth page.
  sqlite3_wal_hook(
      connection,
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int64_t*>(pages) = count;
        return SQLITE_OK;
      },
      database.log_pages_.get());
  return database;
}

absl::StatusOr<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(
      connection_.get(), sql.data(), static_cast<int>(sql.size()),
      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) return LastError(connection_.get());
  return Statement(statement);
}

absl::Status Database::Execute(std::string_view sql) {
  const int result = sqlite3_exec(connection_.get(), std::string(sql).c_str(),
                                  nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? absl::OkStatus() : LastError(connection_.get());
}

absl::StatusOr<std::string> Database::QueryText(std::string_view sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  std::string text;
  if (statement->Step()) text = statement->Text(0);
  if (!statement->status().ok()) return statement->status();
  return text;
}

absl::StatusOr<int64_t> Database::QueryNumber(std::string_view sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  const int64_t number = statement->Step() ? statement->Number(0) : 0;
  if (!statement->status().ok()) return statement->status();
  return number;
}

bool Database::InTransaction() const {
  return sqlite3_get_autocommit(connection_.get()) == 0;
}

bool Database::IsReadOnly() const {
  return sqlite3_db_readonly(connection_.get(), "main") == 1;
}

absl::Status Database::Checkpoint(bool truncate) {
  sqlite3_busy_timeout(connection_.get(), kCheckpointMilliseconds);
  const int result = sqlite3_wal_checkpoint_v2(
      connection_.get(), "main",
      truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
      nullptr, nullptr);
  const absl::Status status =
      result == SQLITE_OK ? absl::OkStatus() : LastError(connection_.get());
  sqlite3_busy_timeout(connection_.get(), busy_milliseconds_);
  return status;
}

absl::Status Database::CopyTo(Database* to, const Progress& progress) {
  // One transaction around all steps: else every write of another process would
  // make the copy begin anew.
  absl::Status status = Execute("BEGIN; SELECT count(*) FROM sqlite_schema");
  if (!status.ok()) return status;
  std::unique_ptr<sqlite3_backup, FinishBackup> backup(sqlite3_backup_init(
      to->connection_.get(), "main", connection_.get(), "main"));
  if (backup == nullptr) {
    status = LastError(to->connection_.get());
  }
  int result = SQLITE_OK;
  while (status.ok() && result == SQLITE_OK) {
    result = sqlite3_backup_step(backup.get(), kPagesPerStep);
    if (result != SQLITE_OK && result != SQLITE_DONE) {
      status = StatusOf(result, sqlite3_errstr(result));
    }
    const int all = sqlite3_backup_pagecount(backup.get());
    const int left = sqlite3_backup_remaining(backup.get());
    if (progress && status.ok()) progress(all - left, all);
  }
  backup.reset();
  status.Update(Execute("COMMIT"));
  return status;
}

std::string_view SqliteVersion() { return sqlite3_libversion(); }

}  // namespace headgate::service
