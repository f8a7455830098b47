// The engine over the built-in contract agora-chat: what is forwarded of what
// passes, limits, apps, and the trace. Refusals: engine_chat_refusals_test.cc.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/policy/chat_calls.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::policy {
namespace {

TEST(EngineChatTest, ForwardsWhatWasValidated) {
  const std::string users = "/acme/chat/chatrooms/1/users";
  struct Case {
    Call call;
    std::string operation, path, query, body;  // "*": as it came
  };
  const Case kCases[] = {
      {{"POST", users + "/Bob"},
       "add_chatroom_member",
       users + "/bob",
       "*",
       "*"},
      {{"POST", users + "/%42ob/"},
       "add_chatroom_member",
       users + "/bob",
       "*",
       "*"},
      {{"DELETE", users + "/Bob%2cAMY,x"},
       "remove_chatroom_members",
       users + "/bob%2Camy%2Cx",
       "*",
       "*"},
      {{"DELETE", PathNames(100)}, "remove_chatroom_members", "*", "*", "*"},
      {{"DELETE", users + "/bob", "", "{}"},
       "remove_chatroom_member",
       users + "/bob",
       "*",
       "*"},
      {{"GET", users + "/"}, "list_chatroom_members", users, "*", "*"},
      {{"HEAD", users}, "list_chatroom_members", users, "*", "*"},
      {{"GET", users, "resource=web_1&_v=1"},
       "list_chatroom_members",
       users,
       "*",
       "*"},
      {{"GET", users, "pagesize=1000&pagenum=1"},
       "list_chatroom_members",
       users,
       "*",
       "*"},
      {{"GET", users, "a=1&pagesize=1001&pagenum=3"},
       "list_chatroom_members",
       users,
       "a=1&pagesize=1000&pagenum=3",
       "*"},
      {{"GET", users, "pagesize=99999999999999999999"},
       "list_chatroom_members",
       users,
       "pagesize=1000",
       "*"},
      {{"GET", users, "pagesize=0"}, "list_chatroom_members", users, "*", "*"},
      {{"POST", users, "", Names(60)}, "add_chatroom_members", users, "*", "*"},
      {{"POST", users, "", R"({"usernames":["Bob"], "x" : [1.50, "\u00e9"]})"},
       "add_chatroom_members",
       users,
       "*",
       "{\"usernames\":[\"bob\"],\"x\":[1.5,\"\xC3\xA9\"]}"},
      {{"POST", users, "", R"({"usernames":["bob","bob"]})", "Bearer t",
        "application/json; charset=UTF-8"},
       "add_chatroom_members",
       users,
       "*",
       "*"},
      {{"GET", "/acme/chat/chatrooms/super_admin"},
       "list_super_admins",
       "*",
       "*",
       "*"},
      {{"GET", "/acme/chat/chatrooms/1,2"},
       "get_chatrooms",
       "/acme/chat/chatrooms/1%2C2",
       "*",
       "*"},
      {{"GET", "/app-id/970CA35de60c44645bbae8a215061b33/chatrooms/1/users"},
       "list_chatroom_members",
       "*",
       "*",
       "*"},
      {{"POST", "/acme/chat/token", "", "{\"grant_type\":\"agora\"}", ""},
       "create_token",
       "*",
       "*",
       "*"},
      {{"POST", "/acme/chat/users", "", "[{\"username\":\"Ann\"}]"},
       "create_users",
       "*",
       "*",
       "*"},
      {{"POST", "/acme/chat/chatrooms", "",
        R"({"name":"n","owner":"o","description":null})"},
       "create_chatroom",
       "*",
       "*",
       "*"},
  };
  TestPolicy policy(kSidecar);
  ASSERT_TRUE(policy.ok());
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.call.method + " " + c.call.path + "?" + c.call.query);
    const Decision& decision = policy.Decide(c.call);
    ASSERT_EQ(Outcome(decision), "allow");
    EXPECT_EQ(decision.operation->name, c.operation);
    std::string path = c.path;
    if (path == "*") {
      path = c.call.path;
      for (size_t at; (at = path.find(',')) != std::string::npos;) {
        path.replace(at, 1, "%2C");
      }
    }
    EXPECT_EQ(decision.path, path);
    EXPECT_EQ(decision.query_rewritten, c.query != "*");
    if (c.query != "*") {
      EXPECT_EQ(decision.query, c.query);
    }
    EXPECT_EQ(decision.body_rewritten, c.body != "*");
    if (c.body != "*") {
      EXPECT_EQ(decision.body, c.body);
    }
  }
}

TEST(EngineChatTest, TheHundredAndFirstCallOfASecondIsRefused) {
  TestPolicy policy(kSidecar);
  ASSERT_TRUE(policy.ok());
  const Call add{"POST", "/acme/chat/chatrooms/1/users/bob"};
  const Call list{"GET", "/acme/chat/chatrooms/1/users"};
  const Call other{"POST", "/other/chat/chatrooms/1/users/bob"};
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(policy.Decide(add).allowed()) << i;
    EXPECT_EQ(policy.Decide(list).rate.remaining, 99 - i);
  }
  const Decision& decision = policy.Decide(add);
  EXPECT_EQ(Outcome(decision), "reach_limit agora-chat.limits.default");
  EXPECT_EQ(decision.bound, 100);
  EXPECT_TRUE(decision.limited);
  EXPECT_GT(decision.rate.retry_after_us, 0);
  EXPECT_FALSE(policy.Decide(list).allowed()) << "each operation for itself";
  EXPECT_TRUE(policy.Decide(other).allowed()) << "each app for itself";
  policy.now().monotonic_us += 1000000;
  EXPECT_TRUE(policy.Decide(add).allowed());
}

TEST(EngineChatTest, MalformedCallsAreCountedToo) {
  TestPolicy policy(kSidecar);
  ASSERT_TRUE(policy.ok());
  const Call bad{"POST", "/acme/chat/chatrooms/1/users/b%20b"};
  for (int i = 0; i < 100; ++i) policy.Decide(bad);
  EXPECT_EQ(policy.Decide(bad).refusal, Refusal::kRate);
}

TEST(EngineChatTest, BothPrefixesOfAListedAppShareItsLimit) {
  TestPolicy policy(
      "  agora-chat:\n"
      "    upstream: {servers: [http://127.0.0.1:9001]}\n"
      "    apps:\n"
      "      - {org_name: acme, app_name: chat,\n"
      "         app_id: 970CA35de60c44645bbae8a215061b33,\n"
      "         certificate: 5CFd2fd1755d40ecb72977518be15d3b,\n"
      "         limits: {list_chatroom_admins: 3/s}}\n");
  ASSERT_TRUE(policy.ok());
  const Call by_name{"GET", "/acme/chat/chatrooms/1/admin"};
  const Call by_id{
      "GET", "/app-id/970CA35de60c44645bbae8a215061b33/chatrooms/1/admin"};
  EXPECT_EQ(policy.Decide(by_name).app_key, "acme#chat");
  EXPECT_EQ(policy.Decide(by_id).app_key, "acme#chat");
  EXPECT_EQ(policy.Decide(by_id).app->name, "acme#chat");
  EXPECT_EQ(Outcome(policy.Decide(by_name)),
            "reach_limit agora-chat.apps.acme#chat.limits."
            "list_chatroom_admins");
  EXPECT_EQ(policy.Decide({"GET", "/a/b/chatrooms/1/admin"}).rate.limit, 100);
}

TEST(EngineChatTest, OnlyListedAppsMayCallWhereSoConfigured) {
  TestPolicy policy(
      "  agora-chat:\n"
      "    upstream: {servers: [http://127.0.0.1:9001]}\n"
      "    unlisted_apps: deny\n"
      "    apps: [{org_name: acme, app_name: chat}]\n");
  ASSERT_TRUE(policy.ok());
  EXPECT_EQ(Outcome(policy.Decide({"GET", "/acme/chat/chatrooms"})), "allow");
  const Decision& decision = policy.Decide({"GET", "/acme/other/chatrooms"});
  EXPECT_EQ(Outcome(decision), "unknown_application agora-chat.authenticate");
  EXPECT_EQ(decision.value, "acme#other");
}

TEST(EngineChatTest, VerifiesAccessTokensByTheAppsCertificate) {
  TestPolicy policy(
      "  agora-chat:\n"
      "    upstream: {servers: [http://127.0.0.1:9001]}\n"
      "    authenticate: verify\n"
      "    apps:\n"
      "      - {org_name: acme, app_name: chat,\n"
      "         app_id: 970CA35de60c44645bbae8a215061b33,\n"
      "         certificate: 5CFd2fd1755d40ecb72977518be15d3b}\n");
  ASSERT_TRUE(policy.ok());
  // The published vector: issued at 1111111, good for 600 s.
  const std::string token =
      "007eJxTYNDNaz3snC8huEfHWdz6s98qltq4zqy9fl99Uh0FDvy6F6DAYGlu4OxobJqSamaQ"
      "bGJiZmKalJSYapFoZGhqYGaYZGzs/kWAIYKJgYGRAYRZgZgJzGdgAACt8hhr";
  Call call{"GET", "/acme/chat/chatrooms", "", "", "Bearer " + token};
  policy.now().unix_us = int64_t{1111112} * 1000000;
  EXPECT_EQ(Outcome(policy.Decide(call)), "allow");
  call.path = "/acme/unlisted/chatrooms";
  EXPECT_EQ(Outcome(policy.Decide(call)),
            "unable_to_authenticate agora-chat.authenticate");
  call.path = "/acme/chat/chatrooms";
  policy.now().unix_us = int64_t{1111111 + 600} * 1000000;
  EXPECT_EQ(Outcome(policy.Decide(call)),
            "unable_to_authenticate agora-chat.authenticate");
  call.authorization = "Bearer somebody-elses";
  EXPECT_EQ(Outcome(policy.Decide(call)),
            "unable_to_authenticate agora-chat.authenticate");
}

TEST(EngineChatTest, TheOperatorsValuesAreMergedOverTheContracts) {
  TestPolicy policy(
      "  agora-chat:\n"
      "    upstream: {servers: [http://127.0.0.1:9001]}\n"
      "    values: {username: {length: 3..32}}\n");
  ASSERT_TRUE(policy.ok());
  const std::string users = "/acme/chat/chatrooms/1/users/";
  EXPECT_EQ(Outcome(policy.Decide({"POST", users + "Bob"})), "allow");
  const Decision& decision = policy.Decide({"POST", users + "bo"});
  EXPECT_EQ(Outcome(decision),
            "illegal_username add_chatroom_member.path.username.length");
  EXPECT_EQ(decision.rule_at->file->name, "headgate.yaml");
}

TEST(EngineChatTest, UnmatchedCallsAreForwardedWhereSoConfigured) {
  TestPolicy policy(
      "  agora-chat:\n"
      "    upstream: {servers: [http://127.0.0.1:9001]}\n"
      "    unmatched: forward\n");
  ASSERT_TRUE(policy.ok());
  for (const char* path : {"/", "/acme/chat/nothing/", "/x"}) {
    const Decision& decision = policy.Decide({"GET", path, "b=1&a", "", ""});
    EXPECT_EQ(Outcome(decision), "allow");
    EXPECT_EQ(decision.operation, nullptr);
    ASSERT_NE(decision.service, nullptr);
    EXPECT_EQ(decision.path, path);
    EXPECT_FALSE(decision.query_rewritten);
    EXPECT_FALSE(decision.needs_body);
  }
  EXPECT_EQ(Outcome(policy.Decide({"GET", "/acme/chat/chatrooms/x"})),
            "unknown_room_listed get_chatroom.path.chatroom_id.charset");
}

TEST(EngineChatTest, TheTraceTellsEveryCheckInOrder) {
  TestPolicy policy(kSidecar);
  ASSERT_TRUE(policy.ok());
  Trace trace;
  policy.Decide({"POST", "/acme/chat/chatrooms/1/users", "",
                 R"({"usernames":["Bob","b b"]})"},
                &trace);
  std::vector<std::string> lines;
  for (const TraceStep& step : trace.steps) {
    lines.push_back(step.step + " " + step.rule + " [" + step.value + "] " +
                    (step.passed ? "pass" : "fail"));
  }
  EXPECT_THAT(
      lines,
      testing::ElementsAre(
          "route route [add_chatroom_members] pass",
          "authenticate agora-chat.authenticate [acme#chat] pass",
          "limit agora-chat.limits.default [99 of 100 left] pass",
          "validate add_chatroom_members.path.org_name [acme] pass",
          "validate add_chatroom_members.path.app_name [chat] pass",
          "validate add_chatroom_members.path.chatroom_id [1] pass",
          "validate add_chatroom_members.body.json [] pass",
          "validate add_chatroom_members.body.usernames.items [2] pass",
          "validate add_chatroom_members.body.usernames [Bob] pass",
          "validate add_chatroom_members.body.usernames.charset [b b] fail"));
}

TEST(EngineChatTest, PeekingSpendsNothing) {
  TestPolicy policy(kSidecar);
  ASSERT_TRUE(policy.ok());
  Limiter limiter({});
  Engine explain(&limiter, false);
  const Call call{"GET", "/acme/chat/chatrooms"};
  Decision decision;
  for (int i = 0; i < 200; ++i) {
    decision.Clear();
    explain.Evaluate(policy.policy(), TestPolicy::RequestOf(call), "",
                     policy.now(), &decision);
    ASSERT_TRUE(decision.allowed());
    EXPECT_TRUE(decision.limited);
  }
}

TEST(EngineChatTest, ALongValueComesBackCut) {
  TestPolicy policy(kSidecar);
  ASSERT_TRUE(policy.ok());
  std::string encoded = "a";
  for (int i = 0; i < 5000; ++i) encoded += "%C3%B6";
  const Decision& decision =
      policy.Decide({"POST", "/acme/chat/chatrooms/1/users/" + encoded});
  EXPECT_EQ(decision.refusal, Refusal::kInvalid);
  EXPECT_EQ(decision.value.size(), 511u) << "no character is cut in two";
}

}  // namespace
}  // namespace headgate::policy
