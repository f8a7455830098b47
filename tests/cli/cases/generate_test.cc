#include "cli/cases/generate.h"

#include <string>

#include "base/strings.h"
#include "cli/cases/coverage.h"
#include "cli/cases/session.h"
#include "gtest/gtest.h"
#include "tests/cli/cases/case_texts.h"

namespace headgate::cli {
namespace {

constexpr char kListeners[] = "listeners: [{address: \"127.0.0.1:0\"}]\n";

std::string Generate(const std::string& policy_text) {
  config::Diagnostics diagnostics;
  const auto config = config::LoadText("headgate.yaml", policy_text,
                                       test::FakeFiles({}), &diagnostics);
  EXPECT_TRUE(config) << diagnostics.ToString();
  const auto text = GenerateCases(
      policy::Policy::Compile(*config, &diagnostics),
      {.policy_path = "headgate.yaml", .policy_text = policy_text});
  EXPECT_TRUE(text.ok()) << text.status().message();
  return text.ok() ? *text : std::string();
}

// Generates, loads and runs; what is not covered.
std::string Uncovered(const std::string& policy_text, double* percent) {
  const std::string cases = Generate(policy_text);
  const Session session = LoadSession(
      {"cases.yaml"},
      test::FakeFiles({{"headgate.yaml", policy_text}, {"cases.yaml", cases}}),
      /*color=*/false);
  EXPECT_EQ(session.exit_code, kOk) << session.diagnostics;
  Coverage coverage(session);
  const Report report = RunSession(session, {.observer = &coverage});
  EXPECT_EQ(report.Count(CaseResult::Outcome::kFailed), 0)
      << WriteReport(report, ReportFormat::kPretty, false);
  *percent = coverage.Total().percent();
  return coverage.Describe();
}

std::string Beside(std::string_view service, std::string_view keys = "") {
  return StrCat(kListeners, "services:\n  ", service,
                ":\n    upstream: {servers: [\"http://127.0.0.1:9001\"]}\n",
                keys);
}

class GeneratedContractTest : public testing::TestWithParam<const char*> {};

TEST_P(GeneratedContractTest, PassesAndCoversEveryRuleAndLimit) {
  double percent = 0;
  const std::string open = Uncovered(Beside(GetParam()), &percent);
  EXPECT_GE(percent, 98.0) << open;
  // What is open are errors that share their status and code with another, and
  // that only the service itself can answer.
  for (const std::string_view line : Split(open, '\n')) {
    if (!line.starts_with("  ")) continue;
    EXPECT_NE(line.find(": error "), line.npos) << line;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Contracts, GeneratedContractTest,
    testing::Values("agora-chat", "flipflop", "private-services"),
    [](const testing::TestParamInfo<const char*>& contract) {
      std::string name = contract.param;
      std::erase(name, '-');
      return name;
    });

TEST(GenerateTest, CoversWhatAppsHaveOfTheirOwn) {
  double percent = 0;
  const std::string open = Uncovered(
      Beside(
          "private-services",
          "    limits: {default: 7/s}\n"
          "    apps:\n"
          "      - {name: desk, api_key: desk-key, grants: [PermissionChat],\n"
          "         limits: {create_chat_member_token: 2/s}}\n"),
      &percent);
  for (const std::string_view line : Split(open, '\n')) {
    if (!line.starts_with("  ")) continue;
    EXPECT_NE(line.find(": error "), line.npos) << line;
  }
}

TEST(GenerateTest, RepeatsASecretOnlyIfTheFileShowsIt) {
  const std::string text =
      Beside("private-services",
             "    authenticate: verify\n"
             "    apps: [{name: desk, api_key: {env: KEY}, grants: []}]\n");
  config::Environment environment = test::FakeFiles({});
  environment.variable = [](const std::string&) { return "hidden-key"; };
  config::Diagnostics diagnostics;
  const auto config =
      config::LoadText("headgate.yaml", text, environment, &diagnostics);
  ASSERT_TRUE(config) << diagnostics.ToString();
  const auto cases =
      GenerateCases(policy::Policy::Compile(*config, &diagnostics),
                    {.policy_path = "headgate.yaml", .policy_text = text});
  ASSERT_TRUE(cases.ok()) << cases.status().message();
  EXPECT_EQ(cases->find("hidden-key"), std::string::npos);
  EXPECT_NE(cases->find("left out: it asks for credentials that this file "
                        "cannot hold"),
            std::string::npos);
}

TEST(GenerateTest, WritesAsAPersonWould) {
  const std::string text =
      Generate(StrCat(Beside("agora-chat", "    limits: {default: 3/s}\n")));
  EXPECT_TRUE(text.starts_with(
      "# Made by `headgate test --generate`: what this policy does today, at "
      "the\n"
      "# edges of its rules."))
      << text.substr(0, 200);
  for (const char* expected : {
           "  # add_chatroom_member: POST "
           "/{org_name}/{app_name}/chatrooms/{chatroom_id}/users/{username}\n"
           "\n"
           "  - name: \"add_chatroom_member: a documented call\"\n"
           "    request:\n"
           "      method: POST\n"
           "      path: \"/acme/chat/chatrooms/1/users/bob\"\n"
           "      headers: {Authorization: \"Bearer nobody\"}\n"
           "    expect: {decision: allow}\n",
           "      - {value: \"${'a' * 64}\", expect: {decision: allow}}\n"
           "      - {value: \"${'a' * 65}\",\n"
           "         expect: {status: 400, error: illegal_argument,\n"
           "                 rule: add_chatroom_member.path.username.length}}"
           "\n",
           "      - {count: 61,\n",
           "      json: {\"usernames\": {$range: {from: 1, to: \"${count}\", "
           "format: \"a%d\"}}}\n",
           "    steps:\n"
           "      - at: 0ms\n"
           "        repeat: 3\n"
           "        request: &call\n",
           "      - at: 999ms\n"
           "        request: *call\n"
           "        expect: {status: 429, error: reach_limit,\n"
           "                 rule: agora-chat.limits.default}\n"
           "      - at: 1s\n"
           "        request: *call\n"
           "        expect: {decision: allow}\n",
       }) {
    EXPECT_NE(text.find(expected), text.npos) << expected;
  }
}

}  // namespace
}  // namespace headgate::cli
