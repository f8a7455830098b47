// The engine over the built-in contract agora-chat: every rule that it can
// refuse by, and what is forwarded of what passes.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::policy {
namespace {

constexpr char kSidecar[] =
    "  agora-chat: {upstream: {servers: [http://127.0.0.1:9001]}}\n";

std::string Names(int count) {
  std::string json;
  for (int i = 0; i < count; ++i) {
    json += (i == 0 ? "\"user" : ",\"user") + std::to_string(i) + "\"";
  }
  return "{\"usernames\":[" + json + "]}";
}

std::string PathNames(int count) {
  std::string names;
  for (int i = 0; i < count; ++i) {
    names += (i == 0 ? "u" : ",u") + std::to_string(i);
  }
  return "/acme/chat/chatrooms/1/users/" + names;
}

TEST(EngineChatTest, RefusesAsDocumented) {
  const std::string users = "/acme/chat/chatrooms/1/users";
  const std::string admin = "/acme/chat/chatrooms/1/admin";
  const std::string a65(65, 'a');
  struct Case {
    Call call;
    std::string outcome, value, location;
    int64_t bound;
  };
  const Case kCases[] = {
      // Route.
      {{"GET", "/acme/chat/nothing"},
       "service_not_found route",
       "/acme/chat/nothing",
       "",
       0},
      {{"PATCH", users}, "unsupported_service_operation route", "PATCH", "", 0},
      {{"OPTIONS", users},
       "unsupported_service_operation route",
       "OPTIONS",
       "",
       0},
      // Authenticate.
      {{"GET", users, "", "", ""},
       "unauthorized agora-chat.authenticate",
       "",
       "",
       0},
      {{"GET", users, "", "", "Basic YTpi"},
       "unauthorized agora-chat.authenticate",
       "",
       "",
       0},
      {{"GET", users, "", "", "Bearer a b"},
       "corrupt_token agora-chat.authenticate",
       "",
       "",
       0},
      // Path.
      {{"POST", users + "/b%20b"},
       "illegal_username add_chatroom_member.path.username.charset",
       "b b",
       "username",
       0},
      {{"POST", users + "/" + a65},
       "illegal_username add_chatroom_member.path.username.length",
       a65,
       "username",
       64},
      {{"POST", users + "/%C3%B6"},
       "illegal_username add_chatroom_member.path.username.charset",
       "\xC3\xB6",
       "username",
       0},
      {{"POST", "/acme/chat/chatrooms/abc/users/bob"},
       "unknown_room add_chatroom_member.path.chatroom_id.charset",
       "abc",
       "chatroom_id",
       0},
      {{"GET", "/acme/chat/chatrooms/abc/users"},
       "unknown_room_listed list_chatroom_members.path.chatroom_id.charset",
       "abc",
       "chatroom_id",
       0},
      {{"GET", "/acme/chat/chatrooms/123456789012345678901/users"},
       "unknown_room_listed list_chatroom_members.path.chatroom_id.length",
       "123456789012345678901",
       "chatroom_id",
       20},
      {{"DELETE", PathNames(101)},
       "too_many_to_remove remove_chatroom_members.path.usernames.items",
       "",
       "usernames",
       100},
      {{"DELETE", users + "/a,,b"},
       "illegal_username remove_chatroom_members.path.usernames.length",
       "",
       "usernames[1]",
       1},
      {{"DELETE", users + "/a,b,"},
       "illegal_username remove_chatroom_members.path.usernames.length",
       "",
       "usernames[2]",
       1},
      {{"DELETE", users + "/a%2Cb%20"},
       "illegal_username remove_chatroom_members.path.usernames.charset",
       "b ",
       "usernames[1]",
       0},
      {{"GET", "/ac%23me/chat/chatrooms"},
       "unknown_application list_chatrooms.path.org_name.charset",
       "ac#me",
       "org_name",
       0},
      // Query.
      {{"GET", users, "pagenum=0"},
       "invalid_parameter list_chatroom_members.query.pagenum.range",
       "0",
       "pagenum",
       1},
      {{"GET", users, "pagenum=-1"},
       "invalid_parameter list_chatroom_members.query.pagenum.range",
       "-1",
       "pagenum",
       1},
      {{"GET", users, "pagesize=ten"},
       "invalid_parameter list_chatroom_members.query.pagesize.integer",
       "ten",
       "pagesize",
       0},
      {{"GET", users, "pagesize="},
       "invalid_parameter list_chatroom_members.query.pagesize.integer",
       "",
       "pagesize",
       0},
      {{"GET", users, "pagesize=1&a=b&pagesize=2"},
       "invalid_parameter list_chatroom_members.query.pagesize.repeated",
       "2",
       "pagesize",
       1},
      {{"GET", users, "page%6eum=x"},
       "invalid_parameter list_chatroom_members.query.pagenum.integer",
       "x",
       "pagenum",
       0},
      // Body.
      {{"POST", users, "", ""},
       "json_parse add_chatroom_members.body.json",
       "Empty: no JSON found",
       "",
       0},
      {{"POST", users, "", R"({"usernames":["user":"user2"]})"},
       "json_parse add_chatroom_members.body.json",
       "*",
       "",
       0},
      {{"POST", users, "", R"({"usernames":["a"],"usernames":["b"]})"},
       "json_parse add_chatroom_members.body.json",
       "duplicate key \"usernames\"",
       "",
       0},
      {{"POST", users, "", "{}"},
       "usernames_missing add_chatroom_members.body.usernames.missing",
       "",
       "usernames",
       0},
      {{"POST", users, "", "[]"},
       "usernames_missing add_chatroom_members.body.usernames.missing",
       "",
       "usernames",
       0},
      {{"POST", users, "", R"({"usernames":"bob"})"},
       "usernames_missing add_chatroom_members.body.usernames.type",
       "\"bob\"",
       "usernames",
       0},
      {{"POST", users, "", R"({"usernames":null})"},
       "usernames_missing add_chatroom_members.body.usernames.type",
       "null",
       "usernames",
       0},
      {{"POST", users, "", R"({"usernames":[]})"},
       "usernames_missing add_chatroom_members.body.usernames.items",
       "",
       "usernames",
       1},
      {{"POST", users, "", Names(61)},
       "too_many_to_add add_chatroom_members.body.usernames.items",
       "",
       "usernames",
       60},
      {{"POST", users, "", R"({"usernames":["a","b c"]})"},
       "illegal_username add_chatroom_members.body.usernames.charset",
       "b c",
       "usernames[1]",
       0},
      {{"POST", users, "", R"({"usernames":["a",""]})"},
       "illegal_username add_chatroom_members.body.usernames.length",
       "",
       "usernames[1]",
       1},
      {{"POST", users, "", R"({"usernames":["a",7]})"},
       "illegal_username add_chatroom_members.body.usernames.type",
       "7",
       "usernames[1]",
       0},
      {{"POST", admin, "", R"({"newadmin":5})"},
       "newadmin_missing add_chatroom_admin.body.newadmin.type",
       "5",
       "newadmin",
       0},
      {{"POST", admin, "", R"({"newadmin":"#"})"},
       "illegal_username add_chatroom_admin.body.newadmin.charset",
       "#",
       "newadmin",
       0},
      {{"POST", admin, "", R"({"newadmin":"a"})", "Bearer t", "text/plain"},
       "unsupported_media_type add_chatroom_admin.body.media_type",
       "text/plain",
       "",
       0},
      {{"DELETE", users + "/bob", "", "x"},
       "json_parse remove_chatroom_member.body.json",
       "*",
       "",
       0},
      {{"POST", "/acme/chat/chatrooms", "",
        R"({"name":"n","owner":"o","maxusers":10001})"},
       "room_too_large create_chatroom.body.maxusers.range",
       "10001",
       "maxusers",
       10000},
      {{"POST", "/acme/chat/chatrooms", "",
        R"({"name":"n","owner":"o","maxusers":1.5})"},
       "room_too_large create_chatroom.body.maxusers.type",
       "1.5",
       "maxusers",
       0},
  };
  TestPolicy policy(kSidecar);
  ASSERT_TRUE(policy.ok());
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.call.method + " " + c.call.path + "?" + c.call.query + " " +
                 c.call.body.substr(0, 80));
    policy.now().monotonic_us += 1000000;
    const Decision& decision = policy.Decide(c.call);
    EXPECT_EQ(Outcome(decision), c.outcome);
    if (c.value != "*") {
      EXPECT_EQ(decision.value, c.value);
    }
    EXPECT_EQ(decision.location, c.location);
    EXPECT_EQ(decision.bound, c.bound);
    EXPECT_FALSE(decision.rule_at.file == nullptr) << "a rule has its place";
  }
}

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
  EXPECT_EQ(decision.rule_at.file->name, "headgate.yaml");
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
