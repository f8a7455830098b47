// The access log: one line of JSON per exchange. docs/access_log.md explains
// every key.
//
// Idea: a worker composes the line into its own buffer and goes on; a thread of
// the log takes the buffers a few times a second and writes them, so a slow
// disk never holds up a loop. What does not fit into a full buffer is dropped
// and counted.
//
// No line holds a credential, a token, or a free text of a query or a body;
// what is kept of those, to decide the call again, is chosen in
// proxy/replay_record.h.
//
//   auto log = AccessLog::Open(config.access_log);
//   std::unique_ptr<AccessLog::Writer> writer = (*log)->NewWriter();
//   writer->Write(record);                    // the worker's thread
//   (*log)->Reopen();                         // after logrotate moved the file
#ifndef HEADGATE_PROXY_ACCESS_LOG_H_
#define HEADGATE_PROXY_ACCESS_LOG_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "config/config.h"
#include "proxy/record.h"

namespace headgate::proxy {

// Thread-safe. Its destructor writes what is left.
class AccessLog {
 public:
  struct Options {
    std::string path = "-";  // "-": standard output; "off": nothing
    bool replay = true;      // lines can be decided again
    size_t buffer_bytes_max = 4 * 1024 * 1024;  // per worker
    // How long a full pipe may hold up Flush, Reopen and the end.
    int pipe_patience_ms = 2000;
  };

  // One worker's end; belongs to its thread. The log must outlive it.
  class Writer {
   public:
    ~Writer();
    void Write(const ExchangeRecord& record);
    // Whether records are written at all, and whether with `replay`.
    bool wants_lines() const { return !log_->off_; }
    bool wants_replay() const { return wants_lines() && log_->options_.replay; }

   private:
    friend class AccessLog;
    explicit Writer(AccessLog* log);

    AccessLog* log_;
    std::string line_;  // scratch
    absl::Mutex mutex_;
    std::string buffer_ ABSL_GUARDED_BY(mutex_);
  };

  // An error names the file and the reason.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(Options options);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  std::unique_ptr<Writer> NewWriter();
  // Opens the path again; on an error the old file stays in use. Nothing to do
  // for "-" and "off".
  absl::Status Reopen();
  // Returns when all lines given before are written or have failed, or when a
  // pipe's reader takes nothing for too long.
  void Flush();

  struct Stats {
    int64_t lines_written = 0;
    int64_t lines_dropped = 0;  // buffer full, or the write failed
    int64_t write_failures = 0;
  };
  Stats GetStats() const;

 private:
  explicit AccessLog(Options options);
  void Run();
  void WriteOut() ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  // Moves a worker's lines to `pending_`.
  void Take(Writer* writer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  // False: the reader takes nothing for now, and the rest waits.
  bool WritePending() ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  void GiveUp(std::string_view rest, int error)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  // Takes what was written from `*rest`. 0: all of it; EAGAIN: the reader takes
  // nothing; or another errno.
  int WriteAll(std::string_view* rest)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  void Wake();

  const Options options_;
  const bool off_;
  // Locked in this order: the file, the list, a writer.
  absl::Mutex file_mutex_;
  int fd_ ABSL_GUARDED_BY(file_mutex_) = -1;
  bool regular_ ABSL_GUARDED_BY(file_mutex_) = false;  // no pipe or terminal
  bool failing_ ABSL_GUARDED_BY(file_mutex_) = false;  // the last write failed
  // The last line got written in part: the next one needs a new line.
  bool line_broken_ ABSL_GUARDED_BY(file_mutex_) = false;
  // Being written: so many bytes of it are.
  std::string pending_ ABSL_GUARDED_BY(file_mutex_);
  size_t written_ ABSL_GUARDED_BY(file_mutex_) = 0;
  absl::Mutex writers_mutex_;
  std::vector<Writer*> writers_ ABSL_GUARDED_BY(writers_mutex_);
  std::string orphaned_ ABSL_GUARDED_BY(writers_mutex_);  // of writers gone
  absl::Mutex wake_mutex_;
  bool wake_ ABSL_GUARDED_BY(wake_mutex_) = false;
  std::atomic<bool> stop_{false};
  std::atomic<int64_t> lines_written_{0};
  std::atomic<int64_t> lines_dropped_{0};
  std::atomic<int64_t> write_failures_{0};
  std::thread thread_;
};

// How many digits the fraction of a line's times has: microseconds.
inline constexpr size_t kLogTimeDigits = 6;

// Appends the line of one exchange, with its newline. Bytes that are not UTF-8
// become U+FFFD; control characters are escaped, so a line is always one line.
void AppendAccessLogLine(const ExchangeRecord& record, std::string* out);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_ACCESS_LOG_H_
