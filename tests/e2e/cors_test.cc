// Browsers: preflights are answered here, and every answer tells the browser
// who may read it, errors too.
#include <string>

#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

class CorsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(headgate_.started()) << headgate_.err(); }
  void TearDown() override { EXPECT_TRUE(EndsWell(&headgate_)); }

  static std::string Preflight(std::string_view origin) {
    return Request("OPTIONS /acme/chat/chatrooms/1/users/bob",
                   StrCat("Origin: ", origin,
                          "\r\nAccess-Control-Request-Method: POST\r\n"
                          "Access-Control-Request-Headers: authorization\r\n"));
  }
  static constexpr std::string_view kOrigin = "https://app.example.com";

  ScriptedUpstream upstream_;
  HeadgateProcess headgate_{SidecarConfig(
      upstream_,
      "    cors: {origins: [https://app.example.com], max_age: 600s}\n"
      "    limits: {default: 2/h}\n")};
};

TEST_F(CorsTest, AnswersPreflightsAndSpendsNothing) {
  RawClient client(headgate_.address());
  for (int i = 0; i < 10; ++i) {
    const Message answer = client.Call(Preflight(kOrigin));
    EXPECT_EQ(answer.status, 204) << answer;
    EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), kOrigin);
    EXPECT_EQ(answer.Header("Access-Control-Max-Age"), "600");
    EXPECT_NE(answer.Header("Access-Control-Allow-Methods").find("POST"),
              std::string_view::npos);
    EXPECT_FALSE(answer.HasHeader("RateLimit"));
  }
  EXPECT_EQ(upstream_.received_bytes(), 0u);
  const std::string call =
      AddMember("bob", StrCat("Origin: ", kOrigin, "\r\n"));
  EXPECT_EQ(client.Call(call, "POST").status, 200);
  EXPECT_EQ(client.Call(call, "POST").status, 200);
  EXPECT_EQ(client.Call(call, "POST").status, 429);
}

TEST_F(CorsTest, AllowsNothingToAnotherOrigin) {
  const Message answer = headgate_.Call(Preflight("https://evil.example"));
  EXPECT_EQ(answer.status, 204) << answer;
  EXPECT_FALSE(answer.HasHeader("Access-Control-Allow-Origin"));
  EXPECT_FALSE(answer.HasHeader("Access-Control-Allow-Methods"));
  EXPECT_EQ(upstream_.received_bytes(), 0u);
}

TEST_F(CorsTest, MarksAnswersAndErrors) {
  upstream_.Next(Reply::Json(200, "{}",
                             "Access-Control-Allow-Origin: *\r\n"
                             "Access-Control-Allow-Credentials: true\r\n"
                             "Vary: Accept\r\n"));
  const std::string origin = StrCat("Origin: ", kOrigin, "\r\n");
  const Message passed = headgate_.Call(AddMember("bob", origin), "POST");
  EXPECT_EQ(passed.status, 200) << passed;
  EXPECT_EQ(passed.CountHeaders("Access-Control-Allow-Origin"), 1u);
  EXPECT_EQ(passed.Header("Access-Control-Allow-Origin"), kOrigin);
  EXPECT_FALSE(passed.HasHeader("Access-Control-Allow-Credentials"));
  EXPECT_EQ(passed.Header("Vary"), "Accept, Origin");
  const std::string refused_calls[] = {
      AddMember("b%21b", origin), Request(kRefusedTarget, origin),
      Request("GET /no/such/operation", origin),
      Request("GET /a", StrCat(origin, "Expect: gold\r\n"))};
  for (const std::string& call : refused_calls) {
    const Message refused = headgate_.Call(call);
    EXPECT_GE(refused.status, 400);
    EXPECT_EQ(refused.Header("Access-Control-Allow-Origin"), kOrigin)
        << refused;
    EXPECT_EQ(refused.Header("Vary"), "Origin");
  }
}

}  // namespace
}  // namespace headgate::test
