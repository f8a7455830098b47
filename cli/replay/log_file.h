// The lines of a log, one at a time, and the calls of them in the order of
// their times.
//
// Workers write their lines in batches, and a line comes when its exchange
// ends, so the file is not in order. It is read once, and calls wait in a heap
// until a line tells of a call that came ten seconds later, or until 64 MiB of
// them wait: memory stays bounded whatever the log's size, a pipe can be read,
// and only an exchange of more than ten seconds comes late. Late ones are
// counted, and decided when they come.
//
// Belongs to one thread.
#ifndef HEADGATE_CLI_REPLAY_LOG_FILE_H_
#define HEADGATE_CLI_REPLAY_LOG_FILE_H_

#include <cstdint>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/replay/call.h"

namespace headgate::cli {

class LogFile {
 public:
  static constexpr size_t kLineBytesMax = 256 * 1024;

  // "-": standard input.
  static absl::StatusOr<std::unique_ptr<LogFile>> Open(const std::string& path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // The next line without its end; valid until the next call. False: there is
  // none, or status() is an error: it cannot be read, or a line is too long.
  bool Next(std::string_view* line);
  const absl::Status& status() const { return status_; }

  int64_t line() const { return line_; }  // of the last one, from 1
  bool ended() const { return ended_; }   // the last one had its newline
  int64_t bytes_read() const { return bytes_read_; }
  int64_t bytes() const { return bytes_; }  // of the file; 0: not known

 private:
  LogFile() = default;
  bool Fill();

  int fd_ = -1;
  std::string buffer_;
  size_t begin_ = 0, end_ = 0;
  bool at_end_ = false, ended_ = true;
  int64_t line_ = 0, bytes_read_ = 0, bytes_ = 0;
  absl::Status status_;
};

class CallOrder {
 public:
  static constexpr int64_t kWindowUs = 10'000'000;
  static constexpr size_t kHeldBytesMax = 64 << 20;

  // Where the next call is to be read to; it counts once Push is called.
  ReplayCall* Slot();
  void Push();
  // The earliest call, if nothing before it can come, or all of them are asked
  // for; null otherwise. Live until the next call of Slot or Pop.
  const ReplayCall* Pop(bool all);

  // Calls that came when a later one was gone already.
  int64_t late() const { return late_; }

 private:
  struct Entry {
    int64_t decided_us, line;
    size_t slot;
    bool operator<(const Entry& other) const {  // the earliest on top
      return decided_us != other.decided_us ? decided_us > other.decided_us
                                            : line > other.line;
    }
  };

  std::vector<std::unique_ptr<ReplayCall>> calls_;
  std::vector<size_t> free_;
  std::priority_queue<Entry> heap_;
  size_t held_bytes_ = 0;
  size_t popped_ = kNone;
  int64_t newest_us_ = INT64_MIN, gone_us_ = INT64_MIN;
  int64_t late_ = 0;
  static constexpr size_t kNone = SIZE_MAX;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_REPLAY_LOG_FILE_H_
