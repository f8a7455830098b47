// The engine over the two token families, alone and together with the chat.
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::policy {
namespace {

constexpr char kUpstream[] = "upstream: {servers: [http://127.0.0.1:9001]}";
constexpr char kChatCreate[] = "/chat.tokens.private.v1.Service/Create";
constexpr char kRoomCreate[] = "/room.tokens.private.v1.Service/Create";
constexpr char kUuid[] = "123e4567-e89b-12d3-a456-426614174000";

std::string Basic(std::string_view user, std::string_view secret) {
  return "Basic " +
         Base64Encode(StrCat(user, ":", secret), Base64Alphabet::kStandard);
}

std::string Argument(const std::string& permissions,
                     const std::string& more = "") {
  return StrCat(R"({"user_id":")", kUuid, R"(","chat_id":")", kUuid,
                R"(","room_id":")", kUuid, R"(","permissions":[)", permissions,
                "]", more, "}");
}

std::string Arguments(const std::string& arguments) {
  return StrCat("{\"arguments\":[", arguments, "]}");
}

TEST(EngineFlipflopTest, DecidesAsDocumented) {
  const std::string basic = Basic("key", "secret");
  const std::string guests = "/v2/apps/me/members/guest-chat-tokens";
  const std::string bob = "/v2/apps/me/members/Bob7/chat-tokens";
  struct Case {
    Call call;
    std::string outcome, forwarded_body;  // "": as it came
  };
  const Case kCases[] = {
      {{"POST", guests, "", "", basic}, "allow", ""},
      {{"POST", guests, "", "{}", basic}, "allow", ""},
      {{"POST", guests, "", R"({"appUserId":"Bob7","appUserName":null})",
        basic},
       "allow",
       ""},
      {{"POST", bob, "", "", basic}, "allow", ""},
      {{"POST", bob, "", "''", basic}, "allow", "{}"},
      {{"POST", bob, "", "''", basic, "text/plain"}, "allow", "{}"},
      {{"POST", bob, "", "{}", basic}, "allow", ""},
      {{"DELETE", "/v2/apps/me/members/a,b", "", "", basic}, "allow", ""},
      {{"POST", guests, "", "''", basic},
       "invalid_http_message_body issue_guest_chat_token.body.json",
       ""},
      {{"POST", guests, "", "[]", basic},
       "invalid_http_message_body issue_guest_chat_token.body.type",
       ""},
      {{"POST", guests, "", R"({"appUserId":""})", basic},
       "empty_app_user_id issue_guest_chat_token.body.appUserId.length",
       ""},
      {{"POST", guests, "", R"({"appUserId":"a-b"})", basic},
       "invalid_app_user_id_format "
       "issue_guest_chat_token.body.appUserId.charset",
       ""},
      {{"POST", guests, "", R"({"appUserId":7})", basic},
       "invalid_app_user_id_format issue_guest_chat_token.body.appUserId.type",
       ""},
      {{"POST", "/v2/apps/me/members", "", "{}", basic},
       "empty_app_user_id create_member.body.appUserId.missing",
       ""},
      {{"POST", "/v2/apps/me/members/a_b/chat-tokens", "", "", basic},
       "invalid_app_user_id_format "
       "issue_member_chat_token.path.appUserId.charset",
       ""},
      {{"PUT", guests, "", "", basic}, "unsupported_http_method route", ""},
      {{"GET", "/v2/apps/me/x/y", "", "", basic}, "not_found route", ""},
      {{"POST", guests, "", "", ""},
       "empty_app_credentials flipflop.authenticate",
       ""},
      {{"POST", guests, "", "", "Basic !"},
       "invalid_app_credentials flipflop.authenticate",
       ""},
  };
  TestPolicy policy(StrCat("  flipflop: {", kUpstream, "}\n"));
  ASSERT_TRUE(policy.ok());
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.call.method + " " + c.call.path + " " + c.call.body);
    const Decision& decision = policy.Decide(c.call);
    EXPECT_EQ(Outcome(decision), c.outcome);
    EXPECT_EQ(decision.body_rewritten ? decision.body : "", c.forwarded_body);
  }
}

TEST(EngineFlipflopTest, WithoutAnUpstreamSecretsAreVerified) {
  TestPolicy policy(
      "  flipflop:\n"
      "    apps:\n"
      "      - {app_id: one, api_key: key, api_secret: secret}\n"
      "      - app_id: two\n"
      "        api_key_sha256: " +
      HexEncode(AsBytes(Sha256("hashed"))) + "\n        api_secret_sha256: " +
      HexEncode(AsBytes(Sha256("pass"))) + "\n");
  ASSERT_TRUE(policy.ok());
  const std::string members = "/v2/apps/me/members";
  struct Case {
    std::string user, secret, outcome, app;
  };
  const Case kCases[] = {
      {"key", "secret", "allow", "one"},
      {"hashed", "pass", "allow", "two"},
      {"key", "pass", "invalid_app_credentials flipflop.authenticate", "one"},
      {"key", "", "invalid_app_credentials flipflop.authenticate", "one"},
      {"nobody", "secret", "invalid_app_credentials flipflop.authenticate", ""},
  };
  for (const Case& c : kCases) {
    const Decision& decision =
        policy.Decide({"GET", members, "", "", Basic(c.user, c.secret)});
    EXPECT_EQ(Outcome(decision), c.outcome) << c.user << " " << c.secret;
    EXPECT_EQ(decision.app == nullptr ? "" : decision.app->name, c.app);
    EXPECT_EQ(decision.value, "") << "an app key is a secret here";
  }
}

TEST(EnginePrivateServicesTest, DecidesAsDocumented) {
  std::string many;
  for (int i = 0; i < 101; ++i) {
    StrAppend(&many, i == 0 ? "" : ",", Argument(""));
  }
  const std::string good = Argument("\"PermissionChatMute\"");
  struct Case {
    std::string path, body, outcome, location;
  };
  const Case kCases[] = {
      {kChatCreate, Arguments(good), "allow", ""},
      {kRoomCreate, Arguments(Argument("\"PermissionRoomKick\"")), "allow", ""},
      {kRoomCreate, Arguments(good), "allow", ""},
      {kChatCreate, Arguments(Argument("", R"(,"metadata":{"a":"b"})")),
       "allow", ""},
      {kChatCreate,
       Arguments(Argument("", R"(,"metadata":{"mcuStream":"true"})")), "allow",
       ""},
      {kChatCreate, Arguments(good + "," + Argument("\"PermissionRoomKick\"")),
       "unknown_permission create_chat_member_token.body.arguments.permissions."
       "one_of",
       "arguments[1].permissions[0]"},
      {kChatCreate, Arguments(Argument("\"PermissionChat\",5")),
       "unknown_permission create_chat_member_token.body.arguments.permissions."
       "type",
       "arguments[0].permissions[1]"},
      {kChatCreate, Arguments(R"({"user_id":"x"})"),
       "not_a_uuid create_chat_member_token.body.arguments.user_id.pattern",
       "arguments[0].user_id"},
      {kChatCreate, Arguments("{}"),
       "missing_field create_chat_member_token.body.arguments.user_id.missing",
       "arguments[0].user_id"},
      {kChatCreate, Arguments("7"),
       "invalid_field create_chat_member_token.body.arguments.type",
       "arguments[0]"},
      {kChatCreate, Arguments(""),
       "too_few_entries create_chat_member_token.body.arguments.items",
       "arguments"},
      {kChatCreate, Arguments(many),
       "too_many_entries create_chat_member_token.body.arguments.items",
       "arguments"},
      {kChatCreate,
       Arguments(Argument("", R"(,"metadata":{"mcuStream":"yes"})")),
       "not_a_boolean_text "
       "create_chat_member_token.body.arguments.metadata.mcuStream.one_of",
       "arguments[0].metadata.mcuStream"},
      {kChatCreate,
       Arguments(Argument("", R"(,"metadata":{"mcuStream":true})")),
       "not_a_boolean_text "
       "create_chat_member_token.body.arguments.metadata.mcuStream.type",
       "arguments[0].metadata.mcuStream"},
      {kChatCreate,
       Arguments(Argument(
           "", ",\"metadata\":{\"a\":\"" + std::string(4096, 'x') + "\"}")),
       "invalid_field create_chat_member_token.body.arguments.metadata.bytes",
       "arguments[0].metadata"},
      {"/chat.tokens.private.v1.Service/Nothing", "{}", "unimplemented route",
       ""},
      {kChatCreate, "[]",
       "missing_field create_chat_member_token.body.arguments.missing",
       "arguments"},
  };
  TestPolicy policy(StrCat("  private-services: {", kUpstream, "}\n"));
  ASSERT_TRUE(policy.ok());
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.body.substr(0, 200));
    const Decision& decision = policy.Decide({"POST", c.path, "", c.body});
    EXPECT_EQ(Outcome(decision), c.outcome);
    EXPECT_EQ(decision.location, c.location);
  }
}

TEST(EnginePrivateServicesTest, UuidsAreForwardedInLowerCase) {
  TestPolicy policy(StrCat("  private-services: {", kUpstream, "}\n"));
  ASSERT_TRUE(policy.ok());
  std::string body = Arguments(Argument(""));
  const std::string lower = body;
  body.replace(body.find("123e"), 4, "123E");
  const Decision& decision = policy.Decide({"POST", kChatCreate, "", body});
  ASSERT_EQ(Outcome(decision), "allow");
  EXPECT_TRUE(decision.body_rewritten);
  EXPECT_EQ(decision.body, lower);
}

TEST(EnginePrivateServicesTest, GrantsCoverWhatTheyImply) {
  TestPolicy policy(
      "  private-services:\n"
      "    apps:\n"
      "      - {name: helpdesk, api_key: desk,\n"
      "         grants: [PermissionChatMute, PermissionRoom]}\n"
      "      - {name: backend, api_key: all}\n");
  ASSERT_TRUE(policy.ok());
  struct Case {
    std::string key, permissions, outcome, location;
  };
  const std::string denied =
      "permission_denied create_room_member_token.grants";
  const Case kCases[] = {
      {"desk", "\"PermissionChatMute\"", "allow", ""},
      {"desk", "\"PermissionRoom\",\"PermissionRoomKick\"", "allow", ""},
      {"desk", "", "allow", ""},
      {"desk", "\"PermissionChatMute\",\"PermissionChat\"", denied,
       "arguments[0].permissions[1]"},
      {"desk", "\"PermissionChatKick\"", denied, "arguments[0].permissions[0]"},
      {"desk", "\"Nonsense\"",
       "unknown_permission create_room_member_token.body.arguments."
       "permissions.one_of",
       "arguments[0].permissions[0]"},
      {"all", "\"PermissionChat\",\"PermissionRoom\"", "allow", ""},
      {"none", "\"PermissionChat\"",
       "unauthenticated private-services.authenticate", ""},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.key + " " + c.permissions);
    const Decision& decision =
        policy.Decide({"POST", kRoomCreate, "",
                       Arguments(Argument(c.permissions)), "Bearer " + c.key});
    EXPECT_EQ(Outcome(decision), c.outcome);
    EXPECT_EQ(decision.location, c.location);
  }
}

TEST(EnginePrivateServicesTest, SomeCallsNeedNoKeyAndSomeNoJson) {
  TestPolicy policy("  private-services: {apps: [{name: a, api_key: k}]}\n");
  ASSERT_TRUE(policy.ok());
  const Decision& keys =
      policy.Decide({"GET", "/.well-known/paseto-keys", "", "", ""});
  EXPECT_EQ(Outcome(keys), "allow");
  EXPECT_EQ(keys.app_key, "");
  const Decision& introspect =
      policy.Decide({"POST", "/oauth2/introspect", "", "token=x", "Bearer k",
                     "application/x-www-form-urlencoded"});
  EXPECT_EQ(Outcome(introspect), "allow");
  EXPECT_TRUE(introspect.operation->streams_body);
  EXPECT_FALSE(introspect.needs_body);
}

TEST(EngineTest, EachFamilyAnswersForItsOwnPaths) {
  TestPolicy policy(StrCat("  agora-chat: {", kUpstream, "}\n", "  flipflop: {",
                           kUpstream, "}\n", "  private-services: {", kUpstream,
                           "}\n"));
  ASSERT_TRUE(policy.ok());
  struct Case {
    std::string path, service, outcome;
  };
  const Case kCases[] = {
      {"/acme/chat/x", "agora-chat", "service_not_found route"},
      {"/app-id/7/x", "agora-chat", "service_not_found route"},
      {"/v2/apps/me/x", "flipflop", "not_found route"},
      {"/v2/apps/me", "flipflop", "not_found route"},
      {"/v2/apps/them", "agora-chat", "service_not_found route"},
      {"/chat.tokens.private.v1.Service/X", "private-services",
       "unimplemented route"},
      {"/chat.tokens.private.v1.Service", "private-services",
       "unimplemented route"},
      {"/room.tokens.private.v1.Service/Create/x", "private-services",
       "unimplemented route"},
      {"/acme", "", "(none) route"},
      {"/", "", "(none) route"},
      {"//x", "", "(none) route"},
  };
  for (const Case& c : kCases) {
    const Decision& decision = policy.Decide({"GET", c.path});
    EXPECT_EQ(Outcome(decision), c.outcome) << c.path;
    EXPECT_EQ(decision.service == nullptr ? "" : decision.service->name,
              c.service)
        << c.path;
  }
}

TEST(EngineTest, WhatNeverWasARequestIsRefusedInTheFamilysShape) {
  TestPolicy policy(StrCat("  agora-chat: {", kUpstream, "}\n", "  flipflop: {",
                           kUpstream, "}\n"));
  ASSERT_TRUE(policy.ok());
  struct Case {
    std::string path;
    Refusal refusal;
    std::string outcome;
  };
  const Case kCases[] = {
      {"/acme/chat/users", Refusal::kDraining, "service_unavailable draining"},
      {"/v2/apps/me/members", Refusal::kBodyTooLarge,
       "payload_too_large body_too_large"},
      {"", Refusal::kBadRequest, "(none) bad_request"},
      {std::string("\0//\xFF", 4), Refusal::kBadRequest, "(none) bad_request"},
  };
  for (const Case& c : kCases) {
    Decision decision;
    Engine::Refuse(policy.policy(), c.path, "", c.refusal, &decision);
    EXPECT_EQ(Outcome(decision), c.outcome) << c.path;
    EXPECT_EQ(decision.refusal, c.refusal);
    EXPECT_FALSE(decision.allowed());
  }
}

TEST(EngineTest, ASecretIsNeitherInTheDecisionsValueNorInTheTrace) {
  TestPolicy policy(StrCat("  flipflop: {", kUpstream, "}\n"));
  ASSERT_TRUE(policy.ok());
  Trace trace;
  const std::string token(70000, 's');
  const Decision& decision = policy.Decide(
      {"POST", "/v2/apps/me/members/guest-chat-tokens", "",
       "{\"accessToken\":\"" + token + "\"}", Basic("sss-key", "sss")},
      &trace);
  EXPECT_EQ(Outcome(decision),
            "invalid_http_message_body "
            "issue_guest_chat_token.body.accessToken.length");
  EXPECT_EQ(decision.value, "");
  for (const TraceStep& step : trace.steps) {
    EXPECT_THAT(step.value, testing::Not(testing::HasSubstr("sss")));
  }
}

}  // namespace
}  // namespace headgate::policy
