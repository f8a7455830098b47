// New rules while calls pass: swapped whole, nothing forgotten, and a wrong
// file changes nothing.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view kFive = "    limits: {default: 5/h}\n";
constexpr std::string_view kSeven = "    limits: {default: 7/h}\n";

class ReloadTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(headgate_.started()) << headgate_.err(); }
  void TearDown() override { EXPECT_TRUE(EndsWell(&headgate_)); }

  // How many of `calls` are allowed on one connection.
  int Allowed(int calls) {
    int allowed = 0;
    RawClient client(headgate_.address());
    for (int i = 0; i < calls; ++i) {
      const int status = client.Call(AddMember("bob"), "POST").status;
      EXPECT_TRUE(status == 200 || status == 429) << status;
      if (status == 200) ++allowed;
    }
    return allowed;
  }

  ScriptedUpstream upstream_;
  HeadgateProcess headgate_{SidecarConfig(upstream_, kFive)};
};

TEST_F(ReloadTest, UsesTheNewPolicyAndKeepsTheCounters) {
  EXPECT_EQ(Allowed(10), 5);
  headgate_.WriteConfig(SidecarConfig(upstream_, kSeven));
  const Message answer = headgate_.Admin("/reload", "POST");
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.body, "{\"generation\":2}\n");
  EXPECT_EQ(Allowed(10), 2) << "seven, of which five are spent";
  const std::string metrics = headgate_.Admin("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("headgate_build_info"));
  EXPECT_THAT(headgate_.Admin("/config").body, HasSubstr("limit: 7\n"));
}

TEST_F(ReloadTest, ReloadsOnHangup) {
  EXPECT_EQ(Allowed(6), 5);
  headgate_.Reload(SidecarConfig(upstream_, kSeven));
  ASSERT_TRUE(headgate_.process().WaitForOutput("policy 2 is in use"));
  EXPECT_EQ(Allowed(6), 2);
}

TEST_F(ReloadTest, KeepsTheOldPolicyWhenTheFileIsWrong) {
  const std::string wrong =
      SidecarConfig(upstream_, "    limits: {defualt: 7/h}\n");
  headgate_.WriteConfig(wrong);
  const Message answer = headgate_.Admin("/reload", "POST");
  EXPECT_EQ(answer.status, 422) << answer;
  EXPECT_THAT(answer.body, HasSubstr("headgate.yaml:6:"));
  EXPECT_THAT(answer.body, HasSubstr("did you mean"));
  headgate_.Reload(wrong);
  ASSERT_TRUE(headgate_.process().WaitForOutput("policy 1 stays in use"));
  EXPECT_EQ(Allowed(6), 5);
  EXPECT_THAT(headgate_.Admin("/metrics").body,
              HasSubstr("headgate_policy_generation 1"));
}

TEST_F(ReloadTest, AServiceThatLosesItsUpstreamIsAnsweredHere) {
  headgate_.WriteConfig(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "services:\n"
      "  agora-chat:\n"
      "    apps: [{org_name: a, app_name: b, client_id: c,"
      " client_secret: d}]\n");
  const Message answer = headgate_.Admin("/reload", "POST");
  EXPECT_EQ(answer.status, 200) << answer;
  const std::string body =
      R"({"grant_type":"client_credentials","client_id":"c",)"
      R"("client_secret":"d"})";
  const Message token = headgate_.Call(
      StrCat("POST /a/b/token HTTP/1.1\r\nHost: chat\r\nContent-Length: ",
             body.size(), "\r\n\r\n", body),
      "POST");
  EXPECT_EQ(token.status, 200) << token;
  EXPECT_THAT(token.body, HasSubstr(R"("access_token":"v4.local.)"));
  EXPECT_EQ(upstream_.received_bytes(), 0u);
}

TEST_F(ReloadTest, KeepsTheOldPolicyWhenNothingAnswersAnOperation) {
  headgate_.WriteConfig(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "services:\n"
      "  flipflop:\n"
      "    apps: [{app_id: a, api_key: b, api_secret: c}]\n");
  const Message answer = headgate_.Admin("/reload", "POST");
  EXPECT_EQ(answer.status, 422) << answer;
  EXPECT_THAT(answer.body, HasSubstr("chat_server_url"));
  EXPECT_EQ(Allowed(1), 1);
}

TEST_F(ReloadTest, EndsExchangesUnderThePolicyTheyBeganWith) {
  const SharedSignal go = MakeSignal();
  upstream_.Next(Reply().Wait(go).Send(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\n\r\n{}"));
  RawClient client(headgate_.address());
  client.Send(AddMember("bob"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  ScriptedUpstream other;
  for (int i = 0; i < 3; ++i) {
    headgate_.WriteConfig(SidecarConfig(other, kSeven));
    EXPECT_EQ(headgate_.Admin("/reload", "POST").status, 200);
  }
  RawClient second(headgate_.address());
  EXPECT_EQ(second.Call(AddMember("bob"), "POST").status, 200);
  EXPECT_EQ(other.requests().size(), 1u);
  go->Notify();
  const Message answer = client.ReadAnswer("POST");
  EXPECT_EQ(answer.status, 200) << answer;
  // The same connection, and now the new upstream.
  EXPECT_EQ(client.Call(AddMember("bob"), "POST").status, 200);
  EXPECT_EQ(other.requests().size(), 2u);
}

TEST_F(ReloadTest, CountsEachWorkerOnceWhileOldCallsEnd) {
  const std::string config = SidecarConfig(upstream_, kForward, "workers: 2\n");
  HeadgateProcess headgate(config);
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const std::string two =
      StrCat("headgate_upstream_workers_up{service=\"agora-chat\",server=\"",
             upstream_.url(), "\"} 2\n");
  EXPECT_THAT(headgate.Admin("/metrics").body, HasSubstr(two));
  upstream_.Next(Reply::Never());
  RawClient waiting(headgate.address());
  waiting.Send(Request("GET /a"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  EXPECT_EQ(headgate.Admin("/reload", "POST").status, 200);
  // Each worker turns to the new policy in its own time.
  std::string metrics;
  const Deadline deadline;
  do {
    metrics = headgate.Admin("/metrics").body;
  } while (metrics.find(two) == metrics.npos && !deadline.passed());
  EXPECT_THAT(metrics, HasSubstr(two));
  EXPECT_THAT(metrics, HasSubstr(StrCat("headgate_upstream_in_flight{service="
                                        "\"agora-chat\",server=\"",
                                        upstream_.url(), "\"} 1\n")));
  waiting.Close();
  EXPECT_TRUE(EndsWell(&headgate));
}

TEST_F(ReloadTest, SaysWhatOnlyAStartReads) {
  headgate_.Reload(SidecarConfig(upstream_, kFive, "workers: 3\n"));
  EXPECT_TRUE(headgate_.process().WaitForOutput(
      "the next start will read what has changed in: workers"));
}

}  // namespace
}  // namespace headgate::test
