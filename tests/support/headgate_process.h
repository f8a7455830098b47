// The real binary, serving a config of the test on ports that were free.
//
//   ScriptedUpstream upstream;
//   HeadgateProcess headgate(StrCat(
//       "listeners: [{address: 127.0.0.1:0}]\n"
//       "services:\n"
//       "  agora-chat: {upstream: {servers: [", upstream.url(), "]}}\n"));
//   ASSERT_TRUE(headgate.started()) << headgate.err();
//   RawClient client(headgate.address());
//
// It runs `headgate serve -c FILE --ports-file PATH` in a folder of its own:
// the program writes one line for each listener there, in the order of the
// config, and "admin ADDRESS" at the end, once all are bound. The access log
// is standard output (as by default), the log is standard error.
//
// Belongs to one thread. The destructor ends the program.
#ifndef HEADGATE_TESTS_SUPPORT_HEADGATE_PROCESS_H_
#define HEADGATE_TESTS_SUPPORT_HEADGATE_PROCESS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/deadline.h"
#include "tests/support/process.h"
#include "tests/support/raw_client.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {

// The binary of this build, or what HEADGATE_BINARY names.
std::string HeadgateBinary();
// `headgate` with these arguments, run to its end.
ProcessResult RunHeadgate(std::vector<std::string> args,
                          const std::string& input = "");

struct HeadgateOptions {
  std::vector<std::string> args;  // behind `serve -c FILE --ports-file PATH`
  std::vector<std::string> env;   // "NAME=value"
  std::map<std::string, std::string> files;  // beside the config
};

class HeadgateProcess {
 public:
  explicit HeadgateProcess(std::string_view config_yaml,
                           const HeadgateOptions& options = {});

  // Whether it serves; if not, err() says why.
  bool started() const { return !addresses_.empty(); }
  // "127.0.0.1:41234" or "unix:/path" of the nth listener.
  const std::string& address(size_t listener = 0) const;
  const std::string& admin_address() const { return admin_address_; }

  // One request on a connection of its own.
  Message Call(std::string_view request, std::string_view method = "GET") const;
  // GET of a page of the admin listener, such as "/metrics".
  Message Admin(std::string_view path, std::string_view method = "GET") const;

  // Replaces the config file; Reload() sends SIGHUP too.
  void WriteConfig(std::string_view config_yaml) const;
  void Reload(std::string_view config_yaml) const;

  Process& process() { return *process_; }
  std::string out() const { return process_->out(); }
  std::string err() const { return process_->err(); }
  // Lines of the access log, once there are `count`.
  std::vector<std::string> AccessLog(size_t count) const {
    return process_->WaitForLines(count);
  }
  void Terminate() const { process_->Terminate(); }
  std::optional<int> WaitExit(Deadline deadline = {}) {
    return process_->WaitExit(deadline);
  }
  const TempDir& dir() const { return dir_; }
  std::string config_path() const { return dir_.File("headgate.yaml"); }

 private:
  void WaitForPorts(const std::string& ports_file, Deadline deadline);

  TempDir dir_;
  std::unique_ptr<Process> process_;
  std::vector<std::string> addresses_;
  std::string admin_address_;
};

// Exits 0 within the deadline after SIGTERM, and no sanitizer complained.
::testing::AssertionResult EndsWell(HeadgateProcess* headgate);

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_HEADGATE_PROCESS_H_
