// A program that a test starts, watches and ends.
//
//   Process program({.args = {"/usr/bin/env", "false"}});
//   EXPECT_EQ(program.WaitExit(), 1);
//
// What it writes is read as it comes, so that it never blocks. The destructor
// kills it; so does the end of the thread that started it.
//
// Belongs to one thread.
#ifndef HEADGATE_TESTS_SUPPORT_PROCESS_H_
#define HEADGATE_TESTS_SUPPORT_PROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/deadline.h"
#include "tests/support/signal.h"

namespace headgate::test {

struct ProcessOptions {
  std::vector<std::string> args;  // args[0] is the program's path
  std::vector<std::string> env;   // "NAME=value", added to the test's own
  std::string directory;          // empty: the test's own
  std::string input;              // standard input, at most 64 KiB
};

class Process {
 public:
  explicit Process(const ProcessOptions& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void Kill(int signal) const;
  void Terminate() const;  // SIGTERM
  // The exit code, or 128 + the signal that ended it; nothing if it still runs
  // at the deadline. Its output is complete then.
  std::optional<int> WaitExit(Deadline deadline = {});
  bool running() { return !WaitExit(std::chrono::seconds(0)).has_value(); }

  // What it has written until now.
  std::string out() const;
  std::string err() const;
  // Until `text` stands in its standard output or error.
  bool WaitForOutput(std::string_view text, Deadline deadline = {}) const;
  // Until standard output has `count` lines; all of them, without their ends.
  std::vector<std::string> WaitForLines(size_t count,
                                        Deadline deadline = {}) const;

  // From /proc; 0 once it has ended.
  int64_t ResidentBytes() const;
  size_t OpenFiles() const;

 private:
  void ReadOutput(int out_fd, int err_fd);

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  std::optional<int> exit_code_;
  Signal stop_;
  std::thread reader_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string out_, err_;
  bool finished_ = false;  // both outputs are at their end
};

// A program run to its end.
struct ProcessResult {
  int exit_code = -1;  // -1: it did not end in time
  std::string out, err;
};
ProcessResult RunProcess(const ProcessOptions& options, Deadline deadline = {});

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_PROCESS_H_
