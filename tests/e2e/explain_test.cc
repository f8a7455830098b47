// `headgate explain`: each check of one request, the same that a running
// gateway tells at /explain.
#include <string>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/raw_client.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

constexpr char kConfig[] =
    "listeners: [{address: \"127.0.0.1:0\"}]\n"
    "admin: {address: \"127.0.0.1:0\"}\n"
    "services:\n"
    "  agora-chat:\n"
    "    upstream: {servers: [\"http://127.0.0.1:9\"]}\n"
    "    limits: {default: 7/s}\n"
    "    values: {username: {length: 1..3}}\n";

class ExplainTest : public testing::Test {
 protected:
  ExplainTest() : config_(dir_.Write("headgate.yaml", kConfig)) {}

  ProcessResult Explain(std::vector<std::string> args) const {
    args.insert(args.begin(), {"explain", "--config", config_});
    return RunHeadgate(std::move(args));
  }

  TempDir dir_;
  std::string config_;
};

TEST_F(ExplainTest, ShowsEachCheckAndWhatIsForwarded) {
  const ProcessResult result =
      Explain({"GET", "/acme/chat/chatrooms/1/users?pagesize=9999", "-H",
               "Authorization: Bearer t"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find(StrCat(
                "pass  limit        agora-chat.limits.default: 6 of 7 left  (",
                config_, ":6:14)\n")),
            std::string::npos)
      << result.out;
  EXPECT_TRUE(result.out.ends_with(
      "limit: 6 of 7 left\n"
      "allow: forwarded as GET /acme/chat/chatrooms/1/users?pagesize=1000 "
      "HTTP/1.1\n"))
      << result.out;
}

TEST_F(ExplainTest, ShowsTheRuleThatDeniesAndTheAnswer) {
  const ProcessResult result =
      Explain({"POST", "/acme/chat/chatrooms/1/users/abcd",
               "-HAuthorization: Bearer t"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find(StrCat("FAIL  validate     "
                                   "add_chatroom_member.path.username.length: "
                                   "abcd  (",
                                   config_, ":7:14)\n")),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("deny: 400 Bad Request\n"
                            "{\"error\":\"illegal_argument\","),
            std::string::npos)
      << result.out;
}

// All but "answer", which only the command tells.
std::string Members(const std::string& text) {
  JsonReader reader;
  std::string copy;
  const JsonValue root = reader.Read(text);
  if (!root) return reader.error();
  for (const JsonMember member : root.members()) {
    if (member.key == "answer") continue;
    StrAppend(&copy, member.key, "=");
    JsonWriter(&copy).Value(member.value);
    copy += "\n";
  }
  return copy;
}

TEST_F(ExplainTest, SaysWhatARunningGatewaySays) {
  HeadgateProcess headgate(kConfig);
  ASSERT_TRUE(headgate.started()) << headgate.err();
  config_ = headgate.config_path();
  const std::string question =
      R"({"method":"POST","path":"/acme/chat/chatrooms/1/users",)"
      R"("headers":{"Authorization":"Bearer t",)"
      R"("Content-Type":"application/json"},"body":{"usernames":["a","b!"]}})";
  RawClient client(headgate.admin_address());
  const Message answer = client.Call(
      StrCat("POST /explain HTTP/1.1\r\nHost: a\r\nContent-Length: ",
             question.size(), "\r\n\r\n", question),
      "POST");
  const ProcessResult result = Explain(
      {"POST", "/acme/chat/chatrooms/1/users", "-H", "Authorization: Bearer t",
       "-d", R"({"usernames":["a","b!"]})", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Members(result.out), Members(answer.body));
  EXPECT_NE(result.out.find(R"("answer":{"status":400,)"), std::string::npos);
}

TEST_F(ExplainTest, MistakesOfTheCommandLineAndTheConfig) {
  struct Mistake {
    std::vector<std::string> args;
    int exit_code;
    std::string told;
  };
  const std::string hint = "Try `headgate explain --help`.\n";
  const Mistake kMistakes[] = {
      {{"GET", "a"}, 64, "headgate: PATH must begin with \"/\"\n" + hint},
      {{"G T", "/a"}, 64, "headgate: METHOD is no method\n" + hint},
      {{"GET", "/a", "-H", "x"},
       64,
       "headgate: -H takes \"Name: value\"\n" + hint},
      {{"GET", "/a", "-H", "Content-Length: 4"},
       64,
       "headgate: Content-Length is written from -d\n" + hint},
  };
  for (const Mistake& mistake : kMistakes) {
    const ProcessResult result = Explain(mistake.args);
    EXPECT_EQ(result.exit_code, mistake.exit_code);
    EXPECT_EQ(result.err, mistake.told);
    EXPECT_EQ(result.out, "");
  }
  config_ = dir_.Write("bad.yaml", "listeners: 7\n");
  EXPECT_EQ(Explain({"GET", "/a"}).exit_code, 2);
}

}  // namespace
}  // namespace headgate::test
