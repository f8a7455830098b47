// Logging in, as member and as guest.
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/service/flipflop/flipflop.h"

namespace headgate::service {
namespace {

constexpr char kLogin[] = "POST /members/login";

TEST(FlipflopLoginsTest, AnswerThreeTokensForAMember) {
  Flipflop service;
  const Reply reply = service.Call(kLogin, R"({"appUserId":"bob"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(Flipflop::WithoutChance(reply.body),
            R"({"accessToken":TOKEN,"refreshToken":TOKEN,)"
            R"("streamingToken":TOKEN})");
  const int64_t day_s = 24 * 3600;
  const struct {
    const char* key;
    TokenKind kind;
    int64_t lifetime_s;
  } tokens[] = {
      {"accessToken", TokenKind::kMemberAccess, day_s},
      {"refreshToken", TokenKind::kMemberRefresh, 30 * day_s},
      {"streamingToken", TokenKind::kMemberStream, day_s},
  };
  for (const auto& [key, kind, lifetime_s] : tokens) {
    const auto claims = service.Open(kind, At(reply.body, key));
    ASSERT_TRUE(claims.ok()) << key << ": " << claims.status();
    EXPECT_EQ(claims->subject, "bob");
    EXPECT_EQ(claims->expires_s - claims->issued_ms / 1000, lifetime_s) << key;
  }
}

TEST(FlipflopLoginsTest, RegisterAMemberWhoIsNew) {
  Flipflop service;
  service.Call(kLogin, R"({"appUserId":"bob","appUserName":"Bob",)"
                       R"("appUserProfileImgUrl":"https://i.example/b"})");
  const std::string bob = service.Call("GET /members/bob").body;
  EXPECT_EQ(At(bob, "appUserName"), "Bob");
  EXPECT_EQ(At(bob, "appUserProfileImgUrl"), "https://i.example/b");
  EXPECT_EQ(At(bob, "createdAt"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(service.Get("totalElements", "GET /members"), "1");
}

TEST(FlipflopLoginsTest, BringANameAndPictureUpToDate) {
  Flipflop service;
  service.Call(kLogin, R"({"appUserId":"bob","appUserName":"Bob"})");
  const std::string before = service.Call("GET /members/bob").body;
  service.clock().Advance(absl::Seconds(1));
  // What is absent or null says nothing.
  service.Call(kLogin, R"({"appUserId":"bob"})");
  service.Call(kLogin, R"({"appUserId":"bob","appUserName":null})");
  service.Call(kLogin, R"({"appUserId":"bob","appUserName":"Bob"})");
  EXPECT_EQ(service.Call("GET /members/bob").body, before);
  service.Call(kLogin, R"({"appUserId":"bob","appUserName":"Robert"})");
  const std::string after = service.Call("GET /members/bob").body;
  EXPECT_EQ(At(after, "appUserName"), "Robert");
  EXPECT_EQ(At(after, "id"), At(before, "id"));
  EXPECT_EQ(At(after, "lastModifiedAt"), "2026-01-01T00:00:01.000Z");
  EXPECT_EQ(service.Get("totalElements", "GET /members"), "1");
}

TEST(FlipflopLoginsTest, NeedAnIdOfTheDocumentedForm) {
  Flipflop service;
  EXPECT_EQ(service.Ask(kLogin, "{}"),
            Error(400, "EMPTY_APP_USER_ID", "appUserId is empty."));
  EXPECT_EQ(service.Ask(kLogin, R"({"appUserId":""})"),
            Error(400, "EMPTY_APP_USER_ID", "appUserId is empty."));
  // Null is there, and has no letter or digit; where an id is optional, it is
  // as good as absent.
  for (const char* body : {R"({"appUserId":"a-b"})", R"({"appUserId":null})",
                           R"({"appUserId":7})"}) {
    const std::string bad =
        Error(400, "INVALID_APP_USER_ID_FORMAT",
              "appUserId must be 1 to 64 letters and digits.");
    EXPECT_EQ(service.Ask(kLogin, body), bad) << body;
    EXPECT_EQ(service.Ask("POST /members", body), bad) << body;
  }
  EXPECT_EQ(service.Get("totalElements", "GET /members"), "0");
}

TEST(FlipflopLoginsTest, GiveAGuestOneTokenAndKeepNothing) {
  Flipflop service;
  const Reply reply = service.Call("POST /members/login-as-guest");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(Flipflop::WithoutChance(reply.body), R"({"accessToken":TOKEN})");
  const auto claims =
      service.Open(TokenKind::kMemberAccess, At(reply.body, "accessToken"));
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->subject.size(), 27u);
  EXPECT_EQ(claims->texts,
            (decltype(claims->texts){{"user_name", "GUEST_" + claims->subject},
                                     {"role", "guest"}}));
  EXPECT_EQ(service.Get("totalElements", "GET /members"), "0");
}

TEST(FlipflopLoginsTest, BelongToAListedApp) {
  Flipflop service(
      "  flipflop: {unlisted_apps: allow,\n"
      "    chat_server_url: \"wss://chat.example.com/ws\"}\n");
  const std::string refused = Error(401, "INVALID_APP_CREDENTIALS",
                                    "The app credentials are not valid.");
  EXPECT_EQ(service.Ask("POST /members/login-as-guest"), refused);
  EXPECT_EQ(service.Ask(kLogin, R"({"appUserId":"bob"})"), refused);
  EXPECT_EQ(service.Ask("GET /members"), refused);
}

}  // namespace
}  // namespace headgate::service
