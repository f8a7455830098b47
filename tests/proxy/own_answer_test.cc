#include "proxy/own_answer.h"

#include <string>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::proxy {
namespace {

constexpr char kContract[] =
    "contract: ours\n"
    "app_key: all\n"
    "credentials: basic\n"
    "prefixes: [/ours]\n"
    "operations:\n"
    "  as_all: {request: GET /ours/a}\n"
    "  by_token: {request: GET /ours/b, credentials: bearer}\n"
    "  for_all: {request: GET /ours/c, credentials: none}\n";
constexpr char kServices[] =
    "  ours:\n"
    "    upstream: {servers: [\"http://127.0.0.1:9001\"]}\n"
    "    cors: {origins: [\"https://app.example\"]}\n";

class OwnAnswerTest : public ::testing::Test {
 protected:
  // Of a 401 to `path`.
  std::string ChallengeOf(const std::string& path, int local_status) {
    const policy::Decision& decision =
        policy_.Decide({.path = path, .authorization = "Basic dTpw"});
    own_fields_.Collect({.decision = decision,
                         .request_id = "r",
                         .origin = "",
                         .vary = "",
                         .local_status = local_status});
    for (const http::OwnField& field : own_fields_.fields()) {
      if (field.id == http::FieldId::kWwwAuthenticate) {
        return std::string(field.value);
      }
    }
    return "(none)";
  }
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const http::OwnField& field : own_fields_.fields()) {
      lines.push_back(StrCat(http::FieldName(field.id), ": ", field.value));
    }
    return lines;
  }

  policy::TestPolicy policy_{kServices, kContract};
  OwnFields own_fields_{SipHashKey{1, 2}};
};

TEST_F(OwnAnswerTest, A401MadeHereAsksForWhatTheOperationTakes) {
  ASSERT_TRUE(policy_.ok());
  EXPECT_EQ(ChallengeOf("/ours/a", 401), "Basic realm=\"ours\"");
  EXPECT_EQ(ChallengeOf("/ours/b", 401), "Bearer realm=\"ours\"");
  EXPECT_EQ(ChallengeOf("/ours/c", 401), "Basic realm=\"ours\"");
  EXPECT_EQ(ChallengeOf("/ours/unknown", 401), "Basic realm=\"ours\"");
}

TEST_F(OwnAnswerTest, OtherAnswersAskForNothing) {
  ASSERT_TRUE(policy_.ok());
  EXPECT_EQ(ChallengeOf("/ours/a", 403), "(none)");
  EXPECT_EQ(ChallengeOf("/ours/a", 0), "(none)") << "passed on";
}

TEST_F(OwnAnswerTest, OnlyAPreflightOfAServiceWithCorsIsOne) {
  ASSERT_TRUE(policy_.ok());
  http::RequestHead head;
  head.method = http::Method::kOptions;
  head.method_text = "OPTIONS";
  EXPECT_EQ(own_fields_.CollectPreflight(policy_.policy(), head, "/ours/a"),
            nullptr)
      << "no Origin";
  head.fields.Add({"Origin", "https://app.example", http::FieldId::kOrigin});
  head.fields.Add({"Access-Control-Request-Method", "GET",
                   http::FieldId::kAccessControlRequestMethod});
  EXPECT_EQ(own_fields_.CollectPreflight(policy_.policy(), head, "/ours/a"),
            policy_.policy().services()[0].get());
  EXPECT_EQ(Lines()[1], "Access-Control-Allow-Origin: https://app.example");
  head.method = http::Method::kGet;
  EXPECT_EQ(own_fields_.CollectPreflight(policy_.policy(), head, "/ours/a"),
            nullptr);
}

TEST(UpstreamLimitTest, TakesAValidRetryAfterOfA429OrA503) {
  constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
  struct Row {
    int status;
    std::string_view value;
    bool reached;
    std::string_view taken;
  };
  const Row rows[] = {
      {429, "7", true, "7"},
      {503, "7", false, "7"},
      {500, "7", false, ""},
      {302, "7", false, ""},
      {429, "0", true, "0"},
      {429, "999999999", true, "999999999"},
      {429, "1000000000", true, ""},
      {429, "", true, ""},
      {429, "-1", true, ""},
      {429, "1.5", true, ""},
      {429, "7 ", true, ""},
      {429, "soon", true, ""},
      {429, kDate, true, kDate},
      {503, "Sunday, 06-Nov-94 08:49:37 GMT", false, ""},
      {503, "Sun Nov  6 08:49:37 1994", false, ""},
      {503, "Sat, 06 Nov 1994 08:49:37 GMT", false, ""},
      {503, "Sun, 06 Nov 1994 08:49:37 UTC", false, ""},
      {503, "Sun,  06 Nov 1994 08:49:37 GMT", false, ""},
      {503, "Sun, 06 Nov 1994 08:49:37 GMT, 7", false, ""},
  };
  for (const Row& row : rows) {
    http::ResponseHead head;
    head.status = row.status;
    head.fields.Add({"Retry-After", row.value, http::FieldId::kRetryAfter});
    const UpstreamLimit limit = LimitOf(head);
    EXPECT_EQ(limit.reached, row.reached) << row.status << " " << row.value;
    EXPECT_EQ(limit.retry_after, row.taken) << row.status << " " << row.value;
  }
}

TEST_F(OwnAnswerTest, OurLimitSaysNothingWhereTheUpstreamsWasReached) {
  policy::TestPolicy limited{
      "  ours:\n"
      "    upstream: {servers: [\"http://127.0.0.1:9001\"]}\n"
      "    limits: {default: 10/s}\n",
      kContract};
  ASSERT_TRUE(limited.ok());
  const policy::Decision& decision =
      limited.Decide({.path = "/ours/c", .authorization = ""});
  const auto lines = [&](const UpstreamLimit& upstream) {
    own_fields_.Collect({.decision = decision,
                         .request_id = "r",
                         .origin = "",
                         .vary = "",
                         .local_status = 503,
                         .upstream = upstream});
    return Lines();
  };
  const std::vector<std::string> ours = lines({});
  ASSERT_EQ(ours.size(), 3u);
  EXPECT_EQ(ours[0], "X-Request-ID: r");
  EXPECT_TRUE(ours[1].starts_with("RateLimit-Policy: \"for_all\";q=10;w=1"));
  EXPECT_TRUE(ours[2].starts_with("RateLimit: \"for_all\";r=9;t=1"));
  EXPECT_EQ(lines({true, ""}), std::vector<std::string>{"X-Request-ID: r"});
  EXPECT_EQ(lines({true, "7"}),
            (std::vector<std::string>{"X-Request-ID: r", "Retry-After: 7"}));
  EXPECT_EQ(
      lines({false, "7"}),
      (std::vector<std::string>{ours[0], ours[1], ours[2], "Retry-After: 7"}));
}

TEST_F(OwnAnswerTest, AnErrorWithoutAFamilyIsAProblem) {
  policy::Decision decision;
  decision.outcome = policy::Decision::Outcome::kDeny;
  decision.refusal = policy::Refusal::kUriTooLong;
  std::string body = "old";
  const ErrorAnswer answer =
      RenderError(nullptr, {.decision = decision}, &body);
  EXPECT_EQ(answer.status, 414);
  EXPECT_EQ(answer.content_type, "application/problem+json");
  EXPECT_EQ(body,
            "{\"title\":\"URI Too Long\",\"status\":414,"
            "\"code\":\"uri_too_long\"}");
}

}  // namespace
}  // namespace headgate::proxy
