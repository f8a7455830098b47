// `headgate db seed`: what it makes is there for the server that starts next.
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;

std::string ConfigIn(const TempDir& dir) {
  return StrCat(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "storage: sqlite:",
      dir.File("headgate.db"),
      "\nservices:\n"
      "  agora-chat:\n"
      "    apps: [{org_name: acme, app_name: chat,\n"
      "            client_id: demo-client, client_secret: demo-secret}]\n");
}

std::string Request(const std::string& line, const std::string& token,
                    const std::string& body) {
  return StrCat(line, " HTTP/1.1\r\nHost: chat\r\n",
                token.empty() ? "" : "Authorization: Bearer ", token,
                token.empty() ? "" : "\r\n", "Content-Length: ", body.size(),
                "\r\n\r\n", body);
}

TEST(DbSeedTest, MakesUsersAndRooms) {
  TempDir dir;
  const std::string config = dir.Write("headgate.yaml", ConfigIn(dir));
  const ProcessResult seeded =
      RunHeadgate({"db", "seed", config, "--users", "30", "--rooms", "2",
                   "--members", "3"});
  EXPECT_EQ(seeded.exit_code, 0) << seeded.err;
  EXPECT_EQ(seeded.out, StrCat("sqlite:", dir.File("headgate.db"),
                               ": 30 users and 2 rooms of 3 in acme#chat\n"));

  HeadgateProcess headgate(ConfigIn(dir));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const std::string answer =
      headgate
          .Call(Request("POST /acme/chat/token", "",
                        R"({"grant_type":"client_credentials",)"
                        R"("client_id":"demo-client",)"
                        R"("client_secret":"demo-secret"})"),
                "POST")
          .body;
  const std::string key = R"("access_token":")";
  const size_t at = answer.find(key) + key.size();
  const std::string token = answer.substr(at, answer.find('"', at) - at);
  const Message rooms =
      headgate.Call(Request("GET /acme/chat/chatrooms", token, ""));
  EXPECT_THAT(rooms.body, HasSubstr(R"("name":"demo room 1","owner":"demo1",)"
                                    R"("affiliations_count":3)"));
  EXPECT_THAT(rooms.body, HasSubstr(R"("count":2)"));
}

TEST(DbSeedTest, SaysWhatItCannotFill) {
  TempDir dir;
  const std::string config = dir.Write(
      "headgate.yaml",
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "services: {agora-chat: {apps: [{org_name: acme, app_name: chat}]}}\n");
  const struct {
    std::vector<std::string> args;
    int exit_code;
    std::string error;
  } kCases[] = {
      {{"db", "seed", config},
       1,
       "headgate: storage is memory: nothing would be kept; give `storage: "
       "sqlite:PATH`\n"},
      {{"db", "seed", config, "--app", "other"},
       1,
       StrCat("headgate: ", config, ": agora-chat has no app other\n")},
      {{"db", "seed", config, "--users", "2", "--members", "3"},
       64,
       "headgate: a room of more members than there are users; give --users "
       "at least as many as --members\n"},
  };
  for (const auto& row : kCases) {
    const ProcessResult result = RunHeadgate(row.args);
    EXPECT_EQ(result.exit_code, row.exit_code);
    EXPECT_EQ(result.err, row.error);
  }
}

}  // namespace
}  // namespace headgate::test
