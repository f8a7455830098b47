#include "cli/replay/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/strings.h"

namespace headgate::cli {
namespace {

constexpr size_t kReadBytes = 1 << 20;

absl::Status SystemError(int error) {
  return absl::UnavailableError(std::generic_category().message(error));
}

// What a call holds, about.
size_t BytesOf(const ReplayCall& call) {
  return sizeof(call) + call.path.size() + call.query.size() +
         call.body.size() + call.request_id.size() + call.operation.size() +
         call.app.size() + call.rule.size();
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogFile>> LogFile::Open(
    const std::string& path) {
  std::unique_ptr<LogFile> file(new LogFile);
  file->fd_ =
      path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file->fd_ < 0) return SystemError(errno);
  struct stat found = {};
  if (fstat(file->fd_, &found) == 0) {
    if (S_ISDIR(found.st_mode)) return SystemError(EISDIR);
    if (S_ISREG(found.st_mode)) file->bytes_ = found.st_size;
  }
  return file;
}

LogFile::~LogFile() {
  if (fd_ > STDERR_FILENO) close(fd_);
}

// Behind what is there. False: there is no more.
bool LogFile::Fill() {
  if (at_end_ || !status_.ok()) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kReadBytes) buffer_.resize(end_ + kReadBytes);
  ssize_t count;
  do {
    count = read(fd_, buffer_.data() + end_, kReadBytes);
  } while (count < 0 && errno == EINTR);
  if (count < 0) status_ = SystemError(errno);
  if (count <= 0) {
    at_end_ = true;
    return false;
  }
  end_ += static_cast<size_t>(count);
  bytes_read_ += count;
  return true;
}

bool LogFile::Next(std::string_view* line) {
  size_t searched = begin_;
  while (true) {
    const std::string_view rest(buffer_.data() + searched, end_ - searched);
    const size_t newline = rest.find('\n');
    if (newline != rest.npos) {
      ++line_;
      *line = std::string_view(buffer_.data() + begin_,
                               searched + newline - begin_);
      begin_ = searched + newline + 1;
      return true;
    }
    if (end_ - begin_ > kLineBytesMax) {
      ++line_;
      status_ = absl::InvalidArgumentError(
          StrCat("a line of more than ", kLineBytesMax / 1024, " KiB"));
      return false;
    }
    const size_t had = end_ - begin_;
    if (!Fill()) break;
    searched = begin_ + had;
  }
  if (!status_.ok() || begin_ == end_) return false;
  ++line_;
  ended_ = false;
  *line = std::string_view(buffer_.data() + begin_, end_ - begin_);
  begin_ = end_;
  return true;
}

ReplayCall* CallOrder::Slot() {
  if (popped_ != kNone) {
    free_.push_back(popped_);
    popped_ = kNone;
  }
  if (free_.empty()) {
    free_.push_back(calls_.size());
    calls_.push_back(std::make_unique<ReplayCall>());
  }
  return calls_[free_.back()].get();
}

void CallOrder::Push() {
  const size_t slot = free_.back();
  free_.pop_back();
  const ReplayCall& call = *calls_[slot];
  held_bytes_ += BytesOf(call);
  newest_us_ = std::max(newest_us_, call.decided_us);
  if (call.decided_us < gone_us_) ++late_;
  heap_.push({call.decided_us, call.line, slot});
}

const ReplayCall* CallOrder::Pop(bool all) {
  if (popped_ != kNone) {
    free_.push_back(popped_);
    popped_ = kNone;
  }
  if (heap_.empty()) return nullptr;
  const Entry first = heap_.top();
  const bool ready = all || held_bytes_ > kHeldBytesMax ||
                     newest_us_ - first.decided_us > kWindowUs;
  if (!ready) return nullptr;
  heap_.pop();
  popped_ = first.slot;
  gone_us_ = std::max(gone_us_, first.decided_us);
  held_bytes_ -= BytesOf(*calls_[first.slot]);
  return calls_[first.slot].get();
}

}  // namespace headgate::cli
