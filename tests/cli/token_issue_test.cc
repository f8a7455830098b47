// What `headgate token issue` puts into a token, and what it refuses: the
// services' own rules.
#include "cli/token_issue.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/policy/engine_fixture.h"
#include "tests/support/fake_clock.h"

namespace headgate::cli {
namespace {

using service::TokenClaims;
using service::TokenKind;

constexpr char kUuid[] = "123e4567-e89b-12d3-a456-426614174000";
constexpr char kUpperUuid[] = "123E4567-E89B-12D3-A456-426614174000";

constexpr char kConfig[] = R"(
listeners: [{address: 127.0.0.1:0}]
services:
  agora-chat:
    apps: [{org_name: acme, app_name: chat, client_id: i, client_secret: s}]
  flipflop:
    chat_server_url: ws://chat
    apps: [{app_id: ffl, api_key: k, api_secret: s}]
  private-services:
    apps:
      - {name: backend, api_key: k1}
      - {name: helpdesk, api_key: k2, grants: [PermissionChatMute]}
)";

constexpr char kChatPermissions[] =
    "it takes PermissionChat, PermissionChatBlock, PermissionChatUnblock, "
    "PermissionChatMute, PermissionChatUnmute, PermissionChatMessageDelete, "
    "PermissionChatKick, permissionChatSlowmodeBypass";

class TokenIssueTest : public testing::Test {
 protected:
  TokenIssueTest() {
    std::string mistakes;
    policy_ = policy::CompileText(kConfig, "", &mistakes);
    EXPECT_NE(policy_, nullptr) << mistakes;
  }
  // What is wrong; "": nothing, and the claims are in claims_.
  std::string Make(const TokenRequest& request) {
    std::string mistake = CheckRequest(request);
    if (!mistake.empty()) return mistake;
    const bool of_private = FamilyOf(request.kind) == "private-services";
    const auto app = FindApp(*policy_, request.kind, of_private ? app_ : "");
    if (!app.ok()) return std::string(FromAbsl(app.status().message()));
    claims_ = {};
    return MakeClaims(request, *app, clock_.Now(), &claims_);
  }
  static TokenRequest Chat() {
    return {.kind = TokenKind::kChatMember,
            .user = kUuid,
            .lifetime = "",
            .claims = {StrCat("chat_id=", kUuid)},
            .metadata = {},
            .permissions = {}};
  }
  static TokenRequest Of(TokenKind kind, const std::string& user) {
    TokenRequest request;
    request.kind = kind;
    request.user = user;
    return request;
  }

  test::FakeClock clock_;
  std::shared_ptr<const policy::Policy> policy_;
  std::string app_ = "backend";
  TokenClaims claims_;
};

TEST_F(TokenIssueTest, MakesTheClaimsThatCreateMakes) {
  TokenRequest request = Chat();
  request.user = kUpperUuid;
  request.claims = {StrCat("chat_id=", kUpperUuid)};
  request.permissions = {"permissionChatSlowmodeBypass", "PermissionChatMute",
                         "PermissionChatMute"};
  request.metadata = {"mcuStream=true", "seat=A=1"};
  EXPECT_EQ(Make(request), "");
  EXPECT_EQ(claims_.kind, TokenKind::kChatMember);
  EXPECT_EQ(claims_.audience, "backend");
  EXPECT_EQ(claims_.subject, kUuid);
  EXPECT_EQ(claims_.texts, (TokenClaims::Texts{{"chat_id", kUuid}}));
  EXPECT_EQ(claims_.permissions,
            (std::vector<std::string>{"PermissionChatMute",
                                      "permissionChatSlowmodeBypass"}));
  EXPECT_EQ(claims_.permission_numbers, (std::vector<int64_t>{103, 107}));
  EXPECT_EQ(claims_.metadata,
            (TokenClaims::Texts{{"mcuStream", "true"}, {"seat", "A=1"}}));
  EXPECT_EQ(claims_.expires_s, 0);  // by tokens.lifetime
}

TEST_F(TokenIssueTest, ARoomTokenTakesPermissionsOfBoth) {
  TokenRequest request = Chat();
  request.kind = TokenKind::kRoomMember;
  request.claims = {StrCat("room_id=", kUuid)};
  request.permissions = {"PermissionRoom", "PermissionChatKick"};
  EXPECT_EQ(Make(request), "");
  EXPECT_EQ(claims_.permission_numbers,
            (std::vector<int64_t>{106, 200, 201, 202, 203}));
}

TEST_F(TokenIssueTest, RefusesWhatCreateRefuses) {
  struct Case {
    void (*change)(TokenRequest*);
    std::string mistake;
  };
  const Case kCases[] = {
      {[](TokenRequest* r) { r->permissions = {"PermissionChatSing"}; },
       StrCat("--permission: \"PermissionChatSing\" is not a permission of "
              "this token; ",
              kChatPermissions)},
      {[](TokenRequest* r) {
         r->permissions = {"PermissionChat", "PermissionRoom"};
       },
       StrCat("--permission: \"PermissionRoom\" is not a permission of this "
              "token; ",
              kChatPermissions)},
      {[](TokenRequest* r) { r->claims.clear(); },
       "a chat-member token needs --claim chat_id=..."},
      {[](TokenRequest* r) { r->claims = {StrCat("room_id=", kUuid)}; },
       "--claim \"room_id\": a chat-member token takes chat_id only"},
      {[](TokenRequest* r) { r->claims = {"chat_id=lobby"}; },
       "--claim chat_id: \"lobby\" is not a UUID"},
      {[](TokenRequest* r) { r->user = "amy"; },
       "--user: \"amy\" is not a UUID"},
      {[](TokenRequest* r) { r->metadata = {"mcuStream=yes"}; },
       "--metadata mcuStream: \"yes\" is neither \"true\" nor \"false\""},
      {[](TokenRequest* r) { r->metadata = {"a=" + std::string(4096, 'x')}; },
       "--metadata takes at most 4096 bytes of names and values"},
      {[](TokenRequest* r) {
         for (int i = 0; i < 65; ++i) r->metadata.push_back(StrCat(i, "=x"));
       },
       "--metadata: metadata has more than 64 entries"},
      {[](TokenRequest* r) { r->permissions.assign(101, "PermissionChat"); },
       "--permission: permissions has more than 100 entries"},
      {[](TokenRequest* r) {
         r->metadata = {"a=1", "a=2"};
       },
       "--metadata \"a\" is given twice"},
      {[](TokenRequest* r) { r->claims.push_back(r->claims[0]); },
       "--claim \"chat_id\" is given twice"},
      {[](TokenRequest* r) { r->metadata = {"a=\xff"}; },
       "--metadata is not valid UTF-8"},
      {[](TokenRequest* r) { r->claims = {"chat_id=\xff"}; },
       "--claim is not valid UTF-8"},
      {[](TokenRequest* r) { r->user = "\xff"; }, "--user is not valid UTF-8"},
      {[](TokenRequest* r) { r->permissions = {"\xff"}; },
       "--permission is not valid UTF-8"},
      {[](TokenRequest* r) { r->metadata = {"a"}; },
       "--metadata takes NAME=VALUE"},
      {[](TokenRequest* r) { r->claims = {"=x"}; }, "--claim takes NAME=VALUE"},
      {[](TokenRequest* r) { r->user = ""; }, "whose token? --user is missing"},
  };
  for (const Case& test : kCases) {
    TokenRequest request = Chat();
    test.change(&request);
    EXPECT_EQ(Make(request), test.mistake);
  }
}

TEST_F(TokenIssueTest, NoClaimOfEveryTokenIsGivenByHand) {
  for (const std::string name :
       {"iss", "typ", "aud", "sub", "iat", "nbf", "exp", "jti", "permissions",
        "permission_numbers", "metadata"}) {
    TokenRequest request = Chat();
    request.claims.push_back(name + "=x");
    EXPECT_EQ(Make(request), StrCat("--claim \"", name,
                                    "\": a chat-member token takes chat_id "
                                    "only"));
  }
}

TEST_F(TokenIssueTest, AnAppGivesWhatItIsGranted) {
  app_ = "helpdesk";
  TokenRequest request = Chat();
  request.permissions = {"PermissionChatMute"};
  EXPECT_EQ(Make(request), "");
  request.permissions = {"PermissionChatMute", "PermissionChatKick"};
  EXPECT_EQ(Make(request),
            "--permission: \"PermissionChatKick\" is not granted to this API "
            "key");
}

TEST_F(TokenIssueTest, UsersAreThoseOfTheContract) {
  EXPECT_EQ(Make(Of(TokenKind::kUserAccess, "Amy.O-1")), "");
  EXPECT_EQ(claims_.subject, "amy.o-1");
  EXPECT_EQ(claims_.audience, "acme#chat");
  EXPECT_EQ(Make(Of(TokenKind::kUserAccess, "Ann Bob")),
            "--user \"Ann Bob\": username [Ann Bob] is not legal; it takes "
            "1..64 of a-zA-Z0-9_.-");
  EXPECT_EQ(Make(Of(TokenKind::kMemberChat, "Amy1")), "");
  EXPECT_EQ(claims_.subject, "Amy1");
  EXPECT_EQ(claims_.audience, "ffl");
  EXPECT_EQ(Make(Of(TokenKind::kMemberRefresh, "amy.1")),
            "--user \"amy.1\": appUserId must be 1 to 64 letters and digits; "
            "it takes 1..64 of a-zA-Z0-9");
  EXPECT_EQ(Make(Of(TokenKind::kAppAccess, "")), "");
  EXPECT_EQ(claims_.subject, "");
  EXPECT_EQ(Make(Of(TokenKind::kAppAccess, "amy")),
            "a token of an app has no --user");
}

TEST_F(TokenIssueTest, MembersAndGuestsHaveANameAndARole) {
  using Texts = TokenClaims::Texts;
  TokenRequest request = Of(TokenKind::kMemberAccess, "amy1");
  EXPECT_EQ(Make(request), "");
  EXPECT_EQ(claims_.texts, (Texts{{"user_name", "amy1"}, {"role", "member"}}));
  request.claims = {"role=guest"};
  EXPECT_EQ(Make(request), "");
  EXPECT_EQ(claims_.texts,
            (Texts{{"user_name", "GUEST_amy1"}, {"role", "guest"}}));
  request.claims = {"role=guest", "user_name=Amy O"};
  EXPECT_EQ(Make(request), "");
  EXPECT_EQ(claims_.texts, (Texts{{"user_name", "Amy O"}, {"role", "guest"}}));
  request.kind = TokenKind::kMemberRefresh;
  EXPECT_EQ(Make(request), "a guest has no member-refresh token");
  request.claims = {"role=owner"};
  EXPECT_EQ(Make(request), "--claim role takes member or guest");
  request.claims = {"user_name=" + std::string(1025, 'x')};
  EXPECT_EQ(Make(request), "--claim user_name takes at most 1024 bytes");
  request.claims = {"chat_id=x"};
  EXPECT_EQ(Make(request),
            "--claim \"chat_id\": a member-refresh token takes user_name and "
            "role only");
}

TEST_F(TokenIssueTest, WhatAKindHasNotIsRefused) {
  TokenRequest request = Of(TokenKind::kUserAccess, "amy");
  request.claims = {"color=red"};
  EXPECT_EQ(Make(request),
            "--claim \"color\": a user-access token takes no claims of its "
            "own");
  request = Of(TokenKind::kAppAccess, "");
  request.permissions = {"PermissionChat"};
  EXPECT_EQ(Make(request),
            "an app-access token has no permissions: leave out --permission");
  request = Of(TokenKind::kMemberChat, "amy");
  request.metadata = {"a=b"};
  EXPECT_EQ(Make(request),
            "a member-chat token has no metadata: leave out --metadata");
}

// `exp` has whole seconds: never less than was asked for.
TEST_F(TokenIssueTest, LivesAsLongAsWasAsked) {
  const int64_t start_s = clock_.Now().unix_us / 1000000;
  TokenRequest request = Of(TokenKind::kUserAccess, "amy");
  request.lifetime = "90s";
  EXPECT_EQ(Make(request), "");
  EXPECT_EQ(claims_.expires_s, start_s + 90);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(Make(request), "");
  EXPECT_EQ(claims_.expires_s, start_s + 91);
  for (const char* bad : {"5", "0s", "999ms", "4294967296s", "forever"}) {
    request.lifetime = bad;
    EXPECT_EQ(Make(request),
              "--lifetime takes 1s or more, as 90s, 15m, 12h or 7d, and at "
              "most 4294967295s")
        << bad;
  }
}

TEST_F(TokenIssueTest, AsksForTheAppWhereThereAreSeveral) {
  app_ = "";
  EXPECT_EQ(Make(Chat()),
            "which app? --app is missing; there are backend, helpdesk");
  app_ = "back";
  EXPECT_EQ(Make(Chat()),
            "private-services has no app \"back\"; there are backend, "
            "helpdesk");
}

}  // namespace
}  // namespace headgate::cli
