// The README, kept true: the standalone example is started, the README's
// commands are run in one shell, and what each prints must be what the README
// says, but for times, durations, ports and ids.
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/e2e/example.h"
#include "tests/support/headgate_process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

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
      {R"re(\b\d{14,20}\b)re", "ROOM"},
      {R"re(\n +)re", "\n"},
  };
  text = "\n" + text;
  for (const auto& [pattern, replacement] : changing) {
    text = std::regex_replace(text, std::regex(pattern), replacement);
  }
  while (text.ends_with("\n")) text.pop_back();
  return text;
}

// What each command printed, run in one shell: they share variables.
std::vector<std::string> RunAll(const std::vector<Example>& examples,
                                const std::string& gateway) {
  std::string script;
  for (const Example& example : examples) {
    StrAppend(&script, example.command, "\nprintf '\\036'\n");
  }
  const std::string printed = RunInShell(script, gateway);
  std::vector<std::string> outputs;
  for (const std::string_view output : Split(printed, '\036')) {
    outputs.emplace_back(output);
  }
  return outputs;
}

TEST(ReadmeTest, EveryCommandPrintsWhatTheReadmeSays) {
  TempDir data;
  HeadgateProcess headgate(ExampleConfig("standalone", data.path()));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const std::vector<Example> examples =
      ReadExamples(ReadFile(kRoot + "/README.md"));
  ASSERT_EQ(examples.size(), 5u);
  const std::vector<std::string> outputs = RunAll(examples, headgate.address());
  ASSERT_EQ(outputs.size(), examples.size() + 1);
  for (size_t i = 0; i < examples.size(); ++i) {
    EXPECT_EQ(Normalize(outputs[i]), Normalize(examples[i].printed))
        << examples[i].command;
  }
  EXPECT_EQ(outputs.back(), "") << "an error";
}

// The pages that the README leads to.
TEST(ReadmeTest, EveryLinkLeadsToAPage) {
  const std::string readme = ReadFile(kRoot + "/README.md");
  const std::regex link(R"re(\]\(([^)]+)\))re");
  int links = 0;
  for (std::sregex_iterator it(readme.begin(), readme.end(), link), end;
       it != end; ++it, ++links) {
    EXPECT_NE(ReadFile(StrCat(kRoot, "/", (*it)[1].str())), "")
        << (*it)[1].str();
  }
  EXPECT_GE(links, 8);
}

}  // namespace
}  // namespace headgate::test
