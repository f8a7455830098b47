#include "tests/support/headgate_process.h"

#include <csignal>
#include <cstdlib>
#include <utility>

#include "base/strings.h"

namespace headgate::test {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{2};

}  // namespace

std::string HeadgateBinary() {
  const char* named = std::getenv("HEADGATE_BINARY");
  return named != nullptr ? named : HEADGATE_BINARY;
}

ProcessResult RunHeadgate(std::vector<std::string> args,
                          const std::string& input) {
  ProcessOptions options;
  options.args = std::move(args);
  options.args.insert(options.args.begin(), HeadgateBinary());
  options.input = input;
  return RunProcess(options);
}

HeadgateProcess::HeadgateProcess(std::string_view config_yaml,
                                 const HeadgateOptions& options) {
  for (const auto& [name, content] : options.files) dir_.Write(name, content);
  WriteConfig(config_yaml);
  const std::string ports_file = dir_.File("ports");
  ProcessOptions program;
  program.args = {HeadgateBinary(), "serve",        "-c",
                  config_path(),    "--ports-file", ports_file};
  program.args.insert(program.args.end(), options.args.begin(),
                      options.args.end());
  program.env = options.env;
  program.directory = dir_.path();
  process_ = std::make_unique<Process>(program);
  WaitForPorts(ports_file, Deadline());
}

// Looks again whenever the program has not ended for a moment.
void HeadgateProcess::WaitForPorts(const std::string& ports_file,
                                   Deadline deadline) {
  std::string text;
  while (!deadline.passed() && !process_->WaitExit(kBetweenLooks)) {
    text = ReadFile(ports_file);
    if (text.ends_with("\n")) break;
  }
  for (const std::string_view line : Split(text, '\n')) {
    constexpr std::string_view kAdmin = "admin ";
    if (line.starts_with(kAdmin)) {
      admin_address_ = line.substr(kAdmin.size());
    } else if (!line.empty()) {
      addresses_.emplace_back(line);
    }
  }
}

const std::string& HeadgateProcess::address(size_t listener) const {
  static const std::string none;
  return listener < addresses_.size() ? addresses_[listener] : none;
}

Message HeadgateProcess::Call(std::string_view request,
                              std::string_view method) const {
  RawClient client(address());
  return client.Call(request, method);
}

Message HeadgateProcess::Admin(std::string_view path,
                               std::string_view method) const {
  RawClient client(admin_address_);
  return client.Call(StrCat(method, " ", path,
                            " HTTP/1.1\r\nHost: admin\r\n"
                            "Connection: close\r\n\r\n"),
                     method);
}

void HeadgateProcess::WriteConfig(std::string_view config_yaml) const {
  dir_.Write("headgate.yaml", config_yaml);
}

void HeadgateProcess::Reload(std::string_view config_yaml) const {
  WriteConfig(config_yaml);
  process_->Kill(SIGHUP);
}

::testing::AssertionResult EndsWell(HeadgateProcess* headgate) {
  headgate->Terminate();
  const std::optional<int> code = headgate->WaitExit();
  if (code == 0) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << (code ? StrCat("exit code ", *code) : "it did not end") << "\n"
         << headgate->err();
}

}  // namespace headgate::test
