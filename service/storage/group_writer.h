// Group commit: all works that have queued up become one transaction with one
// sync, and none of them is answered before it. While that sync runs the next
// group queues up, so that the groups grow with the load.
//
// Each work sees what the works before it in the group kept (they share one
// transaction), and all that was kept is written once, in the order of the
// tables: a row that fifty works changed is one row. If any of it fails,
// all of it does, and every work of the group is answered UNAVAILABLE.
//
// After a full disk the next group just tries again. After any other error,
// above all a failed sync, nothing is known about what the system still holds
// of the log: the connection is closed, another one is opened, and no group is
// run before a checkpoint has copied all that was committed into the file and
// synced it there.
//
// The log is copied into the file at every thousandth page, after the group's
// answers; if readers keep it from starting anew, it is emptied by force at
// some 16 MiB.
//
// Belongs to the writer's thread.
#ifndef HEADGATE_SERVICE_STORAGE_GROUP_WRITER_H_
#define HEADGATE_SERVICE_STORAGE_GROUP_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "service/storage/change_log.h"
#include "service/storage/health_report.h"
#include "service/storage/sqlite_view.h"
#include "service/storage/work_queue.h"

namespace headgate::service {

class GroupWriter {
 public:
  static constexpr size_t kGroupMax = 512;

  // `view` is a connection to `path`, opened with `options`. `changes` outlives
  // the writer.
  GroupWriter(std::string path, Database::Options options, HealthReport health,
              std::unique_ptr<SqliteView> view, ChangeLog* changes);

  // Answers every job of the group.
  void Run(std::vector<Job> group);

 private:
  absl::Status Commit(std::vector<Job>* group);
  absl::Status WriteGroup(std::vector<Job>* group);
  absl::Status Reopen();
  void BoundLog();

  const std::string path_;
  const Database::Options options_;
  HealthReport health_;
  std::unique_ptr<SqliteView> view_;  // null: has to be opened again
  ChangeLog* changes_;
  int64_t copied_pages_ = 0;  // of the log, by the last checkpoint
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_GROUP_WRITER_H_
