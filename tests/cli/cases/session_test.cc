// Files of cases with their policies: what stops a run before it begins, which
// cases run, and how fast.
#include "cli/cases/session.h"

#include <chrono>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cli/cases/case_texts.h"

namespace headgate::test {
namespace {

cli::Session Load(const std::vector<std::string>& paths,
                  std::map<std::string, std::string> files) {
  return cli::LoadSession(paths, FakeFiles(std::move(files)), /*color=*/false);
}

constexpr char kGood[] =
    "  - {name: a, request: {path: /a}, expect: {status: 404}}\n";

TEST(SessionTest, ABadFileStopsAllOfThem) {
  const cli::Session session =
      Load({"good.yaml", "bad.yaml"},
           {{"good.yaml", CaseText(kGood)},
            {"bad.yaml", "policy: headgate.yaml\ntests: 7\n"},
            {"headgate.yaml", ChatPolicy()}});
  EXPECT_EQ(session.exit_code, cli::kInvalidCases);
  EXPECT_TRUE(session.files.empty());
  EXPECT_EQ(
      session.diagnostics,
      "bad.yaml:2:8: error: expected a list with at least one case, found "
      "\"7\"\n"
      "  tests: 7\n"
      "         ^\n\n1 error\n");
}

TEST(SessionTest, APolicyThatDoesNotLoadIsToldOnce) {
  const cli::Session session =
      Load({"a.yaml", "b.yaml"},
           {{"a.yaml", CaseText(kGood)},
            {"b.yaml", CaseText(kGood)},
            {"headgate.yaml",
             "listeners: []\nservices: {agora-chat: {upstraem: 1}}"}});
  EXPECT_EQ(session.exit_code, cli::kInvalidConfig);
  EXPECT_NE(session.diagnostics.find("unknown key \"upstraem\""),
            std::string::npos)
      << session.diagnostics;
  EXPECT_EQ(session.diagnostics.find("unknown key \"upstraem\""),
            session.diagnostics.rfind("unknown key \"upstraem\""));
}

TEST(SessionTest, APolicyThatIsNotThereIsAMistakeOfTheConfig) {
  const cli::Session session = Load({"a.yaml"}, {{"a.yaml", CaseText(kGood)}});
  EXPECT_EQ(session.exit_code, cli::kInvalidConfig);
  EXPECT_EQ(session.diagnostics,
            "a.yaml:1:9: error: cannot read \"headgate.yaml\": No such file\n"
            "  policy: headgate.yaml\n"
            "          ^~~~~~~~~~~~~\n\n1 error\n");
}

TEST(SessionTest, ThePolicyIsRelativeToTheFile) {
  const cli::Session session =
      Load({"tests/a.yaml"}, {{"tests/a.yaml", CaseText(kGood)},
                              {"tests/headgate.yaml", ChatPolicy()}});
  EXPECT_EQ(session.diagnostics, "");
  EXPECT_EQ(session.cases(), 1u);
}

TEST(SessionTest, ChoosesCasesByAnyPartOfTheirNames) {
  std::string error;
  const auto selects = cli::SelectByName("sixty|n[0-9]$", &error);
  ASSERT_NE(selects, nullptr);
  const auto is_chosen = [&selects](const std::string& name) {
    cli::Case test;
    test.name = name;
    return selects(test);
  };
  EXPECT_TRUE(is_chosen("the sixty names"));
  EXPECT_TRUE(is_chosen("n7"));
  EXPECT_FALSE(is_chosen("n7 "));
  EXPECT_EQ(cli::SelectByName("(", &error), nullptr);
  EXPECT_EQ(cli::SelectByName("a)|(b", &error), nullptr);
  EXPECT_NE(error, "");
}

// targets.md: 1000 cases in under a second, whole process; 10 000 case runs per
// second and core. Here with room for a slow build on a busy machine.
TEST(SessionTest, AThousandCasesTakeUnderASecond) {
  std::string rows = "  - name: room\n    each:\n";
  for (int i = 0; i < 1000; ++i) {
    StrAppend(&rows, "      - {room: ", i, ", expect: {decision: allow}}\n");
  }
  rows +=
      "    request: {method: POST, path: "
      "\"/acme/chat/chatrooms/${room}/users\","
      "\n              json: {usernames: [bob, amy]}}\n";
  const auto started = std::chrono::steady_clock::now();
  const CaseRun run(CaseText(rows));
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - started;
  EXPECT_EQ(run.Failures(), "");
  EXPECT_EQ(run.cases(), 1000u);
  EXPECT_LT(took.count(), 5.0);
}

}  // namespace
}  // namespace headgate::test
