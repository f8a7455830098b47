// HTTP/1.1 as a client sees it: connections that live on, requests that wait
// their turn, bodies in every framing.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class HttpTest : public testing::Test {
 protected:
  void SetUp() override {
    upstream_.Handle([](const Message& request) {
      return Reply::Text(200, "application/json",
                         StrCat("{\"target\":\"", request.target,
                                "\",\"got\":", request.body.size(), "}"));
    });
    ASSERT_TRUE(headgate_.started()) << headgate_.err();
  }
  void TearDown() override { EXPECT_TRUE(EndsWell(&headgate_)); }

  ScriptedUpstream upstream_;
  HeadgateProcess headgate_{SidecarConfig(
      upstream_, kForward, "limits_for_requests: {body_bytes: 4MiB}\n")};
};

TEST_F(HttpTest, KeepsAConnectionForTheNextRequest) {
  RawClient client(headgate_.address());
  for (int i = 0; i < 3; ++i) {
    const Message answer = client.Call(Request(StrCat("GET /a", i)));
    EXPECT_EQ(answer.status, 200) << answer;
    EXPECT_EQ(answer.body, StrCat("{\"target\":\"/a", i, "\",\"got\":0}"));
    EXPECT_FALSE(answer.HasHeader("Connection")) << answer;
  }
  EXPECT_EQ(upstream_.connections(), 1u);
}

TEST_F(HttpTest, AnswersPipelinedRequestsInTheirOrder) {
  constexpr int kRequests = 600;
  std::string wire;
  for (int i = 0; i < kRequests; ++i) {
    wire +=
        Request(i % 3 == 0 ? std::string(kRefusedTarget) : StrCat("GET /a", i));
  }
  RawClient client(headgate_.address());
  ASSERT_TRUE(client.Send(wire));
  for (int i = 0; i < kRequests; ++i) {
    const Message answer = client.ReadAnswer();
    if (i % 3 == 0) {
      ASSERT_EQ(answer.status, 400) << i << answer;
    } else {
      ASSERT_EQ(answer.status, 200) << i << answer;
      ASSERT_THAT(answer.body, HasSubstr(StrCat("\"/a", i, "\""))) << i;
    }
  }
  EXPECT_TRUE(client.StaysSilent(milliseconds(20)));
}

TEST_F(HttpTest, ReadsARequestInPiecesOfAnySize) {
  const std::string wire =
      Request("POST /a", "Content-Type: application/json\r\n", "{\"a\":1}");
  for (const size_t piece : {1, 2, 7}) {
    RawClient client(headgate_.address());
    ASSERT_TRUE(client.SendSplit(wire + wire, piece));
    EXPECT_EQ(client.ReadAnswer("POST").status, 200);
    EXPECT_EQ(client.ReadAnswer("POST").status, 200);
  }
  for (const ReceivedRequest& request : upstream_.requests()) {
    EXPECT_EQ(request.message.body, "{\"a\":1}");
  }
}

TEST_F(HttpTest, ForwardsAChunkedBodyWithoutItsExtensionsAndTrailers) {
  const Message answer = headgate_.Call(
      Request("POST /a", "Transfer-Encoding: chunked\r\n") +
          "3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Secret: 1\r\n\r\n",
      "POST");
  EXPECT_EQ(answer.status, 200) << answer;
  const Message sent = upstream_.last_request().message;
  EXPECT_EQ(sent.error, "");
  EXPECT_EQ(sent.body, "abcdefg");
  EXPECT_TRUE(sent.trailers.empty());
}

TEST_F(HttpTest, ForwardsALargeChunkedBodyWhole) {
  std::string wire = Request("POST /a", "Transfer-Encoding: chunked\r\n");
  std::string body;
  for (int i = 0; i < 40; ++i) {
    const std::string chunk(10'000, static_cast<char>('a' + i % 26));
    wire += StrCat("2710\r\n", chunk, "\r\n");
    body += chunk;
  }
  wire += "0\r\n\r\n";
  RawClient client(headgate_.address());
  EXPECT_EQ(client.Call(wire + Request("GET /next"), "POST").status, 200);
  EXPECT_EQ(client.ReadAnswer().status, 200);
  ASSERT_EQ(upstream_.requests().size(), 2u);
  EXPECT_EQ(upstream_.requests()[0].message.error, "");
  EXPECT_TRUE(upstream_.requests()[0].message.body == body);
}

TEST_F(HttpTest, PassesAChunkedAnswer) {
  upstream_.Next(
      Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n"
                 "2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n"));
  RawClient client(headgate_.address());
  const Message answer = client.Call(Request("GET /a"));
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.body, "{}");
  EXPECT_TRUE(answer.trailers.empty());
  EXPECT_EQ(client.Call(Request("GET /b")).status, 200);
}

TEST_F(HttpTest, SaysContinueToAClientThatAsks) {
  RawClient client(headgate_.address());
  ASSERT_TRUE(client.Send(
      Request("POST /a", "Expect: 100-continue\r\nContent-Length: 5\r\n")));
  EXPECT_EQ(client.ReadAnswer("POST").start_line, "HTTP/1.1 100 Continue");
  EXPECT_EQ(upstream_.received_bytes(), 0u);
  EXPECT_EQ(client.Call("hello", "POST").status, 200);
  EXPECT_FALSE(upstream_.last_request().message.HasHeader("Expect"));
  EXPECT_EQ(client.Call(Request("GET /next")).status, 200);
}

TEST_F(HttpTest, SaysContinueForALongBodyAndAChunkedOne) {
  RawClient client(headgate_.address());
  ASSERT_TRUE(client.Send(Request(
      "POST /a", "Expect: 100-continue\r\nContent-Length: 200000\r\n")));
  EXPECT_EQ(client.ReadAnswer("POST").status, 100);
  EXPECT_EQ(client.Call(std::string(200000, 'x'), "POST").status, 200);
  ASSERT_TRUE(client.Send(Request(
      "POST /b", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n")));
  EXPECT_EQ(client.ReadAnswer("POST").status, 100);
  EXPECT_EQ(client.Call("1\r\nx\r\n0\r\n\r\n", "POST").status, 200);
}

TEST_F(HttpTest, RefusesAtOnceWhatAClientAsksToSend) {
  RawClient client(headgate_.address());
  const Message answer = client.Call(
      Request("POST /a%2fb", "Expect: 100-continue\r\nContent-Length: 5\r\n"),
      "POST");
  EXPECT_EQ(answer.status, 400) << answer;
  // The body may come or not: nobody could tell it from the next request.
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_TRUE(client.WaitClosed());
}

TEST_F(HttpTest, SaysNoContinueToAClientThatDidNotWait) {
  RawClient client(headgate_.address());
  const Message answer = client.Call(
      Request("POST /a", "Expect: 100-continue\r\n", "hello"), "POST");
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(upstream_.last_request().message.body, "hello");
}

TEST_F(HttpTest, AnswersHeadWithoutABody) {
  upstream_.Next(
      Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                 "Content-Length: 12345678\r\n\r\n"));
  RawClient client(headgate_.address());
  Message answer = client.Call(Request("HEAD /a"), "HEAD");
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.Header("Content-Length"), "12345678");
  upstream_.Next(
      Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n"));
  answer = client.Call(Request("HEAD /a"), "HEAD");
  EXPECT_EQ(answer.status, 200) << answer;
  // Answered here: the length is that of the body that GET would bring.
  answer = client.Call(Request("HEAD /a%2fb"), "HEAD");
  EXPECT_EQ(answer.status, 400) << answer;
  EXPECT_NE(answer.Header("Content-Length"), "0");
  EXPECT_EQ(client.Call(Request("GET /b")).status, 200);
}

TEST_F(HttpTest, PassesAnswersThatHaveNoBody) {
  RawClient client(headgate_.address());
  for (const std::string_view line : {"204 No Content", "304 Not Modified"}) {
    upstream_.Next(
        Reply::Raw(StrCat("HTTP/1.1 ", line, "\r\nETag: \"1\"\r\n\r\n")));
    const Message answer = client.Call(Request("GET /a"));
    EXPECT_EQ(answer.start_line, StrCat("HTTP/1.1 ", line)) << answer;
    EXPECT_FALSE(answer.HasHeader("Transfer-Encoding"));
  }
  EXPECT_EQ(client.Call(Request("GET /b")).status, 200);
}

TEST_F(HttpTest, ClosesAfterHttp10) {
  RawClient client(headgate_.address());
  const Message answer = client.Call("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_FALSE(answer.HasHeader("Transfer-Encoding"));
  EXPECT_TRUE(client.WaitClosed());
}

TEST_F(HttpTest, KeepsHttp10ThatAsksForIt) {
  RawClient client(headgate_.address());
  for (int i = 0; i < 2; ++i) {
    const Message answer =
        client.Call("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(answer.status, 200) << answer;
    EXPECT_EQ(answer.Header("Connection"), "keep-alive");
  }
}

TEST_F(HttpTest, IgnoresExpectOfHttp10) {
  RawClient client(headgate_.address());
  const Message answer = client.Call(
      "POST /a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
      "POST");
  EXPECT_EQ(answer.status, 200) << answer;
}

TEST_F(HttpTest, ClosesWhenAskedTo) {
  RawClient client(headgate_.address());
  const Message answer = client.Call(
      Request("GET /a", "Connection: close\r\n") + Request("GET /never"));
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_TRUE(client.WaitClosed());
  EXPECT_EQ(upstream_.requests().size(), 1u);
}

TEST_F(HttpTest, AnswersAClientThatHasClosedItsSide) {
  RawClient client(headgate_.address());
  ASSERT_TRUE(client.Send(Request("GET /a") + Request("GET /b")));
  client.ShutdownWrite();
  EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_TRUE(client.WaitClosed());
}

TEST_F(HttpTest, ReadsOnAfterARefusedBody) {
  RawClient client(headgate_.address());
  const Message answer = client.Call(
      Request("POST /a%2fb", "", std::string(100'000, 'x')) + Request("GET /b"),
      "POST");
  EXPECT_EQ(answer.status, 400) << answer;
  EXPECT_FALSE(answer.HasHeader("Connection"));
  EXPECT_EQ(client.ReadAnswer().status, 200);
}

TEST_F(HttpTest, ClosesAfterARefusedBodyThatIsLarge) {
  RawClient client(headgate_.address());
  const Message answer = client.Call(
      Request("POST /a%2fb", "Content-Length: 3000000\r\n"), "POST");
  EXPECT_EQ(answer.status, 400) << answer;
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_TRUE(client.WaitClosed());
}

TEST_F(HttpTest, HoldsNoMemoryForAClientThatDoesNotRead) {
  // Each of the answers is large; the client asks for thousands, reads none.
  upstream_.Handle([](const Message&) {
    return Reply::Text(200, "text/plain", std::string(60'000, 'x'));
  });
  const int64_t before = headgate_.process().ResidentBytes();
  RawClient client(headgate_.address());
  // More than the kernel's buffers hold.
  const std::string padding = StrCat("A: ", std::string(2000, 'x'), "\r\n");
  std::string wire;
  for (int i = 0; i < 20'000; ++i) {
    wire += Request(i % 2 == 0 ? "GET /a" : "GET /a%2fb", padding);
  }
  EXPECT_FALSE(client.Send(wire, milliseconds(1500)));  // it stops reading
  const int64_t grown = headgate_.process().ResidentBytes() - before;
  EXPECT_LT(grown, 16 << 20);
  // Others are served meanwhile.
  EXPECT_EQ(headgate_.Call(Request("GET /b")).status, 200);
}

}  // namespace
}  // namespace headgate::test
