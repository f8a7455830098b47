// The README and the sidecar example, kept true: its config and its service
// are started, each of the README's commands is run, and what it prints must
// be what the README says, but for times, durations and ports.
#include <memory>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

const std::string kRoot = HEADGATE_SOURCE_DIR;

std::string ReplaceAll(std::string text, const std::string& from,
                       const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// A command of the README behind "$ ", with its further lines behind "\", and
// what stands below it.
struct Example {
  std::string command, printed;
};

std::vector<Example> ReadExamples(const std::string& markdown) {
  std::vector<Example> examples;
  const std::regex block("```console\n([^`]*)```");
  for (std::sregex_iterator it(markdown.begin(), markdown.end(), block), end;
       it != end; ++it) {
    const std::string text = (*it)[1];
    bool in_command = false;
    for (const std::string_view line : Split(text, '\n')) {
      if (line.starts_with("$ ")) {
        examples.push_back({std::string(line.substr(2)), ""});
      } else if (in_command) {
        StrAppend(&examples.back().command, "\n", line);
      } else if (!examples.empty() && !line.empty()) {
        StrAppend(&examples.back().printed, line, "\n");
      }
      in_command =
          (in_command || line.starts_with("$ ")) && line.ends_with("\\");
    }
  }
  return examples;
}

// Without what differs between two runs.
std::string Normalize(std::string text) {
  const std::pair<const char*, const char*> changing[] = {
      {R"re("(timestamp|duration)":\d+)re", R"("$1":0)"},
      {R"re(127\.0\.0\.1:\d+)re", "127.0.0.1:8080"},
      {R"re(\n +)re", "\n"},
  };
  text = "\n" + text;
  for (const auto& [pattern, replacement] : changing) {
    text = std::regex_replace(text, std::regex(pattern), replacement);
  }
  while (text.ends_with("\n")) text.pop_back();
  return text;
}

class ReadmeTest : public testing::Test {
 protected:
  ReadmeTest() : service_(ServiceOptions()) {
    constexpr std::string_view kSays = "chat service on ";
    if (!service_.WaitForOutput("\n")) ADD_FAILURE() << service_.err();
    std::string address = service_.out();
    address = address.substr(kSays.size(), address.find('\n') - kSays.size());
    std::string config = ReadFile(kRoot + "/examples/sidecar/headgate.yaml");
    config = ReplaceAll(config, "127.0.0.1:8080", "127.0.0.1:0");
    config = ReplaceAll(config, "127.0.0.1:9901", "127.0.0.1:0");
    config = ReplaceAll(config, "127.0.0.1:9001", address);
    // A machine may be too slow for 150 calls in a second.
    config += "    limits: {default: {limit: 100, window: 1h}}\n";
    headgate_ = std::make_unique<HeadgateProcess>(config);
  }

  static ProcessOptions ServiceOptions() {
    ProcessOptions options;
    options.args = {"/usr/bin/env", "python3",
                    kRoot + "/examples/sidecar/chat_service.py", "0"};
    return options;
  }

  std::string Run(const std::string& command) const {
    ProcessOptions options;
    options.args = {
        "/bin/sh", "-c",
        ReplaceAll(command, "127.0.0.1:8080", headgate_->address())};
    const ProcessResult result = RunProcess(options);
    return result.out + result.err;
  }

  Process service_;
  std::unique_ptr<HeadgateProcess> headgate_;
};

TEST_F(ReadmeTest, EveryCommandPrintsWhatTheReadmeSays) {
  ASSERT_TRUE(headgate_->started()) << headgate_->err();
  const std::vector<Example> examples =
      ReadExamples(ReadFile(kRoot + "/README.md"));
  EXPECT_EQ(examples.size(), 3u);
  for (const Example& example : examples) {
    EXPECT_EQ(Normalize(Run(example.command)), Normalize(example.printed))
        << example.command;
  }
}

}  // namespace
}  // namespace headgate::test
