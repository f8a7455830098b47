// `equivalent_mutants` of a case file, read as strictly as the rest.
#include <string>

#include "gtest/gtest.h"
#include "tests/cli/cases/case_texts.h"

namespace headgate::test {
namespace {

std::string MistakesIn(const std::string& list) {
  return MistakesOf(StrCat("equivalent_mutants: ", list, "\n",
                           CaseText("  - name: one\n"
                                    "    request: {path: /a}\n"
                                    "    expect: {status: 404}\n")));
}

TEST(EquivalentMutantsTest, HaveANameAndAReason) {
  config::Diagnostics diagnostics;
  const auto file =
      cli::LoadCasesText("cases.yaml",
                         StrCat("equivalent_mutants:\n"
                                "  - {mutant: \"a: 1 -> 2\", because: it is}\n",
                                CaseText("  - name: one\n"
                                         "    request: {path: /a}\n"
                                         "    expect: {status: 404}\n")),
                         &diagnostics);
  ASSERT_TRUE(file) << diagnostics.ToString();
  ASSERT_EQ(file->equivalent_mutants.size(), 1u);
  EXPECT_EQ(file->equivalent_mutants[0].mutant, "a: 1 -> 2");
  EXPECT_EQ(file->equivalent_mutants[0].because, "it is");
  EXPECT_EQ(file->equivalent_mutants[0].at.ToString(), "cases.yaml:2:14");
}

TEST(EquivalentMutantsTest, EveryMistakeHasItsPlace) {
  EXPECT_EQ(MistakesIn("7"),
            "cases.yaml:1:21: error: expected a list of {mutant, because}, "
            "found \"7\"\n"
            "  equivalent_mutants: 7\n"
            "                      ^\n"
            "\n"
            "1 error\n");
  EXPECT_EQ(MistakesIn("[{mutant: a, becuase: b}]"),
            "cases.yaml:1:22: error: missing key \"because\"\n"
            "  equivalent_mutants: [{mutant: a, becuase: b}]\n"
            "                       ^\n"
            "\n"
            "cases.yaml:1:34: error: unknown key \"becuase\"\n"
            "  equivalent_mutants: [{mutant: a, becuase: b}]\n"
            "                                   ^~~~~~~\n"
            "did you mean \"because\"?\n"
            "\n"
            "2 errors\n");
  EXPECT_EQ(MistakesIn("[{mutant: a, because: b}, {mutant: a, because: c}]"),
            "cases.yaml:1:56: error: duplicate mutant\n"
            "  equivalent_mutants: [{mutant: a, because: b}, {mutant: a, "
            "because: c}]\n"
            "                                                         ^\n"
            "the first is at cases.yaml:1:31\n"
            "\n"
            "1 error\n");
}

}  // namespace
}  // namespace headgate::test
