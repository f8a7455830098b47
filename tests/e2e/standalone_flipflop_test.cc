// flipflop answered by the real binary: a member's whole life over HTTP, and
// what a restart and a kill leave of it.
#include <signal.h>

#include <memory>
#include <regex>
#include <string>

#include "base/crypto.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class StandaloneFlipflopTest : public testing::Test {
 protected:
  void SetUp() override { Start(); }

  void Start() {
    headgate_ = std::make_unique<HeadgateProcess>(
        StrCat("listeners: [{address: \"127.0.0.1:0\"}]\n"
               "admin: {address: \"127.0.0.1:0\"}\n"
               "storage: \"sqlite:",
               dir_.File("data/headgate.db"),
               "\"\n"
               "services:\n"
               "  flipflop:\n"
               "    chat_server_url: wss://chat.example.com/ws\n"
               "    limits: {default: 1000000/s}\n"
               "    apps: [{app_id: ffl-dev-1, api_key: demo-key,\n"
               "            api_secret: demo-secret}]\n"));
    ASSERT_TRUE(headgate_->started()) << headgate_->err();
  }
  void KillAndStart() {
    headgate_->process().Kill(SIGKILL);
    headgate_->WaitExit();
    Start();
  }

  // `line` is a method and what stands below /v2/apps/me.
  Message Call(std::string_view line, std::string_view body = "",
               std::string_view credentials = "demo-key:demo-secret") const {
    const size_t blank = line.find(' ');
    std::string request =
        StrCat(line.substr(0, blank), " /v2/apps/me", line.substr(blank + 1),
               " HTTP/1.1\r\nHost: gateway\r\nAuthorization: Basic ",
               Base64Encode(credentials, Base64Alphabet::kStandard), "\r\n");
    if (!body.empty()) {
      StrAppend(&request, "Content-Type: application/json\r\nContent-Length: ",
                body.size(), "\r\n");
    }
    return headgate_->Call(StrCat(request, "\r\n", body),
                           line.substr(0, blank));
  }
  static std::string TextAt(const Message& answer, const std::string& key) {
    std::smatch match;
    const std::regex pattern("\"" + key + "\":\"([^\"]*)\"");
    return std::regex_search(answer.body, match, pattern) ? match[1].str() : "";
  }

  TempDir dir_;
  std::unique_ptr<HeadgateProcess> headgate_;
};

TEST_F(StandaloneFlipflopTest, LeadsAMemberThroughItsLife) {
  const Message made =
      Call("POST /members", R"({"appUserId":"bob","appUserName":"Bob"})");
  EXPECT_EQ(made.status, 201) << made;
  EXPECT_EQ(made.Header("Content-Type"), "application/json");
  EXPECT_THAT(
      made.body,
      MatchesRegex(R"re(\{"id":"[0-9A-Za-z]{27}","state":"ACTIVE",)re"
                   R"re("app":\{"id":"ffl-dev-1","state":"ACTIVE",)re"
                   R"re("name":"ffl-dev-1"\},)re"
                   R"re("appUserId":"bob","appUserName":"Bob",)re"
                   R"re("appUserProfileImgUrl":null,)re"
                   R"re("createdAt":"20..-..-..T..:..:..\....Z",)re"
                   R"re("lastModifiedAt":"20..-..-..T..:..:..\....Z"\})re"));
  EXPECT_EQ(Call("GET /members/bob").body, made.body);
  EXPECT_THAT(
      Call("POST /members/bob/chat-tokens", "''").body,
      MatchesRegex(
          R"re(\{"chatServerWebSocketUrl":"wss://chat.example.com/ws",)re"
          R"re("chatToken":"v4\.local\.[^"]+","appId":"ffl-dev-1",)re"
          R"re("userId":"bob","userName":"Bob",)re"
          R"re("avatarProfileUrl":null\})re"));
  EXPECT_EQ(TextAt(Call("PATCH /members/bob", R"({"appUserName":"Robert"})"),
                   "appUserName"),
            "Robert");
  EXPECT_THAT(Call("GET /members?page=0&size=10").body,
              HasSubstr(R"("pageable":{"pageNumber":0,"pageSize":10},)"
                        R"("totalPages":1,"totalElements":1,"number":0,)"
                        R"("size":10,"first":true,"last":true,"empty":false)"));
  const Message deleted = Call("DELETE /members/bob");
  EXPECT_EQ(deleted.status, 204) << deleted;
  EXPECT_EQ(deleted.body, "");
  EXPECT_FALSE(deleted.HasHeader("Content-Length")) << deleted;
  EXPECT_EQ(Call("GET /members/bob").status, 404);
  EXPECT_TRUE(EndsWell(headgate_.get()));
}

TEST_F(StandaloneFlipflopTest, KnowsAGuestByItsTokenAfterAKill) {
  const std::string body = StrCat(
      R"({"accessToken":")",
      TextAt(Call("POST /members/login-as-guest"), "accessToken"), "\"}");
  const Message before = Call("POST /members/guest-chat-tokens", body);
  EXPECT_EQ(before.status, 200) << before;
  KillAndStart();
  const Message after = Call("POST /members/guest-chat-tokens", body);
  EXPECT_EQ(after.status, 200) << after;
  EXPECT_EQ(TextAt(after, "userId"), TextAt(before, "userId"));
  EXPECT_NE(TextAt(after, "chatToken"), TextAt(before, "chatToken"));
}

TEST_F(StandaloneFlipflopTest, KeepsWhatItAnsweredWhenItIsKilled) {
  ASSERT_EQ(Call("POST /members", R"({"appUserId":"m1"})").status, 201);
  ASSERT_EQ(Call("POST /members/login", R"({"appUserId":"m2"})").status, 200);
  ASSERT_EQ(Call("POST /members", R"({"appUserId":"m3"})").status, 201);
  ASSERT_EQ(Call("DELETE /members/m1,m3").status, 204);
  KillAndStart();
  EXPECT_EQ(Call("GET /members/m1").status, 404);
  EXPECT_EQ(Call("GET /members/m2").status, 200);
  EXPECT_THAT(Call("GET /members").body, HasSubstr(R"("totalElements":1)"));
  EXPECT_EQ(Call("POST /members", R"({"appUserId":"m2"})").status, 409);
}

TEST_F(StandaloneFlipflopTest, RefusesBadCredentialsAlikeAndNeverShowsThem) {
  const std::string refused =
      R"({"errorCode":"INVALID_APP_CREDENTIALS",)"
      R"("errorMessage":"The app credentials are not valid."})";
  for (const char* credentials :
       {"demo-key:wrong-Secret", "other-Key:demo-secret", "demo-key:", ":"}) {
    const Message answer =
        Call("POST /members", R"({"appUserId":"bob"})", credentials);
    EXPECT_EQ(answer.status, 401) << credentials;
    EXPECT_EQ(answer.body, refused) << credentials;
  }
  EXPECT_EQ(Call("GET /members/bob").status, 404);
  EXPECT_EQ(headgate_->AccessLog(5).size(), 5u);
  for (const char* secret : {"demo-secret", "wrong-Secret", "demo-key"}) {
    EXPECT_THAT(headgate_->out(), Not(HasSubstr(secret)));
    EXPECT_THAT(headgate_->err(), Not(HasSubstr(secret)));
  }
}

TEST_F(StandaloneFlipflopTest, TellsTheLogAloneWhyATokenIsRefused) {
  const Message refused = Call("POST /members/guest-chat-tokens",
                               R"({"accessToken":"v4.local.n0nsense"})");
  EXPECT_EQ(refused.status, 400) << refused;
  EXPECT_EQ(refused.body, R"({"errorCode":"INVALID_ACCESS_TOKEN",)"
                          R"("errorMessage":"accessToken is not valid."})");
  const auto log = headgate_->AccessLog(1);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_THAT(log[0], HasSubstr("not a token of ours"));
  EXPECT_THAT(log[0], Not(HasSubstr("n0nsense")));
}

}  // namespace
}  // namespace headgate::test
