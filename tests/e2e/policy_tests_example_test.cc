// The documentation of policy tests, kept true: each command of the example's
// README is run, in a copy of its folder, and must print what stands there, but
// for durations and the lines of built-in contracts; and each file of cases in
// docs/policy_tests.md passes.
#include <regex>
#include <string>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

const std::string kSource = HEADGATE_SOURCE_DIR;

// The blocks of a page in this language.
std::vector<std::string> BlocksOf(const std::string& markdown,
                                  const std::string& language) {
  const std::string begin = StrCat("```", language, "\n");
  std::vector<std::string> blocks;
  size_t at = 0;
  while ((at = markdown.find(begin, at)) != std::string::npos) {
    at += begin.size();
    blocks.push_back(markdown.substr(at, markdown.find("```", at) - at));
  }
  return blocks;
}

// A command behind "$ ", and what stands below it.
struct Example {
  std::string command, printed;
};

std::vector<Example> ExamplesOf(const std::string& markdown) {
  std::vector<Example> examples;
  for (std::string block : BlocksOf(markdown, "console")) {
    block.pop_back();  // the last line's end
    for (const std::string_view line : Split(block, '\n')) {
      if (line.starts_with("$ ")) {
        examples.push_back({std::string(line.substr(2)), ""});
      } else {
        StrAppend(&examples.back().printed, line, "\n");
      }
    }
  }
  return examples;
}

std::string Normalize(const std::string& text) {
  return std::regex_replace(
      std::regex_replace(text, std::regex("\\d+\\.\\d+ s\\)"), "0.000 s)"),
      std::regex("built-in ([a-z-]+):\\d+:\\d+"), "built-in $1");
}

TEST(PolicyTestsExampleTest, EveryCommandPrintsWhatTheReadmeSays) {
  const std::string folder = kSource + "/examples/policy_tests/";
  TempDir copy;
  for (const char* name : {"headgate.yaml", "cases.yaml"}) {
    copy.Write(name, ReadFile(folder + name));
  }
  const std::vector<Example> examples =
      ExamplesOf(ReadFile(folder + "README.md"));
  EXPECT_EQ(examples.size(), 7u);
  for (const Example& example : examples) {
    const std::string command = std::regex_replace(
        example.command, std::regex("^headgate "), HeadgateBinary() + " ");
    const ProcessResult result = RunProcess({.args = {"/bin/sh", "-c", command},
                                             .env = {},
                                             .directory = copy.path(),
                                             .input = ""});
    EXPECT_EQ(Normalize(result.out + result.err), Normalize(example.printed))
        << example.command;
  }
}

TEST(PolicyTestsExampleTest, TheCasesOfThePagePass) {
  TempDir dir;
  dir.Write("headgate.yaml",
            "listeners: [{address: \"127.0.0.1:0\"}]\n"
            "services:\n"
            "  agora-chat:\n"
            "    upstream: {servers: [\"http://127.0.0.1:9001\"]}\n");
  dir.Write(
      "standalone.yaml",
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "services:\n"
      "  agora-chat:\n"
      "    apps: [{org_name: acme, app_name: chat,\n"
      "            client_id: demo-client, client_secret: demo-secret}]\n");
  const std::vector<std::string> pages =
      BlocksOf(ReadFile(kSource + "/docs/policy_tests.md"), "yaml");
  EXPECT_EQ(pages.size(), 2u);
  for (const std::string& page : pages) {
    const ProcessResult result =
        RunHeadgate({"test", dir.Write("cases.yaml", page)});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  }
}

TEST(PolicyTestsExampleTest, WatchRunsAgainWhenAFileChanges) {
  const std::string folder = kSource + "/examples/policy_tests/";
  TempDir copy;
  const std::string policy = ReadFile(folder + "headgate.yaml");
  copy.Write("headgate.yaml", policy);
  const std::string cases =
      copy.Write("cases.yaml", ReadFile(folder + "cases.yaml"));
  Process watching({.args = {HeadgateBinary(), "test", "--watch", cases},
                    .env = {},
                    .directory = copy.path(),
                    .input = ""});
  EXPECT_TRUE(watching.WaitForOutput("5 cases: 5 passed")) << watching.err();
  copy.Write("headgate.yaml",
             std::regex_replace(policy, std::regex("1\\.\\.32"), "1..23"));
  EXPECT_TRUE(watching.WaitForOutput("5 cases: 4 passed, 1 failed"))
      << watching.out();
  copy.Write("headgate.yaml", "services: 7\n");
  EXPECT_TRUE(watching.WaitForOutput("services: 7")) << watching.err();
  copy.Write("headgate.yaml",
             std::regex_replace(policy, std::regex("5/s"), "50/s"));
  EXPECT_TRUE(watching.WaitForOutput("FAIL five members")) << watching.out();
}

}  // namespace
}  // namespace headgate::test
