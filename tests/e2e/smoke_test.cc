// The main job in one look: a documented call passes, an undocumented one is
// refused and forwards nothing, a flood is limited, and the program ends well.
#include <string>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/scripted_upstream.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;

std::string Config(const ScriptedUpstream& upstream) {
  return StrCat(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "admin: {address: \"127.0.0.1:0\"}\n"
      "services:\n"
      "  agora-chat:\n"
      "    upstream: {servers: [\"",
      upstream.url(), "\"]}\n");
}

constexpr std::string_view kAddBob =
    "POST /acme/chat/chatrooms/1/users/bob HTTP/1.1\r\n"
    "Host: chat.example\r\n"
    "Authorization: Bearer t\r\n"
    "\r\n";

TEST(SmokeTest, PassesADocumentedCallAndItsAnswer) {
  ScriptedUpstream upstream;
  upstream.On("POST /acme/chat/chatrooms/1/users/bob",
              Reply::Json(200, R"({"data":{"result":true}})"));
  HeadgateProcess headgate(Config(upstream));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const Message answer = headgate.Call(kAddBob, "POST");
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.body, R"({"data":{"result":true}})");
  ASSERT_EQ(upstream.requests().size(), 1u);
  EXPECT_EQ(upstream.last_request().message.error, "");
  EXPECT_TRUE(EndsWell(&headgate));
}

TEST(SmokeTest, RefusesAnIllegalNameAndForwardsNothing) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(Config(upstream));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const Message answer = headgate.Call(
      "POST /acme/chat/chatrooms/1/users/b%21b HTTP/1.1\r\n"
      "Host: chat.example\r\nAuthorization: Bearer t\r\n\r\n",
      "POST");
  EXPECT_EQ(answer.status, 400) << answer;
  EXPECT_THAT(answer.body, HasSubstr(R"("error":"illegal_argument")"));
  EXPECT_THAT(answer.body, HasSubstr("username [b!b] is not legal"));
  EXPECT_EQ(upstream.received_bytes(), 0u);
}

TEST(SmokeTest, RefusesTheHundredAndFirstCallOfASecond) {
  ScriptedUpstream upstream;
  // The smallest change that keeps the test's own speed out of it.
  HeadgateProcess headgate(Config(upstream) + "    limits: {default: 100/h}\n");
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient client(headgate.address());
  for (int call = 1; call <= 100; ++call) {
    ASSERT_EQ(client.Call(kAddBob, "POST").status, 200) << "call " << call;
  }
  const Message refused = client.Call(kAddBob, "POST");
  EXPECT_EQ(refused.status, 429) << refused;
  EXPECT_THAT(refused.body, HasSubstr(R"("error":"reach_limit")"));
  EXPECT_EQ(upstream.requests().size(), 100u);
}

TEST(SmokeTest, ServesItsAdminPages) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(Config(upstream));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  EXPECT_EQ(headgate.Admin("/livez").status, 200);
  EXPECT_EQ(headgate.Admin("/readyz").status, 200);
  EXPECT_EQ(headgate.Admin("/metrics").status, 200);
}

}  // namespace
}  // namespace headgate::test
