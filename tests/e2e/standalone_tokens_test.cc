// Tokens by the real binary: one refusal for every bad one, keys beside the
// database, `headgate token`.
#include <sys/stat.h>

#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

constexpr char kUser[] = "123e4567-e89b-12d3-a456-426614174000";
constexpr char kBoth[] =
    "revoke takes a token, or --kind, --app and --user, not both";

class StandaloneTokensTest : public testing::Test {
 protected:
  StandaloneTokensTest() { config_ = dir_.Write("headgate.yaml", Config("")); }

  std::string Config(const std::string& more) const {
    return StrCat(
        "listeners: [{address: \"127.0.0.1:0\"}]\n"
        "storage: \"sqlite:",
        dir_.File("headgate.db"), "\"\n", more,
        "services:\n"
        "  agora-chat:\n"
        "    apps: [{org_name: acme, app_name: chat, client_id: id,\n"
        "            client_secret: secret}]\n"
        "  private-services:\n"
        "    apps: [{name: backend, api_key: demo-api-key}]\n");
  }
  void Start(const std::string& more = "") {
    headgate_ = std::make_unique<HeadgateProcess>(Config(more));
    ASSERT_TRUE(headgate_->started()) << headgate_->err();
  }
  void Stop() {
    headgate_->process().Terminate();
    EXPECT_EQ(headgate_->WaitExit(), 0);
  }
  Message Call(std::string_view line, std::string_view token,
               std::string_view body = "",
               std::string_view type = "application/json") const {
    std::string request =
        StrCat(line, " HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ",
               token, "\r\n");
    if (!body.empty()) {
      StrAppend(&request, "Content-Type: ", type,
                "\r\nContent-Length: ", body.size(), "\r\n");
    }
    return headgate_->Call(StrCat(request, "\r\n", body),
                           line.substr(0, line.find(' ')));
  }
  // `headgate token NAME CONFIG ...`: its output without the last line feed.
  std::string Token(std::vector<std::string> args, int exit_code = 0,
                    const std::string& input = "") {
    args.insert(args.begin() + 1, config_);
    args.insert(args.begin(), "token");
    const ProcessResult result = RunHeadgate(args, input);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    err_ = result.err;
    return result.out.substr(0, result.out.find('\n'));
  }
  std::string IssueFor(const std::string& user) {
    return Token({"issue", "--kind", "user-access", "--user", user});
  }
  // POST /revoke of the admin listener.
  std::string Revoke(std::string_view body) const {
    const Message answer =
        RawClient(headgate_->admin_address())
            .Call(StrCat("POST /revoke HTTP/1.1\r\nHost: admin\r\n"
                         "Content-Length: ",
                         body.size(), "\r\n\r\n", body),
                  "POST");
    return StrCat(answer.status, " ", answer.body);
  }
  // A body without the numbers that differ from call to call.
  static std::string Body(const Message& answer) {
    return std::regex_replace(
        answer.body, std::regex("\"(timestamp|duration)\":[0-9]+"), "\"$1\":N");
  }
  std::string RoomsWith(std::string_view token) const {
    const Message answer = Call("GET /acme/chat/chatrooms", token);
    return StrCat(answer.status, " ", Body(answer));
  }

  TempDir dir_;
  std::string config_, err_;
  std::unique_ptr<HeadgateProcess> headgate_;
};

TEST_F(StandaloneTokensTest, EveryBadTokenGetsTheSameRefusal) {
  Start();
  const std::string good = Token({"issue", "--kind", "app-access"});
  EXPECT_THAT(RoomsWith(good), StartsWith("200 "));
  std::string altered = good;
  altered[40] = altered[40] == 'A' ? 'B' : 'A';
  const std::string other_kind =
      Token({"issue", "--kind", "chat-member", "--user", kUser, "--app",
             "backend", "--claim", StrCat("chat_id=", kUser)});
  const std::string refusal = RoomsWith(altered);
  EXPECT_THAT(refusal,
              MatchesRegex(R"re(401 \{"error":"auth_bad_access_token")re"
                           R"re(.*"Unable to authenticate\."\})re"));
  const std::string kBad[] = {
      other_kind,
      "v3" + good.substr(2),
      "v4.public" + good.substr(8),
      good + "AAAA",
      good.substr(0, good.size() - 4),
      "007eJxTYNAI",
      "t0ken",
      std::string(8000, 'x'),
  };
  for (const std::string& token : kBad) {
    EXPECT_EQ(RoomsWith(token), refusal) << token.substr(0, 40);
  }
  // The reason is in the log, the token is not.
  EXPECT_TRUE(headgate_->process().WaitForOutput(
      "altered, or of another kind, app or issuer"));
  EXPECT_EQ(headgate_->process().out().find(good.substr(20, 40)),
            std::string::npos);
}

TEST_F(StandaloneTokensTest, TheKeysAreBesideTheDatabaseAndOutliveAStart) {
  Start();
  struct stat info = {};
  ASSERT_EQ(::stat(dir_.File("headgate.db.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  const std::string token = IssueFor("alice");
  Stop();
  Start();
  EXPECT_THAT(RoomsWith(token), StartsWith("200 "));
  Stop();
  ASSERT_EQ(::chmod(dir_.File("headgate.db.key").c_str(), 0644), 0);
  const HeadgateProcess open(Config(""));
  EXPECT_FALSE(open.started());
  EXPECT_THAT(open.err(), HasSubstr("its mode 0644 lets others at them"));
}

TEST_F(StandaloneTokensTest, ATokenIsIssuedInspectedAndRevokedByHand) {
  Start();
  Stop();
  const std::string token =
      Token({"issue", "--kind", "room-member", "--user", kUser, "--claim",
             StrCat("room_id=", kUser), "--permission", "PermissionRoom",
             "--metadata", "mcuStream=true", "--lifetime", "1h"});
  EXPECT_THAT(
      Token({"inspect"}, 0, token + "\n"),
      MatchesRegex(R"re(\{"iss":"headgate","typ":"room-member",)re"
                   R"re("aud":"backend","sub":"123e4567-.*",.*"room_id":.*)re"
                   R"re("permission_numbers":\[200,201,202,203\],)re"
                   R"re("metadata":\{"mcuStream":"true"\}\})re"));
  EXPECT_EQ(err_, "headgate: good\n");
  EXPECT_EQ(Token({"revoke"}, 0, token), "");
  Token({"inspect"}, 1, token);
  EXPECT_EQ(err_, "headgate: not good: revoked\n");
  Token({"revoke"}, 1, token);
  EXPECT_EQ(err_, "headgate: not good, so nothing to revoke: revoked\n");

  const std::string alice = IssueFor("alice"), bob = IssueFor("bob");
  Token({"revoke", "--kind", "user-access", "--user", "Alice"});
  Start();
  EXPECT_THAT(RoomsWith(alice), StartsWith("401 "));
  EXPECT_THAT(RoomsWith(bob), StartsWith("200 "));
  const Message introspected =
      Call("POST /oauth2/introspect", "demo-api-key", StrCat("token=", token),
           "application/x-www-form-urlencoded");
  EXPECT_EQ(introspected.body, R"({"active":false})") << introspected;
  // The server has the database now.
  Token({"revoke", "--kind", "user-access", "--user", "bob"}, 1);
  EXPECT_THAT(err_, HasSubstr("in use by"));
  EXPECT_THAT(err_, HasSubstr("POST /revoke"));
  Token({"inspect"}, 0, bob);
  EXPECT_THAT(err_, HasSubstr("whether it was revoked is not known"));
}

TEST_F(StandaloneTokensTest, MistakesOfTheCommandLineAreTold) {
  Start();
  Stop();
  const std::string uuid_claim = StrCat("chat_id=", kUser);
  const std::vector<std::pair<std::vector<std::string>, std::string>> kCases = {
      {{"issue", "--kind", "x"},
       "--kind is none of those listed: app-access, user-access, "
       "member-access, member-refresh, member-stream, member-chat, "
       "chat-member, room-member"},
      {{"issue"},
       "--kind is missing: app-access, user-access, member-access, "
       "member-refresh, member-stream, member-chat, chat-member, room-member"},
      {{"issue", "--kind", "user-access"}, "whose token? --user is missing"},
      {{"issue", "--kind", "app-access", "--user", "a"},
       "a token of an app has no --user"},
      {{"issue", "--kind", "app-access", "--lifetime", "5"},
       "--lifetime takes 1s or more, as 90s, 15m, 12h or 7d, and at most "
       "4294967295s"},
      {{"issue", "--kind", "app-access", "--claim", "x"},
       "--claim takes NAME=VALUE"},
      {{"issue", "--kind", "user-access", "--user", "Ann Bob"},
       "--user \"Ann Bob\": username [Ann Bob] is not legal; it takes 1..64 "
       "of a-zA-Z0-9_.-"},
      {{"issue", "--kind", "chat-member", "--user", kUser},
       "a chat-member token needs --claim chat_id=..."},
      {{"issue", "--kind", "chat-member", "--user", kUser, "--claim",
        uuid_claim, "--metadata", "mcuStream=maybe"},
       "--metadata mcuStream: \"maybe\" is neither \"true\" nor \"false\""},
      {{"revoke", "--user", "amy", "v4.local.x"}, kBoth},
      {{"revoke", "--kind", "user-access", "-"}, kBoth},
      {{"revoke", "--app", "acme#chat", "v4.local.x"}, kBoth},
      {{"revoke", "--kind", "user-access"}, "whose tokens? --user is missing"},
      {{"revoke", "--kind", "app-access", "--user", "amy"},
       "a token of an app has no --user"},
  };
  for (const auto& [args, what] : kCases) {
    EXPECT_EQ(Token(args, 64), "");
    EXPECT_EQ(err_,
              StrCat("headgate: ", what, "\nTry `headgate token --help`.\n"));
  }
  for (const std::string command : {"issue", "revoke"}) {
    Token({command, "--kind", "app-access", "--app", "x"}, 1);
    EXPECT_EQ(err_,
              "headgate: agora-chat has no app \"x\"; there are acme#chat\n");
    Token({command, "--kind", "member-chat", "--user", "x"}, 1);
    EXPECT_EQ(err_,
              "headgate: the config has no app for member-chat tokens; list "
              "one under the apps of flipflop\n");
  }
}

TEST_F(StandaloneTokensTest, WhichOfSeveralAppsMustBeSaid) {
  Start();
  Stop();
  dir_.Write("headgate.yaml",
             std::regex_replace(Config(""), std::regex("demo-api-key\\}"),
                                "demo-api-key}, {name: desk, api_key: k}"));
  const std::string mistake =
      "headgate: which app? --app is missing; there are backend, desk\n"
      "Try `headgate token --help`.\n";
  Token({"issue", "--kind", "chat-member", "--user", kUser}, 64);
  EXPECT_EQ(err_, mistake);
  Token({"revoke", "--kind", "chat-member", "--user", kUser}, 64);
  EXPECT_EQ(err_, mistake);
  Token({"revoke", "--kind", "chat-member", "--user", kUser, "--app", "desk"});
}

// A contract of the operator's own may let more into a token than fits.
TEST_F(StandaloneTokensTest, ATokenThatNobodyWouldReadIsNotIssued) {
  Start();
  Stop();
  dir_.Write("ours.yaml", R"(
contract: private-services
operations:
  create_chat_member_token:
    request: POST /chat.tokens.private.v1.Service/Create
    body:
      arguments:
        items: 1..100
        list:
          user_id: {value: uuid}
          chat_id: {value: uuid}
          metadata: {map: text, optional: true}
          permissions: {list: chat_permission}
)");
  dir_.Write("headgate.yaml", Config("contracts: [ours.yaml]\n"));
  EXPECT_EQ(Token({"issue", "--kind", "chat-member", "--user", kUser, "--claim",
                   StrCat("chat_id=", kUser), "--metadata",
                   "note=" + std::string(35'000, 'x')},
                  64),
            "");
  EXPECT_THAT(err_, MatchesRegex("headgate: the token would have 47[0-9]+ "
                                 "bytes; who receives it takes 40960: give it "
                                 "less metadata\nTry .*\n"));
}

// Which of the two was meant must not be guessed.
TEST_F(StandaloneTokensTest, ATokenAtTheInputAndAUserAreTooMany) {
  Start();
  const std::string token = IssueFor("amy");
  Stop();
  Token({"revoke", "--kind", "user-access", "--user", "bob"}, 64, token);
  EXPECT_EQ(err_,
            StrCat("headgate: ", kBoth, "\nTry `headgate token --help`.\n"));
  // A list that a shell's loop reads is no token.
  Token({"revoke", "--kind", "user-access", "--user", "bob"}, 0, "carl\n");
}

TEST_F(StandaloneTokensTest, ARevocationSpellsTheUserAsTheServiceDoes) {
  const std::string more = "admin: {address: \"127.0.0.1:0\"}\n";
  Start(more);
  const std::string amy = IssueFor("Amy");
  EXPECT_THAT(RoomsWith(amy), StartsWith("200 "));
  EXPECT_EQ(Revoke(R"({"app":"acme#chat","user":"AMY"})"),
            "200 {\"revoked\":true}\n");
  EXPECT_THAT(RoomsWith(amy), StartsWith("401 "));
  EXPECT_THAT(Revoke(R"({"app":"acme","user":"AMY"})"),
              HasSubstr("no tokens are for an app"));
}

TEST_F(StandaloneTokensTest, ANewKeyIsOneForTheConfig) {
  for (const std::string format : {"local", "public"}) {
    const ProcessResult made =
        RunHeadgate({"token", "new-key", "--format", format});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    dir_.Write("token.key", made.out);
    Start(StrCat("tokens: {format: ", format,
                 ", keys: [{id: k, secret: {file: \"", dir_.File("token.key"),
                 "\"}}]}\n"));
    const Message created =
        Call("POST /chat.tokens.private.v1.Service/Create", "demo-api-key",
             StrCat(R"({"arguments":[{"user_id":")", kUser, R"(","chat_id":")",
                    kUser, R"(","permissions":[]}]})"));
    EXPECT_THAT(created.body,
                StartsWith(StrCat("{\"tokens\":[\"v4.", format, ".")));
    const Message keys = Call("GET /.well-known/paseto-keys", "");
    EXPECT_THAT(keys.body, format == "public" ? HasSubstr("k4.public.")
                                              : HasSubstr("\"keys\":[]"));
    Stop();
  }
}

}  // namespace
}  // namespace headgate::test
