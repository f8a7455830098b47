// `headgate diff`: calls to the real gateway, the log that it writes of them,
// and what another policy would have decided.
#include <gmock/gmock.h>

#include <regex>
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"
#include "tests/support/headgate_process.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;

constexpr char kPolicy[] =
    "workers: 1\n"  // so that lines come in the order of the calls
    "listeners: [{address: \"127.0.0.1:0\"}]\n"
    "services:\n"
    "  agora-chat:\n"
    "    upstream: {servers: [\"$\"]}\n"
    "    limits: {default: 1000/h}\n";

std::string PolicyText(const std::string& upstream, std::string_view more) {
  return StrCat(std::regex_replace(kPolicy, std::regex("\\$"), upstream), more);
}

std::string Chat(std::string_view method, std::string_view path,
                 std::string_view body = "") {
  return Request(StrCat(method, " /acme/chat", path),
                 body.empty() ? "Authorization: Bearer SECRET\r\n"
                              : "Authorization: Bearer SECRET\r\n"
                                "Content-Type: application/json\r\n",
                 body);
}

// A log of real calls, and the policy that wrote it.
class DiffTest : public testing::Test {
 protected:
  void Serve(const std::vector<std::string>& calls) {
    policy_ = dir_.Write("old.yaml", PolicyText(upstream_.url(), ""));
    HeadgateProcess headgate(ReadFile(policy_));
    ASSERT_TRUE(headgate.started()) << headgate.err();
    for (const std::string& call : calls) headgate.Call(call);
    std::string log;
    for (const std::string& line : headgate.AccessLog(calls.size())) {
      StrAppend(&log, line, "\n");
    }
    log_ = dir_.Write("access.jsonl", log);
    EXPECT_EQ(log.find("SECRET"), log.npos) << log;
  }
  ProcessResult Diff(std::string_view more,
                     std::vector<std::string> args = {}) {
    std::vector<std::string> all = {
        "diff", policy_,
        dir_.Write("new.yaml", PolicyText(upstream_.url(), more)), "--log",
        log_};
    all.insert(all.end(), args.begin(), args.end());
    return RunHeadgate(all);
  }

  TempDir dir_;
  ScriptedUpstream upstream_;
  std::string policy_, log_;
};

std::vector<std::string> Calls() {
  return {
      Chat("POST", "/chatrooms/1/users/bob"),
      Chat("POST", "/chatrooms/1/users/Amy-7"),
      Chat("POST", "/chatrooms/1/users/eve"),
      Chat("POST", "/chatrooms/1/users", R"({"usernames":["bob","amy-7"]})"),
      Chat("POST", "/chatrooms/1/users", R"({"usernames":[]})"),
      Chat("GET", "/chatrooms/1/users?pagesize=7&access_token=SECRET"),
      Chat("POST", "/token",
           R"({"grant_type":"password","username":"SECRET",)"
           R"("password":"SECRET","client_secret":"SECRET"})"),
      Chat("POST", "/chatrooms", R"({"name":"SECRET","owner":"bob"})"),
      Chat("GET", "/nothing/here"),
      Request("GET /acme/chat/chatrooms/1/users"),
      Request("GET /a%2fb"),
  };
}

TEST_F(DiffTest, TheSamePolicyChangesNothing) {
  Serve(Calls());
  const ProcessResult result = Diff("");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            "0 of 10 decisions change\n"
            "  1 line left out: no policy decided the exchange\n");
}

TEST_F(DiffTest, ALowerLimitAndANarrowerCharsetChangeWhatTheySay) {
  Serve(Calls());
  const ProcessResult result = Diff(
      "    values: {username: {charset: a-z}}\n"
      "    apps: [{org_name: acme, app_name: chat, name: chat,\n"
      "            limits: {add_chatroom_member: 2/h}}]\n");
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const std::string out = std::regex_replace(
      std::regex_replace(
          std::regex_replace(result.out, std::regex(dir_.path() + "/"), ""),
          std::regex("first: [^ ]* [^ ]* "), "first: TIME ID "),
      std::regex("app [0-9a-f]{8}"), "app HASH");
  EXPECT_EQ(
      out,
      "add_chatroom_member.path.username.charset, app HASH: 1 call\n"
      "  was: allow\n"
      "  now: deny 400 illegal_argument by "
      "add_chatroom_member.path.username.charset  (new.yaml:7:14)\n"
      "  first: TIME ID POST /acme/chat/chatrooms/1/users/Amy-7  "
      "(access.jsonl:2)\n\n"
      "add_chatroom_members.body.usernames.charset, app HASH: 1 call\n"
      "  was: allow\n"
      "  now: deny 400 illegal_argument by "
      "add_chatroom_members.body.usernames.charset  (new.yaml:7:14)\n"
      "  first: TIME ID POST /acme/chat/chatrooms/1/users  "
      "(access.jsonl:4)\n\n"
      "agora-chat.apps.chat.limits.add_chatroom_member, app HASH: 1 call\n"
      "  was: allow\n"
      "  now: deny 429 reach_limit by "
      "agora-chat.apps.chat.limits.add_chatroom_member  (new.yaml:9:22)\n"
      "  first: TIME ID POST /acme/chat/chatrooms/1/users/eve  "
      "(access.jsonl:3)\n\n"
      "3 of 10 decisions change\n"
      "  1 line left out: no policy decided the exchange\n");
}

TEST_F(DiffTest, WritesJson) {
  Serve(Calls());
  const ProcessResult result =
      Diff("    limits: {default: 0/s}\n", {"--format", "json"});
  EXPECT_EQ(result.exit_code, 2) << "a key that occurs twice";
  const ProcessResult good =
      Diff("    unmatched: forward\n", {"--format", "json"});
  EXPECT_EQ(good.exit_code, 1) << good.err;
  JsonReader reader;
  const JsonValue root = reader.Read(good.out);
  ASSERT_TRUE(root) << good.out;
  EXPECT_EQ(root.Find("decided").integer(), 10);
  EXPECT_EQ(root.Find("changed").integer(), 1);
  for (const JsonValue group : root.Find("groups").items()) {
    EXPECT_EQ(group.Find("rule").string(), "route");
    EXPECT_EQ(group.Find("old").Find("status").integer(), 404);
    EXPECT_EQ(group.Find("new").Find("decision").string(), "allow");
    EXPECT_EQ(group.Find("first").Find("line").string(), log_ + ":9");
  }
}

TEST_F(DiffTest, SaysWhatIsWrongWithALog) {
  Serve({Chat("GET", "/chatrooms/1/users")});
  const std::string line = ReadFile(log_);
  const auto diff = [&](const std::string& text) {
    log_ = dir_.Write("access.jsonl", text);
    return Diff("");
  };
  const ProcessResult cut = diff(line + line.substr(0, 40));
  EXPECT_EQ(cut.exit_code, 0) << cut.err;
  EXPECT_THAT(cut.out, HasSubstr("1 line cannot be decided again: the line is "
                                 "cut\n"));
  const ProcessResult words = diff(line + "\n" + line + "words\n");
  EXPECT_EQ(words.exit_code, 3);
  EXPECT_THAT(words.err, HasSubstr(StrCat(log_, ":4: error: not JSON: ")));
  const ProcessResult other = diff("{\"level\":\"info\"}\n");
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_EQ(other.err, StrCat(log_,
                              ":1: error: \"time\" must be a time as "
                              "2026-01-01T00:00:00.000000Z\n"));
  const ProcessResult old =
      diff(std::regex_replace(line, std::regex(",\"replay\":.*\\}\\}"), "}"));
  EXPECT_EQ(old.exit_code, 0) << old.err;
  EXPECT_THAT(old.out, HasSubstr("1 line cannot be decided again: written "
                                 "without access_log.replay\n"));
  log_ = dir_.File("nothing.jsonl");
  const ProcessResult none = Diff("");
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_EQ(none.err,
            StrCat("headgate: ", log_, ": No such file or directory\n"));
  EXPECT_EQ(RunHeadgate({"diff", policy_, "--log", "x"}).exit_code, 64);
}

}  // namespace
}  // namespace headgate::test
