// The curl commands that the published pages print, with only host, app and
// token replaced, against a Headgate that is the service: the answers are the
// documented ones, field by field and in the documented order of roles. The
// store is a file, and everything is still there after a restart.
#include <memory>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

using testing::MatchesRegex;

class PublishedExamplesTest : public testing::Test {
 protected:
  void SetUp() override { Start(); }

  void Start() {
    headgate_ = std::make_unique<HeadgateProcess>(StrCat(
        "listeners: [{address: \"127.0.0.1:0\"}]\n"
        "storage: sqlite:",
        dir_.File("headgate.db"),
        "\n"
        "services:\n"
        "  agora-chat:\n"
        "    apps: [{org_name: XXXX, app_name: YYYY,\n"
        "            client_id: demo-client, client_secret: demo-secret}]\n"
        "  flipflop:\n"
        "    chat_server_url: wss://chat.example.com/ws\n"
        "    apps: [{app_id: ffl-dev-1, api_key: demo-key,\n"
        "            api_secret: demo-secret}]\n"
        "  private-services:\n"
        "    apps: [{name: backend, api_key: demo-api-key}]\n"));
    ASSERT_TRUE(headgate_->started()) << headgate_->err();
  }

  // `curl ARGUMENTS 'URL'`: the body and " [STATUS]", with times, UUIDs and
  // the port made the same in every run.
  std::string Curl(std::vector<std::string> arguments,
                   const std::string& path) {
    arguments.insert(arguments.begin(),
                     {"/usr/bin/env", "curl", "-sS", "-w", " [%{http_code}]"});
    if (!token_.empty()) {
      arguments.push_back("-H");
      arguments.push_back("Authorization: Bearer " + token_);
    }
    arguments.push_back("http://" + headgate_->address() + path);
    const ProcessResult result = RunProcess({.args = std::move(arguments)});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
  static std::string Same(std::string text) {
    const std::pair<const char*, const char*> kChanging[] = {
        {R"re("(timestamp|duration|created|modified)":\d+)re", R"("$1":0)"},
        {R"re(127\.0\.0\.1:\d+)re", "XXXX"},
        {R"re([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})re", "UUID"},
    };
    for (const auto& [pattern, replacement] : kChanging) {
      text = std::regex_replace(text, std::regex(pattern), replacement);
    }
    return text;
  }
  static std::string Between(const std::string& text, const std::string& from,
                             const std::string& to) {
    const size_t begin = text.find(from);
    if (begin == std::string::npos) return "";
    const size_t start = begin + from.size();
    return text.substr(start, text.find(to, start) - start);
  }
  void GetToken() {
    token_.clear();
    token_ = Between(
        Curl({"-X", "POST", "-H", "Content-Type: application/json", "-H",
              "Accept: application/json", "-d",
              R"({"grant_type": "client_credentials",)"
              R"("client_id": "demo-client","client_secret": "demo-secret",)"
              R"("ttl": "1024000"})"},
             "/XXXX/YYYY/token"),
        R"("access_token":")", "\"");
    ASSERT_FALSE(token_.empty());
  }
  std::string Envelope(const std::string& action, const std::string& path,
                       const std::string& data, const std::string& more = "") {
    return R"({"action":")" + action +
           R"(","application":"UUID","applicationName":"YYYY",)"
           R"("organization":"XXXX","uri":"http://XXXX)" +
           path + R"(","entities":[],"data":)" + data + more +
           R"(,"timestamp":0,"duration":0} [200])";
  }
  // Users and a room of user1.
  void MakeRoom() {
    GetToken();
    Curl({"-X", "POST", "-H", "Content-Type: application/json", "-d",
          R"([{"username":"user1","password":"123"},{"username":"user2"},)"
          R"({"username":"user3"}])"},
         "/XXXX/YYYY/users");
    room_ = Between(
        Curl({"-X", "POST", "-H", "Content-Type: application/json", "-d",
              R"({"name":"testchatroom1","description":"test",)"
              R"("maxusers":300,"owner":"user1"})"},
             "/XXXX/YYYY/chatrooms"),
        R"("id":")", "\"");
    ASSERT_FALSE(room_.empty());
    at_ = "/XXXX/YYYY/chatrooms/" + room_;
  }

  const std::string json_ = "Content-Type: application/json";
  const std::string accept_ = "Accept: application/json";
  TempDir dir_;
  std::unique_ptr<HeadgateProcess> headgate_;
  std::string token_, room_, at_;
};

TEST_F(PublishedExamplesTest, TheEightChatRoomOperations) {
  MakeRoom();
  EXPECT_EQ(Same(Curl({"-X", "POST", "-H", accept_}, at_ + "/users/user2")),
            Envelope("post", at_ + "/users/user2",
                     R"({"result":true,"action":"add_member","id":")" + room_ +
                         R"(","user":"user2"})"));
  EXPECT_EQ(Same(Curl({"-X", "POST", "-H", json_, "-H", accept_, "-d",
                       R"({"usernames": ["user2","user3"]})"},
                      at_ + "/users")),
            Envelope("post", at_ + "/users",
                     R"({"newmembers":["user2","user3"],)"
                     R"("action":"add_member","id":")" +
                         room_ + R"("})"));
  EXPECT_EQ(Same(Curl({"-X", "GET", "-H", accept_},
                      at_ + "/users?pagenum=1&pagesize=2")),
            Envelope("get", at_ + "/users",
                     R"([{"owner":"user1"},{"member":"user2"}])",
                     R"(,"count":2,"params":{"pagenum":["1"],)"
                     R"("pagesize":["2"]})"));
  EXPECT_EQ(Same(Curl({"-X", "POST", "-H", json_, "-H", accept_, "-d",
                       R"({"newadmin": "user2"})"},
                      at_ + "/admin")),
            Envelope("post", at_ + "/admin",
                     R"({"result":"success","newadmin":"user2"})"));
  EXPECT_EQ(Same(Curl({"-X", "GET", "-H", accept_}, at_ + "/admin")),
            Envelope("get", at_ + "/admin", R"(["user2"])", R"(,"count":1)"));
  EXPECT_EQ(Same(Curl({"-X", "DELETE", "-H", accept_}, at_ + "/admin/user2")),
            Envelope("delete", at_ + "/admin/user2",
                     R"({"result":"success","oldadmin":"user2"})"));
  EXPECT_EQ(
      Same(Curl({"-X", "DELETE", "-H", accept_}, at_ + "/users/user3")),
      Envelope("delete", at_ + "/users/user3",
               R"({"result":true,"action":"remove_member","user":"user3",)"
               R"("id":")" +
                   room_ + R"("})"));
  EXPECT_EQ(
      Same(Curl({"-X", "DELETE", "-H", accept_}, at_ + "/users/user3%2Cuser2")),
      Envelope("delete", at_ + "/users/user3%2Cuser2",
               R"([{"result":false,"action":"remove_member",)"
               R"("reason":"user: user3 doesn't exist in group: )" +
                   room_ + R"(","user":"user3","id":")" + room_ +
                   R"("},{"result":true,"action":"remove_member",)"
                   R"("user":"user2","id":")" +
                   room_ + R"("}])"));
}

// The page's own example body, misprint and all.
TEST_F(PublishedExamplesTest, ThePageThatPrintsNoJsonGetsItsError) {
  MakeRoom();
  EXPECT_EQ(Same(Curl({"-X", "POST", "-H", json_, "-d",
                       R"({"usernames":["user":"user2"]})"},
                      at_ + "/users")),
            R"({"error":"json_parse","exception":"JsonParseException",)"
            R"("timestamp":0,"duration":0,)"
            R"("error_description":"Unexpected character."} [400])");
}

TEST_F(PublishedExamplesTest, AUsersTokenComesWithTheUser) {
  MakeRoom();
  EXPECT_THAT(
      Same(Curl({"-X", "POST", "-H", json_, "-d",
                 R"({"grant_type":"password","username":"user1",)"
                 R"("password":"123","ttl":1024000})"},
                "/XXXX/YYYY/token")),
      MatchesRegex(R"(."access_token":"v4\.local\.[A-Za-z0-9_.-]+",)"
                   R"("expires_in":1024000,"application":"UUID",)"
                   R"("user":."uuid":"UUID","type":"user","created":0,)"
                   R"("modified":0,"username":"user1","activated":true.. )"
                   R"(\[200\])"));
}

TEST_F(PublishedExamplesTest, EverythingIsThereAfterARestart) {
  MakeRoom();
  Curl({"-X", "POST"}, at_ + "/users/user2");
  const std::string before = Same(Curl({}, at_));
  ASSERT_TRUE(EndsWell(headgate_.get()));
  Start();
  EXPECT_EQ(Same(Curl({}, at_)), before);
  EXPECT_THAT(before, testing::HasSubstr(R"([{"member":"user2"},)"
                                         R"({"owner":"user1"}])"));
}

}  // namespace
}  // namespace headgate::test
