#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <utility>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

struct Pipe {
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
  }
  ~Pipe() {
    for (const int fd : ends) {
      if (fd >= 0) close(fd);
    }
  }
  int TakeReadEnd() { return std::exchange(ends[0], -1); }
  void CloseWriteEnd() { close(std::exchange(ends[1], -1)); }

  std::array<int, 2> ends = {-1, -1};
};

std::vector<char*> Pointers(std::vector<std::string>* strings) {
  std::vector<char*> pointers;
  for (std::string& text : *strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(const std::vector<std::string>& added) {
  // getenv returns the first of a name: what was added goes first.
  std::vector<std::string> all = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    all.emplace_back(*entry);
  }
  return all;
}

// In the child, after fork: only calls that are safe there.
[[noreturn]] void Exec(const Pipe& in, const Pipe& out, const Pipe& err,
                       const char* directory, char* const* args,
                       char* const* env) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_DFL);
  dup2(in.ends[0], STDIN_FILENO);
  dup2(out.ends[1], STDOUT_FILENO);
  dup2(err.ends[1], STDERR_FILENO);
  if (*directory == '\0' || chdir(directory) == 0) execve(args[0], args, env);
  constexpr std::string_view kMessage = "cannot start the program\n";
  (void)!write(STDERR_FILENO, kMessage.data(), kMessage.size());
  _exit(127);
}

// Appends what `fd` has; false at its end.
bool ReadSome(int fd, std::string* out) {
  char buffer[16 * 1024];
  const ssize_t got = read(fd, buffer, sizeof buffer);
  if (got > 0) out->append(buffer, static_cast<size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

}  // namespace

Process::Process(const ProcessOptions& options) {
  std::vector<std::string> args = options.args;
  std::vector<std::string> env = Environment(options.env);
  const std::vector<char*> arg_pointers = Pointers(&args);
  const std::vector<char*> env_pointers = Pointers(&env);
  Pipe in, out, err;
  (void)!write(in.ends[1], options.input.data(), options.input.size());
  pid_ = fork();
  if (pid_ == 0) {
    Exec(in, out, err, options.directory.c_str(), arg_pointers.data(),
         env_pointers.data());
  }
  if (pid_ < 0) ADD_FAILURE() << "cannot fork";
  out.CloseWriteEnd();
  err.CloseWriteEnd();
  pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  reader_ =
      std::thread([this, out_fd = out.TakeReadEnd(),
                   err_fd = err.TakeReadEnd()] { ReadOutput(out_fd, err_fd); });
}

Process::~Process() {
  if (!exit_code_) {
    Kill(SIGKILL);
    WaitExit();
  }
  stop_.Notify();  // a grandchild may hold the output open
  reader_.join();
  close(pid_fd_);
}

void Process::Kill(int signal) const {
  if (!exit_code_) kill(pid_, signal);
}

void Process::Terminate() const { Kill(SIGTERM); }

std::optional<int> Process::WaitExit(Deadline deadline) {
  if (!exit_code_) {
    pollfd waited{pid_fd_, POLLIN, 0};
    if (poll(&waited, 1, deadline.milliseconds_left()) != 1) {
      return std::nullopt;
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    exit_code_ =
        WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline.at(), [&] { return finished_; });
  return exit_code_;
}

std::string Process::out() const {
  const std::lock_guard lock(mutex_);
  return out_;
}

std::string Process::err() const {
  const std::lock_guard lock(mutex_);
  return err_;
}

bool Process::WaitForOutput(std::string_view text, Deadline deadline) const {
  std::unique_lock lock(mutex_);
  const auto found = [&] {
    return out_.find(text) != std::string::npos ||
           err_.find(text) != std::string::npos;
  };
  changed_.wait_until(lock, deadline.at(),
                      [&] { return found() || finished_; });
  return found();
}

std::vector<std::string> Process::WaitForLines(size_t count,
                                               Deadline deadline) const {
  std::unique_lock lock(mutex_);
  const auto enough = [&] {
    return static_cast<size_t>(std::count(out_.begin(), out_.end(), '\n')) >=
           count;
  };
  changed_.wait_until(lock, deadline.at(),
                      [&] { return enough() || finished_; });
  std::vector<std::string> lines;
  for (const std::string_view line : Split(out_, '\n'))
    lines.emplace_back(line);
  lines.pop_back();  // what stands after the last line's end
  return lines;
}

int64_t Process::ResidentBytes() const {
  const std::string statm = ReadFile(StrCat("/proc/", pid_, "/statm"));
  const std::vector<std::string_view> pages = Split(statm, ' ');
  if (pages.size() < 2) return 0;
  return std::stoll(std::string(pages[1])) * sysconf(_SC_PAGESIZE);
}

size_t Process::OpenFiles() const {
  std::error_code ignored;
  size_t count = 0;
  const std::filesystem::directory_iterator files(StrCat("/proc/", pid_, "/fd"),
                                                  ignored);
  for ([[maybe_unused]] const auto& file : files) ++count;
  return count;
}

void Process::ReadOutput(int out_fd, int err_fd) {
  pollfd waited[] = {
      {out_fd, POLLIN, 0}, {err_fd, POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
  std::string pieces[2];
  while (waited[0].fd >= 0 || waited[1].fd >= 0) {
    poll(waited, 3, -1);
    if (waited[2].revents != 0) break;
    for (int i = 0; i < 2; ++i) {
      if (waited[i].revents == 0 || waited[i].fd < 0) continue;
      if (!ReadSome(waited[i].fd, &pieces[i])) waited[i].fd = -1;
    }
    const std::lock_guard lock(mutex_);
    out_ += std::exchange(pieces[0], {});
    err_ += std::exchange(pieces[1], {});
    changed_.notify_all();
  }
  close(out_fd);
  close(err_fd);
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

ProcessResult RunProcess(const ProcessOptions& options, Deadline deadline) {
  Process process(options);
  const std::optional<int> code = process.WaitExit(deadline);
  return {code.value_or(-1), process.out(), process.err()};
}

}  // namespace headgate::test
