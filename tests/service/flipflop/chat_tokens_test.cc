// issue_guest_chat_token and issue_member_chat_token, every row of the
// contract page "flipflop".
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/service/flipflop/flipflop.h"

namespace headgate::service {
namespace {

constexpr char kGuest[] = "POST /members/guest-chat-tokens";

std::string ChatToken(const std::string& id, const std::string& name,
                      const std::string& image) {
  return StrCat(R"(200 {"chatServerWebSocketUrl":"wss://chat.example.com/ws",)",
                R"("chatToken":TOKEN,"appId":"ffl-dev-1","userId":")", id,
                R"(","userName":")", name, R"(","avatarProfileUrl":)", image,
                "}");
}

std::string InvalidAccessToken() {
  return Error(400, "INVALID_ACCESS_TOKEN", "accessToken is not valid.");
}

TEST(FlipflopChatTokensTest, MakeAnIdANameAndNoPictureForAGuest) {
  Flipflop service;
  for (const char* body :
       {"", "{}",
        R"({"accessToken":null,"appUserId":null,"appUserName":null,)"
        R"("appUserProfileImgUrl":null})"}) {
    EXPECT_EQ(service.Ask(kGuest, body),
              ChatToken("KSUID", "GUEST_KSUID", "null"));
  }
  const std::string body = service.Call(kGuest).body;
  EXPECT_EQ(At(body, "userName"), "GUEST_" + At(body, "userId"));
}

TEST(FlipflopChatTokensTest, TakeWhatTheAppSaysOfAGuest) {
  Flipflop service;
  EXPECT_EQ(
      service.Ask(kGuest,
                  R"({"appUserId":"Guest7","appUserName":"Ann \"é\"",)"
                  R"("appUserProfileImgUrl":"https://i.example/1.png"})"),
      ChatToken("Guest7", R"(Ann \"é\")", R"("https://i.example/1.png")"));
  EXPECT_EQ(service.Ask(kGuest, R"({"appUserId":"Guest7"})"),
            ChatToken("Guest7", "GUEST_Guest7", "null"));
}

TEST(FlipflopChatTokensTest, NameAGuestByItsOwnToken) {
  Flipflop service;
  const std::string access =
      service.Get("accessToken", "POST /members/login-as-guest");
  const std::string body = R"({"accessToken":")" + access + "\"}";
  const std::string id = service.Get("userId", kGuest, body);
  EXPECT_EQ(id.size(), 27u);
  EXPECT_EQ(service.Get("userId", kGuest, body), id);
  // Saying the same twice is no contradiction; saying two things is.
  EXPECT_EQ(service.Get("userId", kGuest,
                        StrCat(R"({"accessToken":")", access,
                               R"(","appUserId":")", id, "\"}")),
            id);
  EXPECT_EQ(service.Ask(kGuest, StrCat(R"({"accessToken":")", access,
                                       R"(","appUserId":"another"})")),
            InvalidAccessToken());
}

TEST(FlipflopChatTokensTest, RefuseEveryOtherAccessToken) {
  Flipflop service;
  const std::string login = R"({"appUserId":"bob"})";
  const std::string guest =
      service.Get("accessToken", "POST /members/login-as-guest");
  std::string altered = guest;
  altered[guest.size() / 2] = altered[guest.size() / 2] == 'A' ? 'B' : 'A';
  const std::vector<std::string> tokens = {
      "",
      "x",
      altered,
      std::string(60000, 'a'),
      // Of another kind, a member's.
      service.Get("chatToken", kGuest),
      service.Get("refreshToken", "POST /members/login", login),
      service.Get("accessToken", "POST /members/login", login),
  };
  for (const std::string& token : tokens) {
    EXPECT_EQ(service.Ask(kGuest, R"({"accessToken":")" + token + "\"}"),
              InvalidAccessToken())
        << token.substr(0, 100);
  }
  const std::string body = R"({"accessToken":")" + guest + "\"}";
  service.UseApp(2);
  EXPECT_EQ(service.Ask(kGuest, body), InvalidAccessToken()) << "another app's";
  service.UseApp(1);
  EXPECT_EQ(service.Call(kGuest, body).status, 200);
  service.clock().Advance(absl::Hours(24));
  EXPECT_EQ(service.Ask(kGuest, body), InvalidAccessToken()) << "expired";
}

TEST(FlipflopChatTokensTest, SayInTheTokenWhoItIs) {
  Flipflop service;
  const std::string token = service.Get(
      "chatToken", kGuest, R"({"appUserId":"Guest7","appUserName":"Ann"})");
  const auto claims = service.Open(TokenKind::kMemberChat, token);
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->audience, "ffl-dev-1");
  EXPECT_EQ(claims->subject, "Guest7");
  EXPECT_EQ(claims->texts,
            (decltype(claims->texts){{"user_name", "Ann"}, {"role", "guest"}}));
  EXPECT_EQ(claims->expires_s, claims->issued_ms / 1000 + 24 * 3600);
  EXPECT_FALSE(service.Open(TokenKind::kMemberAccess, token).ok());
  EXPECT_FALSE(service.Open(TokenKind::kMemberChat, token, "ffl-dev-2").ok());
}

TEST(FlipflopChatTokensTest, AreIssuedToMembersInEachFormOfTheEmptyBody) {
  Flipflop service;
  service.Call("POST /members",
               R"({"appUserId":"bob","appUserName":"Bob",)"
               R"("appUserProfileImgUrl":"https://i.example/b.png"})");
  for (const char* body : {"", "''", "{}"}) {
    EXPECT_EQ(service.Ask("POST /members/bob/chat-tokens", body),
              ChatToken("bob", "Bob", R"("https://i.example/b.png")"));
  }
  const auto claims =
      service.Open(TokenKind::kMemberChat,
                   service.Get("chatToken", "POST /members/bob/chat-tokens"));
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->subject, "bob");
  EXPECT_EQ(claims->texts, (decltype(claims->texts){{"user_name", "Bob"},
                                                    {"role", "member"}}));
}

TEST(FlipflopChatTokensTest, ShowAMemberWithoutANameByItsId) {
  Flipflop service;
  service.Call("POST /members", R"({"appUserId":"bob"})");
  EXPECT_EQ(service.Ask("POST /members/bob/chat-tokens"),
            ChatToken("bob", "bob", "null"));
}

TEST(FlipflopChatTokensTest, AreRefusedToUnknownMembers) {
  Flipflop service;
  service.Call("POST /members", R"({"appUserId":"bob"})");
  EXPECT_EQ(service.Ask("POST /members/Bob/chat-tokens"), MemberNotFound())
      << "case matters";
  service.UseApp(2);
  EXPECT_EQ(service.Ask("POST /members/bob/chat-tokens"), MemberNotFound())
      << "another app's";
}

TEST(FlipflopChatTokensTest, BoundWhatATokenHolds) {
  Flipflop service;
  const auto body = [](std::string_view key, size_t bytes) {
    return StrCat("{\"", key, "\":\"", std::string(bytes, 'n'), "\"}");
  };
  EXPECT_EQ(service.Call(kGuest, body("appUserName", 1024)).status, 200);
  EXPECT_EQ(service.Ask(kGuest, body("appUserName", 1025)), InvalidBody());
  EXPECT_EQ(service.Call(kGuest, body("appUserProfileImgUrl", 4096)).status,
            200);
  EXPECT_EQ(service.Ask(kGuest, body("appUserProfileImgUrl", 4097)),
            InvalidBody());
}

}  // namespace
}  // namespace headgate::service
