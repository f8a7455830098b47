// The repository's own example files, on ports that were free: what the tests
// of the examples and of the README share.
#ifndef HEADGATE_TESTS_E2E_EXAMPLE_H_
#define HEADGATE_TESTS_E2E_EXAMPLE_H_

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {

inline const std::string kRoot = HEADGATE_SOURCE_DIR;

inline std::string ReplaceAll(std::string text, const std::string& from,
                              const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// examples/NAME/headgate.yaml with free ports, its database in `data`, and its
// upstream (if it has one) at `upstream`.
inline std::string ExampleConfig(const std::string& name,
                                 const std::string& data,
                                 const std::string& upstream = "") {
  std::string config = ReadFile(kRoot + "/examples/" + name + "/headgate.yaml");
  config = ReplaceAll(config, "127.0.0.1:8080", "127.0.0.1:0");
  config = ReplaceAll(config, "127.0.0.1:9901", "127.0.0.1:0");
  config = ReplaceAll(config, "127.0.0.1:9001", upstream);
  return ReplaceAll(config, "sqlite:data/", "sqlite:" + data + "/");
}

// A Python program of the examples that says "... on ADDRESS" when it listens.
class ExampleProgram {
 public:
  explicit ExampleProgram(std::vector<std::string> args)
      : process_(Options(std::move(args))) {
    const std::vector<std::string> lines = process_.WaitForLines(1);
    if (lines.empty()) ADD_FAILURE() << process_.err();
    const std::string line = lines.empty() ? "" : lines[0];
    address_ = line.substr(line.rfind(' ') + 1);
  }
  const std::string& address() const { return address_; }
  Process& process() { return process_; }

 private:
  static ProcessOptions Options(std::vector<std::string> args) {
    args.front() = kRoot + "/examples/" + args.front();
    args.insert(args.begin(), {"/usr/bin/env", "python3"});
    return {.args = std::move(args), .env = {"PYTHONDONTWRITEBYTECODE=1"}};
  }
  Process process_;
  std::string address_;
};

// `command` in a shell, with the addresses of the examples replaced by those
// that were free; what it printed.
inline std::string RunInShell(const std::string& command,
                              const std::string& gateway) {
  const ProcessResult result =
      RunProcess({.args = {"/bin/sh", "-c",
                           ReplaceAll(command, "127.0.0.1:8080", gateway)}});
  return result.out + result.err;
}

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_E2E_EXAMPLE_H_
