// SQLite behind two classes, so that one file knows the library. Nothing here
// knows what Headgate stores.
//
// Errors carry a code that says what to do, and SQLite's own words:
//   RESOURCE_EXHAUSTED   the disk is full: try again later
//   ABORTED              another process holds a lock: try again
//   PERMISSION_DENIED    the file, or the disk, is read-only
//   DATA_LOSS            the file is damaged, or is no database
//   NOT_FOUND            it cannot be opened
//   INTERNAL             the rest, I/O errors first: do not trust the
//                        connection any more, open another one
//
// A connection belongs to one thread at a time. Statements must not outlive
// theirs.
#ifndef HEADGATE_SERVICE_STORAGE_SQLITE_H_
#define HEADGATE_SERVICE_STORAGE_SQLITE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace headgate::service {

class Statement {
 public:
  // Of the ?1, ?2, ... `text` must live until the statement has run.
  void Bind(int index, std::string_view text);
  void Bind(int index, int64_t number);
  // True: a row is there. False: done, or failed (status()); the statement can
  // be run again.
  bool Step();
  // Of the row, until the next Step.
  std::string_view Text(int column) const;
  int64_t Number(int column) const;
  // Leaves what is still to come.
  void Reset();
  // Of the last run.
  const absl::Status& status() const { return status_; }

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  absl::Status status_;
};

class Database {
 public:
  struct Options {
    bool read_only = false;
    // Read-only, and nobody changes it: no log and no lock is looked for.
    bool immutable = false;
    bool create = false;
    std::string vfs;  // the operating system's, if empty
    // How long a lock of another process is waited for.
    int busy_milliseconds = 1000;
  };
  static absl::StatusOr<Database> Open(const std::string& path,
                                       const Options& options);

  absl::StatusOr<Statement> Prepare(std::string_view sql);
  // One or more statements; what they answer is not looked at.
  absl::Status Execute(std::string_view sql);
  // The first column of the first row; "" if there is none.
  absl::StatusOr<std::string> QueryText(std::string_view sql);
  absl::StatusOr<int64_t> QueryNumber(std::string_view sql);

  // False after an error that has rolled back by itself, too.
  bool InTransaction() const;
  bool IsReadOnly() const;
  // Pages in the write-ahead log after this connection's last commit. What
  // stands there is copied into the file by Checkpoint only.
  int64_t log_pages() const { return *log_pages_; }

  // Copies the log into the file as far as the readers allow. With `truncate`
  // it waits for them (a little: ABORTED), and empties the log.
  absl::Status Checkpoint(bool truncate);

  // Copies all of the database, one state of it, into `to`, which has nothing
  // yet. `progress` gets the pages that are done and all pages, and may be
  // empty.
  using Progress = std::function<void(int64_t done, int64_t all)>;
  absl::Status CopyTo(Database* to, const Progress& progress);

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  Database(sqlite3* connection, int busy_milliseconds);
  int busy_milliseconds_;
  std::unique_ptr<int64_t> log_pages_;  // the hook's: it must not move
  std::unique_ptr<sqlite3, Close> connection_;
};

// The library that is linked: "3.40.1".
std::string_view SqliteVersion();

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_SQLITE_H_
