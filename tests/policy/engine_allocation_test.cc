// A warm engine allocates nothing for calls that pass, whatever it looks at.
// The program's operator new counts.
#include <string>

#include "gtest/gtest.h"
#include "tests/policy/engine_fixture.h"
#include "tests/support/count_allocations.h"

namespace headgate::policy {
namespace {

constexpr char kServices[] =
    "  agora-chat:\n"
    "    upstream: {servers: [http://127.0.0.1:9001]}\n"
    "    limits: {default: 1000/s}\n"
    "    apps: [{org_name: listed, app_name: chat}]\n"
    "  flipflop: {upstream: {servers: [http://127.0.0.1:9001]}}\n"
    "  private-services: {upstream: {servers: [http://127.0.0.1:9001]}}\n";

// How many allocations 50 of these calls make once the engine has seen 2000.
int64_t AllocationsOf(const Call& call) {
  TestPolicy policy(kServices);
  EXPECT_TRUE(policy.ok());
  const Request request = TestPolicy::RequestOf(call);
  Decision decision;
  const auto evaluate = [&] {
    decision.Clear();
    policy.now().monotonic_us += 20000;
    policy.engine().Evaluate(policy.policy(), request, call.body, policy.now(),
                             &decision);
    return decision.allowed();
  };
  for (int i = 0; i < 2000; ++i) EXPECT_TRUE(evaluate());
  const int64_t before = test::allocations;
  for (int i = 0; i < 50; ++i) evaluate();
  return test::allocations - before;
}

std::string SixtyNames(const std::string& name) {
  std::string names;
  for (int i = 0; i < 60; ++i) {
    names += (i == 0 ? "\"" : ",\"") + name + std::to_string(i) + "\"";
  }
  return "{\"usernames\":[" + names + "]}";
}

TEST(EngineAllocationTest, AllowedCallsAllocateNothing) {
  const std::string users = "/acme/chat/chatrooms/1/users";
  const Call kCalls[] = {
      {"POST", users + "/a_user_name_that_is_longer_than_short_strings_are"},
      {"POST", users + "/Bob%2E"},
      {"POST", "/listed/chat/chatrooms/1/users/bob"},
      {"DELETE", users + "/bob,Amy%2Ceve"},
      {"GET", users, "resource=web_1&pagenum=7&pagesize=5000&_v=1"},
      {"POST", users, "", SixtyNames("user")},
      {"POST", users, "", SixtyNames("User")},
      {"POST", "/v2/apps/me/members/bob/chat-tokens", "", "''",
       "Basic a2V5OnNlY3JldA=="},
      {"POST", "/chat.tokens.private.v1.Service/Create", "",
       R"({"arguments":[{"user_id":"123E4567-e89b-12d3-a456-426614174000",)"
       R"("chat_id":"123e4567-e89b-12d3-a456-426614174000","metadata":)"
       R"({"mcuStream":"true"},"permissions":["PermissionChat"]}]})"},
  };
  for (const Call& call : kCalls) {
    EXPECT_EQ(AllocationsOf(call), 0)
        << call.method << " " << call.path << " " << call.body.substr(0, 40);
  }
}

}  // namespace
}  // namespace headgate::policy
