// What the program says of a command line that is wrong.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"

namespace headgate::test {
namespace {

TEST(CommandLineTest, SaysWhatIsWrongAndWhereHelpIs) {
  const struct {
    std::vector<std::string> args;
    std::string err;
  } kCases[] = {
      {{},
       "headgate: which command? expected serve, check, test, explain, diff, "
       "db, token or schema\nTry `headgate --help`.\n"},
      {{"nope"},
       "headgate: unknown command \"nope\"; expected serve, check, test, "
       "explain, diff, db, token or schema\nTry `headgate --help`.\n"},
      {{"chekc", "headgate.yaml"},
       "headgate: unknown command \"chekc\"; did you mean check?\n"
       "Try `headgate --help`.\n"},
      {{"--nope"},
       "headgate: unknown option \"--nope\"\nTry `headgate --help`.\n"},
      {{"db", "bakup", "a", "b"},
       "headgate: unknown command \"bakup\"; did you mean backup?\n"
       "Try `headgate db --help`.\n"},
      {{"token"},
       "headgate: which command? expected new-key, issue, inspect or revoke\n"
       "Try `headgate token --help`.\n"},
      {{"test", "cases.yaml", "--format", "foo"},
       "headgate: --format: expected github, json, junit, pretty or tap, found "
       "\"foo\"\nTry `headgate test --help`.\n"},
      {{"diff", "a", "b", "--log", "c", "--format", "foo"},
       "headgate: --format: expected json or pretty, found \"foo\"\n"
       "Try `headgate diff --help`.\n"},
      {{"token", "new-key", "--format", "foo"},
       "headgate: --format: expected local or public, found \"foo\"\n"
       "Try `headgate token new-key --help`.\n"},
  };
  for (const auto& test : kCases) {
    const ProcessResult result = RunHeadgate(test.args);
    EXPECT_EQ(result.exit_code, 64);
    EXPECT_EQ(result.err, test.err);
    EXPECT_EQ(result.out, "");
  }
}

}  // namespace
}  // namespace headgate::test
