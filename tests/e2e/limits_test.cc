// Every limit of `limits_for_requests`, one byte or field below and above it.
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view kLimits =
    "limits_for_requests:\n"
    "  {head_bytes: 1KiB, headers: 5, body_bytes: 1000, in_flight: 2}\n"
    "workers: 1\n";

class LimitsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(headgate_.started()) << headgate_.err(); }
  void TearDown() override { EXPECT_TRUE(EndsWell(&headgate_)); }

  // A refusal that closes the connection and forwards nothing.
  void ExpectRefused(const std::string& wire, int status,
                     std::string_view code) {
    RawClient client(headgate_.address());
    const Message answer = client.Call(wire, "POST");
    EXPECT_EQ(answer.status, status) << answer;
    EXPECT_TRUE(IsChatError(answer, code)) << answer;
    EXPECT_EQ(answer.Header("Connection"), "close") << answer;
    EXPECT_TRUE(client.WaitClosed());
    EXPECT_EQ(upstream_.received_bytes(), 0u);
  }

  ScriptedUpstream upstream_;
  HeadgateProcess headgate_{SidecarConfig(upstream_, kForward, kLimits)};
};

TEST_F(LimitsTest, BoundsTheHead) {
  const std::string most =
      Request("GET /a", StrCat("A: ", std::string(970, 'x'), "\r\n"));
  ASSERT_LE(most.size(), 1024u);
  EXPECT_EQ(headgate_.Call(most).status, 200);
}

TEST_F(LimitsTest, RefusesAHeadThatIsTooLarge) {
  ExpectRefused(
      Request("GET /a", StrCat("A: ", std::string(1100, 'x'), "\r\n")), 431,
      "request_header_fields_too_large");
}

TEST_F(LimitsTest, RefusesAHeadThatNeverEnds) {
  ExpectRefused(
      StrCat("GET /a HTTP/1.1\r\nHost: h\r\nA: ", std::string(100'000, 'x')),
      431, "request_header_fields_too_large");
}

TEST_F(LimitsTest, RefusesTooManyFields) {
  EXPECT_EQ(
      headgate_.Call(Request("GET /a", "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n"))
          .status,
      200);
  RawClient client(headgate_.address());
  const Message answer = client.Call(
      Request("GET /a", "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n"));
  EXPECT_EQ(answer.status, 431) << answer;
}

TEST_F(LimitsTest, RefusesALongTarget) {
  ExpectRefused(Request(StrCat("GET /", std::string(600, 'a'))), 414,
                "uri_too_long");
}

TEST_F(LimitsTest, RefusesALengthOverTheLimitBeforeTheBody) {
  ExpectRefused(Request("POST /a", "Content-Length: 1000000\r\n"), 413,
                "request_entity_too_large");
}

TEST_F(LimitsTest, TakesABodyOfExactlyTheLimit) {
  const std::string body(1000, 'x');
  EXPECT_EQ(headgate_.Call(Request("POST /a", "", body), "POST").status, 200);
  EXPECT_EQ(headgate_
                .Call(Request("POST /a", "Transfer-Encoding: chunked\r\n") +
                          StrCat("3e8\r\n", body, "\r\n0\r\n\r\n"),
                      "POST")
                .status,
            200);
}

TEST_F(LimitsTest, ReadsOnAfterASmallBodyThatWasTooLarge) {
  RawClient client(headgate_.address());
  const Message answer =
      client.Call(Request("POST /a", "", std::string(1001, 'x')), "POST");
  EXPECT_EQ(answer.status, 413) << answer;
  EXPECT_EQ(client.Call(Request("GET /b")).status, 200);
}

TEST_F(LimitsTest, RefusesAChunkedBodyOnceItIsTooLarge) {
  std::string wire = Request("POST /a", "Transfer-Encoding: chunked\r\n");
  for (int i = 0; i < 11; ++i) {
    StrAppend(&wire, "64\r\n", std::string(100, 'x'), "\r\n");
  }
  ExpectRefused(wire, 413, "request_entity_too_large");
}

TEST_F(LimitsTest, RefusesMoreThanIsAllowedInFlight) {
  const SharedSignal go = MakeSignal();
  for (int i = 0; i < 2; ++i) {
    upstream_.Next(
        Reply().Wait(go).Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  }
  RawClient first(headgate_.address());
  RawClient second(headgate_.address());
  first.Send(Request("GET /a"));
  second.Send(Request("GET /a"));
  ASSERT_TRUE(upstream_.WaitForRequests(2));
  RawClient third(headgate_.address());
  const Message refused = third.Call(Request("GET /a"));
  EXPECT_EQ(refused.status, 503) << refused;
  EXPECT_TRUE(IsChatError(refused, "service_unavailable")) << refused;
  go->Notify();
  EXPECT_EQ(first.ReadAnswer().status, 200);
  EXPECT_EQ(second.ReadAnswer().status, 200);
  EXPECT_EQ(third.Call(Request("GET /a")).status, 200);
}

std::string ThreeFamilies(const ScriptedUpstream& upstream) {
  return StrCat(SidecarConfig(upstream),
                "  private-services: {upstream: {servers: [\"", upstream.url(),
                "\"]}}\n", "  flipflop: {upstream: {servers: [\"",
                upstream.url(), "\"]}}\n");
}

// A target that is too long still begins with a family's prefix.
TEST(LimitsOfSeveralFamiliesTest, ALongTargetIsAnsweredInItsFamilysShape) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(ThreeFamilies(upstream));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const std::pair<std::string, std::string> rows[] = {
      {"/acme/chat/chatrooms/", R"("error":"uri_too_long")"},
      {"/acme/chat?", R"("error":"uri_too_long")"},
      {"/v2/apps/me/members/", R"("errorCode":"URI_TOO_LONG")"},
      {"/chat.tokens.private.v1.Service/", R"("code":"resource_exhausted")"},
      {"http://h/v2/apps/me/members/", R"("code":"uri_too_long")"},
  };
  for (const auto& [target, expected] : rows) {
    const Message answer =
        headgate.Call(Request(StrCat("GET ", target, std::string(9000, 'x'))));
    EXPECT_EQ(answer.status, 414) << answer;
    EXPECT_THAT(answer.body, HasSubstr(expected)) << target;
  }
  EXPECT_EQ(upstream.received_bytes(), 0u);
  EXPECT_TRUE(EndsWell(&headgate));
}

// Where several services are configured and the path says nothing.
TEST(LimitsOfNoFamilyTest, AnswersAProblem) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(ThreeFamilies(upstream));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  struct Row {
    std::string wire;
    int status;
  };
  const Row rows[] = {
      {"GET /x HTTP/1.1\r\n\r\n", 400},
      {"garbage\r\n\r\n", 400},
      {Request("GET /x", "Expect: gold\r\n"), 417},
      {Request(StrCat("GET /", std::string(9000, 'x'))), 414},
      {Request("GET /x", StrCat("A: ", std::string(20000, 'x'), "\r\n")), 431},
      {Request("FROB /x"), 501},
      {"GET /x HTTP/3.0\r\nHost: h\r\n\r\n", 505},
  };
  for (const Row& row : rows) {
    const Message answer = headgate.Call(row.wire);
    EXPECT_EQ(answer.status, row.status) << answer;
    EXPECT_EQ(answer.Header("Content-Type"), "application/problem+json")
        << answer;
    EXPECT_THAT(answer.body, HasSubstr(StrCat("\"status\":", row.status)));
  }
  EXPECT_EQ(upstream.received_bytes(), 0u);
  EXPECT_TRUE(EndsWell(&headgate));
}

}  // namespace
}  // namespace headgate::test
