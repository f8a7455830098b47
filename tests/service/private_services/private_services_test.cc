// private-services answered here, call by call.
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "service/tokens/tokens.h"
#include "tests/service/standalone.h"

namespace headgate::service {
namespace {

constexpr char kChatCreate[] = "POST /chat.tokens.private.v1.Service/Create";
constexpr char kRoomCreate[] = "POST /room.tokens.private.v1.Service/Create";
constexpr char kChatRevoke[] = "POST /chat.tokens.private.v1.Service/Revoke";
constexpr char kRoomRevoke[] = "POST /room.tokens.private.v1.Service/Revoke";
constexpr char kIntrospect[] = "POST /oauth2/introspect";
constexpr char kForm[] = "application/x-www-form-urlencoded";
constexpr char kUser[] = "123E4567-e89b-12d3-a456-426614174000";
constexpr char kFoldedUser[] = "123e4567-e89b-12d3-a456-426614174000";
constexpr char kPlace[] = "00000000-0000-4000-8000-000000000001";

std::string Argument(const std::string& permissions,
                     const std::string& more = "") {
  return StrCat(R"({"user_id":")", kUser, R"(","chat_id":")", kPlace,
                R"(","room_id":")", kPlace, R"(","permissions":[)", permissions,
                "]", more, "}");
}
std::string Arguments(const std::string& arguments) {
  return StrCat("{\"arguments\":[", arguments, "]}");
}

class PrivateServicesTest : public testing::Test {
 protected:
  PrivateServicesTest()
      : service_(
            "  private-services:\n"
            "    apps:\n"
            "      - {name: backend, api_key: all}\n"
            "      - {name: helpdesk, api_key: desk,\n"
            "         grants: [PermissionChatMute]}\n") {
    service_.set_authorization("Bearer all");
  }
  std::string Send(std::string_view line, const std::string& body,
                   std::string_view type = "application/json") {
    const Reply reply = service_.Send(line, body, type);
    EXPECT_EQ(reply.content_type, "application/json");
    return StrCat(reply.status, " ", reply.body);
  }
  std::string NewToken(std::string_view line = kChatCreate) {
    return At(
        service_.Send(line, Arguments(Argument("\"PermissionChat\""))).body,
        "tokens.0");
  }
  TokenClaims Claims(const std::string& token,
                     TokenKind kind = TokenKind::kChatMember) {
    const auto& tokens =
        static_cast<const Tokens&>(service_.gateway().tokens());
    const auto claims =
        tokens.Open(kind, "backend", token, service_.clock().Now());
    EXPECT_TRUE(claims.ok()) << claims.status();
    return claims.ok() ? *claims : TokenClaims();
  }
  std::string Introspect(const std::string& token) {
    return Send(kIntrospect, "token=" + token, kForm);
  }
  std::string Revoke(std::string_view line, const std::string& token) {
    return Send(line, Arguments("{\"token\":\"" + token + "\"}"));
  }

  Standalone service_;
};

TEST_F(PrivateServicesTest, AChatTokenCarriesTheExpandedPermissions) {
  const Reply reply = service_.Send(
      kChatCreate,
      Arguments(Argument("\"PermissionChat\",\"PermissionChatKick\"",
                         R"(,"metadata":{"mcuStream":"true","a":"b"})")));
  EXPECT_EQ(reply.status, 200) << reply.body;
  const TokenClaims claims = Claims(At(reply.body, "tokens.0"));
  EXPECT_EQ(claims.subject, kFoldedUser);
  EXPECT_EQ(claims.texts, (TokenClaims::Texts{{"chat_id", kPlace}}));
  EXPECT_EQ(claims.permissions,
            (std::vector<std::string>{
                "PermissionChat", "PermissionChatBlock",
                "PermissionChatUnblock", "PermissionChatMute",
                "PermissionChatUnmute", "PermissionChatMessageDelete",
                "PermissionChatKick", "permissionChatSlowmodeBypass"}));
  EXPECT_EQ(claims.permission_numbers,
            (std::vector<int64_t>{100, 101, 102, 103, 104, 105, 106, 107}));
  EXPECT_EQ(claims.metadata,
            (TokenClaims::Texts{{"mcuStream", "true"}, {"a", "b"}}));
}

TEST_F(PrivateServicesTest, ARoomTokenTakesPermissionsOfBothKinds) {
  const Reply reply =
      service_.Send(kRoomCreate, Arguments(Argument("\"PermissionRoom\","
                                                    "\"PermissionChatMute\","
                                                    "\"PermissionChatMute\"")));
  EXPECT_EQ(reply.status, 200) << reply.body;
  const TokenClaims claims =
      Claims(At(reply.body, "tokens.0"), TokenKind::kRoomMember);
  EXPECT_EQ(claims.texts, (TokenClaims::Texts{{"room_id", kPlace}}));
  EXPECT_EQ(claims.permission_numbers,
            (std::vector<int64_t>{103, 200, 201, 202, 203}));
}

TEST_F(PrivateServicesTest, ThereIsOneTokenPerArgumentInTheirOrder) {
  const Reply reply =
      service_.Send(kChatCreate, Arguments(Argument("\"PermissionChatMute\"") +
                                           "," + Argument("") + "," +
                                           Argument("\"PermissionChatKick\"")));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(At(reply.body, "tokens.3"), "(none)");
  EXPECT_EQ(Claims(At(reply.body, "tokens.0")).permission_numbers,
            std::vector<int64_t>{103});
  EXPECT_EQ(Claims(At(reply.body, "tokens.1")).permissions.size(), 0u);
  EXPECT_EQ(Claims(At(reply.body, "tokens.2")).permission_numbers,
            std::vector<int64_t>{106});
}

TEST_F(PrivateServicesTest, OneBadArgumentAndNoTokenIsIssued) {
  EXPECT_EQ(Send(kChatCreate, Arguments(Argument("") + "," +
                                        Argument("\"PermissionRoomKick\""))),
            "400 {\"code\":\"invalid_argument\",\"message\":"
            "\"arguments[1].permissions[0] is not a permission of this "
            "token\"}");
}

TEST_F(PrivateServicesTest, AKeyIssuesNoMoreThanItsGrants) {
  service_.set_authorization("Bearer desk");
  EXPECT_EQ(Send(kChatCreate, Arguments(Argument("\"PermissionChatMute\"")))
                .substr(0, 4),
            "200 ");
  EXPECT_EQ(Send(kChatCreate, Arguments(Argument("\"PermissionChat\""))),
            "403 {\"code\":\"permission_denied\",\"message\":"
            "\"arguments[0].permissions[0] is not granted to this API key\"}");
}

TEST_F(PrivateServicesTest, IntrospectionTellsWhatStandsInALiveToken) {
  const std::string token =
      At(service_
             .Send(kChatCreate,
                   Arguments(Argument("\"PermissionChatMute\"",
                                      R"(,"metadata":{"mcuStream":"true"})")))
             .body,
         "tokens.0");
  const TokenClaims claims = Claims(token);
  EXPECT_EQ(Introspect(token),
            StrCat(R"(200 {"active":true,"scope":"PermissionChatMute",)",
                   R"("iss":"headgate","typ":"chat-member","aud":"backend",)",
                   R"("sub":")", kFoldedUser,
                   R"(","iat":1767225600,"nbf":1767225600,"exp":1767312000,)",
                   R"("jti":")", claims.id, R"(","chat_id":")", kPlace,
                   R"(","permission_numbers":[103],)",
                   R"("metadata":{"mcuStream":"true"}})"));
}

TEST_F(PrivateServicesTest, EveryBadTokenIsInactiveAndNothingMore) {
  const std::string inactive = "200 {\"active\":false}";
  std::string token = NewToken();
  EXPECT_EQ(Introspect(""), inactive);
  EXPECT_EQ(Introspect("nonsense"), inactive);
  EXPECT_EQ(Introspect(token + "A"), inactive);
  service_.set_authorization("Bearer desk");
  EXPECT_EQ(Introspect(token), inactive) << "another app's";
  service_.set_authorization("Bearer all");
  service_.clock().Advance(absl::Hours(24));
  EXPECT_EQ(Introspect(token), inactive) << "expired";
  EXPECT_EQ(Introspect(std::string(50000, 'x')), inactive) << "over-long";
}

TEST_F(PrivateServicesTest, IntrospectionReadsItsFormStrictly) {
  const std::string token = NewToken();
  const std::string no_form =
      "400 {\"code\":\"invalid_argument\",\"message\":"
      "\"the body is not a form\"}";
  EXPECT_EQ(Send(kIntrospect, "token_type_hint=access_token&token=" + token,
                 "Application/X-WWW-form-urlencoded; charset=UTF-8")
                .substr(0, 18),
            "200 {\"active\":true");
  for (const char* form :
       {"token", "token=a&token=b", "token=%2", "token=a b",
        "=&=", "token=\xC3\xA9", "token=a&", "{\"token\":\"a\"}"}) {
    EXPECT_EQ(Send(kIntrospect, form, kForm), no_form) << form;
  }
  EXPECT_EQ(Send(kIntrospect, "hint=x", kForm),
            "400 {\"code\":\"invalid_argument\",\"message\":"
            "\"token is missing\"}");
  EXPECT_EQ(Send(kIntrospect, "token=x", "application/json"),
            "415 {\"code\":\"invalid_argument\",\"message\":"
            "\"the body must be application/x-www-form-urlencoded\"}");
}

TEST_F(PrivateServicesTest, ARevokedTokenIsInactiveAtOnce) {
  const std::string chat = NewToken(kChatCreate);
  const std::string room = NewToken(kRoomCreate);
  const std::string other = NewToken();
  EXPECT_EQ(Revoke(kChatRevoke, chat), "200 {}");
  EXPECT_EQ(Introspect(chat), "200 {\"active\":false}");
  // Each of the two calls takes both kinds.
  EXPECT_EQ(Revoke(kChatRevoke, room), "200 {}");
  EXPECT_EQ(Introspect(room), "200 {\"active\":false}");
  EXPECT_EQ(Introspect(other).substr(0, 18), "200 {\"active\":true");
  EXPECT_EQ(Revoke(kRoomRevoke, other), "200 {}");
  EXPECT_EQ(Introspect(other), "200 {\"active\":false}");
}

TEST_F(PrivateServicesTest, WhatIsNoLiveTokenIsRevokedAlready) {
  const std::string token = NewToken();
  EXPECT_EQ(Revoke(kChatRevoke, "nonsense"), "200 {}");
  service_.set_authorization("Bearer desk");
  EXPECT_EQ(Revoke(kChatRevoke, token), "200 {}") << "another app's";
  service_.set_authorization("Bearer all");
  EXPECT_EQ(Introspect(token).substr(0, 18), "200 {\"active\":true");
  EXPECT_EQ(service_.runtime().revocations().Size(), 0u);
  EXPECT_EQ(Revoke(kChatRevoke, token), "200 {}");
  EXPECT_EQ(Revoke(kChatRevoke, token), "200 {}") << "again";
  EXPECT_EQ(service_.runtime().revocations().Size(), 1u);
}

TEST_F(PrivateServicesTest, ThePublicKeysAreForAllToRead) {
  service_.set_authorization("");
  const Reply reply = service_.Send("GET /.well-known/paseto-keys");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(At(reply.body, "issuer"), "headgate");
  EXPECT_EQ(At(reply.body, "keys.0.kid").substr(0, 7), "k4.pid.");
  EXPECT_EQ(At(reply.body, "keys.0.paserk").substr(0, 10), "k4.public.");
  EXPECT_EQ(reply.body.find("k4.secret"), std::string::npos);
  EXPECT_EQ(reply.body.find("k4.local"), std::string::npos);
}

TEST_F(PrivateServicesTest, WithoutAKeyNothingElseIsAnswered) {
  for (const char* key : {"", "Bearer", "Bearer other", "Basic all"}) {
    service_.set_authorization(key);
    EXPECT_EQ(Send(kIntrospect, "token=x", kForm),
              "401 {\"code\":\"unauthenticated\",\"message\":"
              "\"the API key is missing or not valid\"}");
    EXPECT_EQ(Revoke(kChatRevoke, "x").substr(0, 4), "401 ");
  }
}

}  // namespace
}  // namespace headgate::service
