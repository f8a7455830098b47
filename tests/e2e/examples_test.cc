// Each of examples/ runs, and does what its README says.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/example.h"
#include "tests/support/headgate_process.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr char kAddBob[] =
    "curl -s -X POST -H 'Authorization: Bearer demo' "
    "127.0.0.1:8080/acme/chat/chatrooms/1/users/bob";
constexpr char kGuestToken[] =
    "curl -s -X POST -u demo-key:demo-secret "
    "127.0.0.1:8080/v2/apps/me/members/guest-chat-tokens";
constexpr char kRoomToken[] =
    "curl -s -H 'Authorization: Bearer demo-api-key' "
    "127.0.0.1:8080/room.tokens.private.v1.Service/Create --json "
    "'{\"arguments\":[{\"user_id\":\"7d0ba89b-0a4c-4ae4-86d0-4b1b9ebd1d6f\","
    "\"room_id\":\"3f9d2c1e-55f1-4c0a-9d34-8f6f5e1f0c2a\","
    "\"permissions\":[\"PermissionRoomKick\"]}]}'";

TEST(ExamplesTest, SidecarPassesACallToItsService) {
  TempDir data;
  const ExampleProgram service({"sidecar/chat_service.py", "0"});
  HeadgateProcess headgate(
      ExampleConfig("sidecar", data.path(), service.address()));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  EXPECT_THAT(RunInShell(kAddBob, headgate.address()),
              HasSubstr(R"("data":{"result":true,"action":"add_member")"));
}

TEST(ExamplesTest, StandaloneAnswersEveryFamily) {
  TempDir data;
  HeadgateProcess headgate(ExampleConfig("standalone", data.path()));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  EXPECT_THAT(RunInShell("curl -s 127.0.0.1:8080/acme/chat/token --json "
                         "'{\"grant_type\":\"client_credentials\","
                         "\"client_id\":\"demo-client\","
                         "\"client_secret\":\"demo-secret\"}'",
                         headgate.address()),
              HasSubstr("\"access_token\":\"v4.local."));
  EXPECT_THAT(RunInShell(kGuestToken, headgate.address()),
              HasSubstr(R"("appId":"ffl-dev-1")"));
  EXPECT_THAT(RunInShell(kRoomToken, headgate.address()),
              MatchesRegex(R"re(\{"tokens":\["v4\.local\.[^"]+"\]\})re"));
  EXPECT_NE(ReadFile(data.File("headgate.db")), "");
  EXPECT_TRUE(EndsWell(&headgate));
}

TEST(ExamplesTest, MixedIssuesTokensWhetherOrNotTheRoomsServiceRuns) {
  TempDir data;
  auto service = std::make_unique<ExampleProgram>(
      std::vector<std::string>{"sidecar/chat_service.py", "0"});
  HeadgateProcess headgate(
      ExampleConfig("mixed", data.path(), service->address()));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  EXPECT_THAT(RunInShell(kAddBob, headgate.address()),
              HasSubstr(R"("action":"add_member")"));
  EXPECT_THAT(RunInShell(kGuestToken, headgate.address()),
              HasSubstr(R"("chatToken":"v4.local.)"));
  service.reset();
  EXPECT_THAT(RunInShell(kAddBob, headgate.address()),
              HasSubstr(R"("error":"service_unavailable")"));
  EXPECT_THAT(RunInShell(kRoomToken, headgate.address()),
              HasSubstr(R"({"tokens":["v4.local.)"));
}

TEST(ExamplesTest, EmbeddingGivesAShopsCustomersTheirChatTokens) {
  TempDir data;
  ExampleProgram shop(
      {"embedding/shop.py", "0", HeadgateBinary(), data.File("shop.db")});
  const auto ask = [&](const std::string& query) {
    return RunInShell(
        StrCat("curl -s 'http://", shop.address(), "/chat-token", query, "'"),
        "");
  };
  EXPECT_THAT(ask("?user=ann"), HasSubstr(R"("userId": "ann")"));
  EXPECT_THAT(ask("?user=ann"), HasSubstr(R"("chatToken": "v4.local.)"));
  EXPECT_THAT(ask("?user=a-b"), HasSubstr("INVALID_APP_USER_ID_FORMAT"));
  EXPECT_THAT(ask(""), HasSubstr("EMPTY_APP_USER_ID"));
  shop.process().Terminate();
  EXPECT_EQ(shop.process().WaitExit(), 0) << shop.process().err();
}

// Two processes cannot have one database: so the child has ended with the shop.
TEST(ExamplesTest, EmbeddingEndsItsHeadgateWithItself) {
  TempDir data;
  for (int start = 0; start < 2; ++start) {
    ExampleProgram shop(
        {"embedding/shop.py", "0", HeadgateBinary(), data.File("shop.db")});
    shop.process().Terminate();
    EXPECT_EQ(shop.process().WaitExit(), 0) << shop.process().err();
  }
}

}  // namespace
}  // namespace headgate::test
