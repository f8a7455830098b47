// Whatever is sent, the engine answers, and what it lets through passes again
// unchanged: what was validated is what is forwarded.
#include <random>
#include <string>

#include "base/percent.h"
#include "gtest/gtest.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::policy {
namespace {

constexpr char kServices[] =
    "  agora-chat:\n"
    "    upstream: {servers: [http://127.0.0.1:9001]}\n"
    "    limits: {default: 1000000/s}\n"
    "  flipflop: {upstream: {servers: [http://127.0.0.1:9001]}}\n"
    "  private-services: {upstream: {servers: [http://127.0.0.1:9001]}}\n";

class Random {
 public:
  size_t Below(size_t bound) { return generator_() % bound; }
  // Up to `pieces_max` of the pieces, or any bytes between them.
  template <size_t N>
  std::string Text(const std::string_view (&pieces)[N], size_t pieces_max) {
    std::string text;
    for (size_t n = Below(pieces_max + 1); n > 0; --n) {
      if (Below(20) == 0) {
        text += static_cast<char>(Below(256));
      } else {
        text += pieces[Below(N)];
      }
    }
    return text;
  }

 private:
  std::mt19937 generator_{17};
};

constexpr std::string_view kPathPieces[] = {
    "/",   "/acme", "/chat", "/chatrooms",   "/1",  "/users",  "/bob", "/admin",
    "Bob", ",",     "%2C",   "%2c",          "%41", "%",       "%0",   "%C3%B6",
    "%00", "/v2",   "/apps", "/me/members/", "..",  "/app-id", "/mute"};
constexpr std::string_view kQueryPieces[] = {
    "&", "=", "pagenum=", "pagesize=", "5",  "-1",       "1001", "%", "%70",
    "+", "a", "pagesize", "limit=7",   "&&", "cursor=x", "00",   ";"};
constexpr std::string_view kBodyPieces[] = {"{",
                                            "}",
                                            "[",
                                            "]",
                                            ",",
                                            ":",
                                            "\"usernames\"",
                                            "\"a\"",
                                            "\"B\"",
                                            "\"\"",
                                            "1",
                                            "null",
                                            "\"newadmin\"",
                                            "\"",
                                            "\\u0041",
                                            "\xC3\xB6",
                                            "true",
                                            "{\"usernames\":[\"A\"]}",
                                            "''"};

TEST(EngineRobustnessTest, RandomRequestsAreDecidedAndStable) {
  constexpr std::string_view kMethods[] = {"GET", "POST", "DELETE", "PUT"};
  TestPolicy policy(kServices);
  ASSERT_TRUE(policy.ok());
  Random random;
  int allowed = 0, denied = 0;
  for (int i = 0; i < 100000; ++i) {
    Call call;
    call.method = kMethods[random.Below(4)];
    call.path = random.Below(2) == 0 ? "/acme/chat/chatrooms/1/users" : "/";
    call.path += random.Text(kPathPieces, 8);
    if (random.Below(2) == 0) call.query = random.Text(kQueryPieces, 6);
    if (random.Below(2) == 0) call.body = random.Text(kBodyPieces, 8);
    policy.now().monotonic_us += 1000000;
    const Decision& decision = policy.Decide(call);
    if (!decision.allowed()) {
      ++denied;
      EXPECT_FALSE(decision.rule.empty());
      continue;
    }
    ++allowed;
    const std::string path = decision.path;
    call.path = path;
    if (decision.query_rewritten) call.query = decision.query;
    if (decision.body_rewritten) call.body = decision.body;
    const Decision& again = policy.Decide(call);
    ASSERT_TRUE(again.allowed()) << call.path << " " << Outcome(again);
    EXPECT_EQ(again.path, path);
    EXPECT_FALSE(again.query_rewritten) << call.query;
    EXPECT_FALSE(again.body_rewritten) << call.body;
  }
  EXPECT_GT(allowed, 1000);
  EXPECT_GT(denied, 1000);
}

TEST(EngineRobustnessTest, RandomCredentialsAreDecided) {
  TestPolicy policy(kServices);
  ASSERT_TRUE(policy.ok());
  constexpr std::string_view kPieces[] = {"Bearer", "Basic", " ", "a",
                                          "YTpi",   "=",     ":", "007"};
  Random random;
  for (int i = 0; i < 20000; ++i) {
    Call call{i % 2 == 0 ? "GET" : "POST",
              i % 2 == 0 ? "/acme/chat/chatrooms"
                         : "/v2/apps/me/members/guest-chat-tokens"};
    call.authorization = random.Text(kPieces, 5);
    policy.now().monotonic_us += 1000000;
    policy.Decide(call);
  }
}

TEST(EngineRobustnessTest, AMillionNamesAreRefusedByTheirNumber) {
  TestPolicy policy(kServices);
  ASSERT_TRUE(policy.ok());
  std::string names = "\"\"";
  for (int i = 0; i < 1000000; ++i) names += ",\"\"";
  EXPECT_EQ(Outcome(policy.Decide({"POST", "/acme/chat/chatrooms/1/users", "",
                                   "{\"usernames\":[" + names + "]}"})),
            "too_many_to_add add_chatroom_members.body.usernames.items");
}

}  // namespace
}  // namespace headgate::policy
