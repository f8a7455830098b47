#include "proxy/access_log.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/strings.h"

namespace headgate::proxy {
namespace {

// How long a line waits in a worker's buffer at most, unless the disk is slow.
constexpr absl::Duration kWriteInterval = absl::Milliseconds(200);
// A buffer that has grown to this wakes the thread at once.
constexpr size_t kWakeBytes = 256 * 1024;
// A reader of the pipe that takes nothing does not keep us from ending.
constexpr absl::Duration kStopPatience = absl::Seconds(2);
constexpr int kPollMs = 100;

std::string ErrorText(int error) {
  return std::generic_category().message(error);
}

int64_t LinesIn(std::string_view text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

AccessLog::Writer::Writer(AccessLog* log) : log_(log) {}

AccessLog::Writer::~Writer() {
  absl::MutexLock list_lock(&log_->writers_mutex_);
  std::erase(log_->writers_, this);
  absl::MutexLock lock(&mutex_);
  log_->orphaned_ += buffer_;
}

void AccessLog::Writer::Write(const ExchangeRecord& record) {
  if (log_->off_) return;
  line_.clear();
  AppendAccessLogLine(record, &line_);
  bool wake = false;
  {
    // Contended only while the log's thread takes the buffer: a swap.
    absl::MutexLock lock(&mutex_);
    const size_t size = buffer_.size();
    if (size + line_.size() > log_->options_.buffer_bytes_max) {
      log_->lines_dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    buffer_ += line_;
    wake = size < kWakeBytes && buffer_.size() >= kWakeBytes;
  }
  if (wake) log_->Wake();
}

AccessLog::AccessLog(Options options)
    : options_(std::move(options)), off_(options_.path == "off") {}

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(Options options) {
  std::unique_ptr<AccessLog> log(new AccessLog(std::move(options)));
  if (log->off_) return log;
  absl::Status opened = log->Reopen();
  if (!opened.ok()) return opened;
  log->thread_ = std::thread([raw = log.get()] { raw->Run(); });
  return log;
}

AccessLog::~AccessLog() {
  if (thread_.joinable()) {
    stop_by_ = absl::ToUnixMicros(absl::Now() + kStopPatience);
    Wake();
    thread_.join();
    Flush();
  }
  absl::MutexLock lock(&file_mutex_);
  if (fd_ > STDERR_FILENO) close(fd_);
}

std::unique_ptr<AccessLog::Writer> AccessLog::NewWriter() {
  std::unique_ptr<Writer> writer(new Writer(this));
  absl::MutexLock lock(&writers_mutex_);
  writers_.push_back(writer.get());
  return writer;
}

absl::Status AccessLog::Reopen() {
  if (off_) return absl::OkStatus();
  absl::MutexLock lock(&file_mutex_);
  if (options_.path == "-") {
    fd_ = STDOUT_FILENO;
  } else {
    // O_NONBLOCK: a FIFO that nobody reads is an error and not a hang.
    const int fd =
        open(options_.path.c_str(),
             O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
    if (fd < 0) {
      return absl::UnavailableError(
          StrCat(options_.path, ": ", ErrorText(errno)));
    }
    // What was logged so far belongs to the file that was moved away.
    WriteOut();
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }
  struct stat found = {};
  regular_ = fstat(fd_, &found) == 0 && S_ISREG(found.st_mode);
  line_broken_ = false;
  return absl::OkStatus();
}

void AccessLog::Flush() {
  absl::MutexLock lock(&file_mutex_);
  WriteOut();
}

AccessLog::Stats AccessLog::GetStats() const {
  return {lines_written_.load(), lines_dropped_.load(), write_failures_.load()};
}

void AccessLog::Wake() {
  absl::MutexLock lock(&wake_mutex_);
  wake_ = true;
}

void AccessLog::Run() {
  while (stop_by_ == 0) {
    {
      absl::MutexLock lock(&wake_mutex_);
      wake_mutex_.AwaitWithTimeout(absl::Condition(&wake_), kWriteInterval);
      wake_ = false;
    }
    Flush();
  }
}

void AccessLog::WriteOut() {
  if (fd_ < 0) return;
  taken_.clear();
  {
    absl::MutexLock list_lock(&writers_mutex_);
    std::swap(taken_, orphaned_);
    for (Writer* writer : writers_) Take(writer);
  }
  if (taken_.empty()) return;
  std::string_view repair = line_broken_ ? "\n" : "";
  std::string_view rest = taken_;
  int error = WriteAll(&repair);
  if (error == 0) error = WriteAll(&rest);
  const int64_t lost = LinesIn(rest);
  lines_written_ += LinesIn(taken_) - lost;
  const size_t written = taken_.size() - rest.size();
  if (written > 0) line_broken_ = taken_[written - 1] != '\n';
  failing_ = failing_ && error != 0;
  if (error == 0) return;
  lines_dropped_ += lost;
  ++write_failures_;
  // The first of a row of failures is told; the rest is in the metrics.
  if (!failing_) {
    spdlog::error("access log {}: {}", options_.path, ErrorText(error));
  }
  failing_ = true;
}

void AccessLog::Take(Writer* writer) {
  absl::MutexLock lock(&writer->mutex_);
  if (taken_.empty()) {
    std::swap(taken_, writer->buffer_);
  } else {
    taken_ += writer->buffer_;
    writer->buffer_.clear();
  }
}

int AccessLog::WriteAll(std::string_view* rest) {
  while (!rest->empty()) {
    // A pipe that is writable takes this much without blocking (pipe(7)).
    const size_t size =
        regular_ ? rest->size() : std::min<size_t>(rest->size(), PIPE_BUF);
    if (!regular_ && !WaitWritable()) return ETIMEDOUT;
    const ssize_t written = write(fd_, rest->data(), size);
    if (written >= 0) {
      rest->remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      return errno;
    }
  }
  return 0;
}

bool AccessLog::WaitWritable() {
  pollfd watched = {fd_, POLLOUT, 0};
  while (poll(&watched, 1, kPollMs) <= 0) {
    const int64_t stop_by = stop_by_;
    if (stop_by != 0 && absl::ToUnixMicros(absl::Now()) > stop_by) return false;
  }
  return true;
}

}  // namespace headgate::proxy
