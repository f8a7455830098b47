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

#include "absl/time/time.h"
#include "base/strings.h"

namespace headgate::proxy {
namespace {

// How long a line waits in a worker's buffer at most, unless the disk is slow.
constexpr absl::Duration kWriteInterval = absl::Milliseconds(200);
// A buffer that has grown to this wakes the thread at once.
constexpr size_t kWakeBytes = 256 * 1024;
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
    stop_ = true;
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
  int fd = STDOUT_FILENO;
  if (options_.path != "-") {
    // O_NONBLOCK: a FIFO that nobody reads is an error and not a hang.
    fd = open(options_.path.c_str(),
              O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
  } else if (thread_.joinable()) {
    return absl::OkStatus();
  }
  if (fd < 0) {
    return absl::UnavailableError(
        StrCat(options_.path, ": ", ErrorText(errno)));
  }
  absl::MutexLock lock(&file_mutex_);
  // What was logged so far belongs to the file that was moved away.
  WriteOut();
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
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
  while (!stop_) {
    {
      absl::MutexLock lock(&wake_mutex_);
      wake_mutex_.AwaitWithTimeout(absl::Condition(&wake_), kWriteInterval);
      wake_ = false;
    }
    Flush();
  }
}

void AccessLog::WriteOut() {
  if (fd_ < 0 || !WritePending()) return;
  {
    absl::MutexLock list_lock(&writers_mutex_);
    std::swap(pending_, orphaned_);
    for (Writer* writer : writers_) Take(writer);
  }
  WritePending();
}

void AccessLog::Take(Writer* writer) {
  absl::MutexLock lock(&writer->mutex_);
  if (pending_.empty()) {
    std::swap(pending_, writer->buffer_);
  } else {
    pending_ += writer->buffer_;
    writer->buffer_.clear();
  }
}

bool AccessLog::WritePending() {
  std::string_view repair = line_broken_ ? "\n" : "";
  std::string_view rest = std::string_view(pending_).substr(written_);
  int error = WriteAll(&repair);
  if (error == 0) {
    line_broken_ = false;
    error = WriteAll(&rest);
  }
  const size_t end = pending_.size() - rest.size();
  lines_written_ +=
      LinesIn(std::string_view(pending_).substr(written_, end - written_));
  written_ = end;
  if (error == EAGAIN) return false;
  if (error != 0) GiveUp(rest, error);
  failing_ = error != 0;
  pending_.clear();
  written_ = 0;
  return true;
}

void AccessLog::GiveUp(std::string_view rest, int error) {
  if (written_ > 0) line_broken_ = pending_[written_ - 1] != '\n';
  lines_dropped_ += LinesIn(rest);
  ++write_failures_;
  // The first of a row of failures is told; the rest is in the metrics.
  if (failing_) return;
  spdlog::error("access log {}: {}", options_.path, ErrorText(error));
}

int AccessLog::WriteAll(std::string_view* rest) {
  while (!rest->empty()) {
    // A pipe that is writable takes this much without blocking (pipe(7)).
    const size_t size =
        regular_ ? rest->size() : std::min<size_t>(rest->size(), PIPE_BUF);
    pollfd watched = {fd_, POLLOUT, 0};
    if (!regular_ && poll(&watched, 1, options_.pipe_patience_ms) == 0)
      return EAGAIN;
    const ssize_t written = write(fd_, rest->data(), size);
    if (written >= 0) {
      rest->remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      return errno;
    }
  }
  return 0;
}

}  // namespace headgate::proxy
