// A store in one SQLite file, in WAL mode: readers never wait for the writer,
// nor it for them.
//
//   Write -> queue -> one thread: a group of works is one transaction
//                     (group_writer.h)
//   Read  -> queue -> two threads, each with a connection of its own: a group
//                     of works sees one state, taken after all of them came
//
// The file belongs to this process while the store is open (process_lock.h);
// other programs may read it (`headgate db backup`, the sqlite3 shell).
//
// When the file is read-only, or its folder takes no log, reads are served and
// writes are UNAVAILABLE.
#ifndef HEADGATE_SERVICE_STORAGE_SQLITE_STORE_H_
#define HEADGATE_SERVICE_STORAGE_SQLITE_STORE_H_

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "service/storage/group_writer.h"
#include "service/storage/process_lock.h"
#include "service/storage/sqlite_view.h"
#include "service/storage/store.h"
#include "service/storage/work_queue.h"

namespace headgate::service {

class SqliteStore : public Store {
 public:
  // Works that may wait: more than all connections of a busy gateway hold.
  static constexpr size_t kWaitingMax = 4096;

  struct Options {
    Warn warn;
    std::string vfs;  // for tests: SQLite's name of the file system to use
  };
  // Makes the file, and its folder, where they are missing. The error's message
  // begins with the path and says what to do.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(
      std::string_view path, const Options& options);
  ~SqliteStore() override;

  void Read(Work work, Done done) override;
  void Write(Work work, Done done) override;
  const ChangeLog* changes() const override { return &changes_; }

 private:
  SqliteStore() = default;
  void Start(std::vector<std::unique_ptr<SqliteView>> readers);
  absl::Status OpenFile(const std::string& file);
  void RunReads(std::unique_ptr<SqliteView> view);
  absl::Status ReadOne(std::unique_ptr<SqliteView>* view, Job* job);

  std::string name_;  // the path as it was given, for messages
  std::string path_;
  Database::Options options_;
  Warn warn_;
  ProcessLock lock_;  // given back last
  ChangeLog changes_;
  WorkQueue reads_{kWaitingMax};
  WorkQueue writes_{kWaitingMax};
  std::unique_ptr<GroupWriter> writer_;
  std::vector<std::thread> threads_;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_SQLITE_STORE_H_
