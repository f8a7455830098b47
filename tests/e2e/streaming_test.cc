// Bodies larger than what is held: they pass in pieces, at the pace of the
// slower side, and an end that came too early never looks like a good one.
#include <chrono>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

using std::chrono::milliseconds;

constexpr size_t kLargeBytes = 20 << 20;
// What the process may grow by while it passes on kLargeBytes.
constexpr int64_t kGrowthBytesMax = 6 << 20;

std::string LargeBody() {
  std::string body;
  for (uint32_t i = 0; body.size() < kLargeBytes; ++i) {
    StrAppend(&body, i, ",");
  }
  return body;
}

class StreamingTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(headgate_.started()) << headgate_.err();
    // Warm: pools and threads are not what is measured.
    EXPECT_EQ(headgate_.Call(Request("GET /warm")).status, 200);
    resident_ = headgate_.process().ResidentBytes();
  }
  void TearDown() override { EXPECT_TRUE(EndsWell(&headgate_)); }

  void ExpectBounded() {
    EXPECT_LT(headgate_.process().ResidentBytes() - resident_, kGrowthBytesMax);
  }
  static std::string Chunk(std::string_view bytes) {
    return StrCat(HexSize(bytes.size()), "\r\n", bytes, "\r\n");
  }
  static std::string HexSize(size_t size) {
    std::string hex;
    for (; size > 0; size /= 16)
      hex.insert(0, 1, "0123456789abcdef"[size % 16]);
    return hex;
  }

  ScriptedUpstream upstream_;
  HeadgateProcess headgate_{
      SidecarConfig(upstream_, kForward,
                    "workers: 1\nlimits_for_requests: {body_bytes: 64MiB}\n")};
  int64_t resident_ = 0;
};

TEST_F(StreamingTest, PassesALargeAnswerToASlowClientInBoundedMemory) {
  const std::string body = LargeBody();
  upstream_.Next(Reply::Text(200, "text/plain", body));
  RawClient client(headgate_.address());
  client.Send(Request("GET /a"));
  ASSERT_TRUE(upstream_.WaitForRequests(2));
  // The client takes nothing for a while.
  MakeSignal()->Wait(milliseconds(300));
  ExpectBounded();
  const Message answer = client.ReadAnswer();
  ExpectBounded();
  EXPECT_EQ(answer.error, "");
  EXPECT_TRUE(answer.body == body);
}

TEST_F(StreamingTest, PassesALargeChunkedAnswer) {
  const std::string body = LargeBody();
  std::string wire =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  for (size_t at = 0; at < body.size(); at += 100'000) {
    wire += Chunk(std::string_view(body).substr(at, 100'000));
  }
  upstream_.Next(Reply::Raw(wire + "0\r\n\r\n"));
  RawClient client(headgate_.address());
  const Message answer = client.Call(Request("GET /a"));
  EXPECT_EQ(answer.error, "");
  EXPECT_TRUE(answer.body == body);
  EXPECT_EQ(client.Call(Request("GET /b")).status, 200);
  ExpectBounded();
}

TEST_F(StreamingTest, PassesALargeAnswerToHttp10) {
  const std::string body = LargeBody();
  upstream_.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n")
                     .Send(Chunk(body))
                     .Send("0\r\n\r\n"));
  RawClient client(headgate_.address());
  const Message answer = client.Call("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(answer.error, "");
  EXPECT_TRUE(answer.closed);
  EXPECT_TRUE(answer.body == body);
}

TEST_F(StreamingTest, ForwardsALargeUploadAtTheUpstreamsPace) {
  const SharedSignal go = MakeSignal();
  upstream_.OnConnect(Reply().Wait(go));
  const std::string body = LargeBody();
  // The connection that the warm call left is not for this one.
  upstream_.CloseConnections();
  ASSERT_TRUE(upstream_.WaitForOpenConnections(0));
  RawClient client(headgate_.address());
  const std::string wire = Request("POST /a", "", body);
  EXPECT_FALSE(client.Send(wire, milliseconds(700)))
      << "nobody reads, and yet all was taken";
  ExpectBounded();
  client.Close();
  go->Notify();
}

TEST_F(StreamingTest, ForwardsALargeUploadWhole) {
  const std::string body = LargeBody();
  for (const bool chunked : {false, true}) {
    RawClient client(headgate_.address());
    const std::string wire =
        chunked ? Request("POST /a", "Transfer-Encoding: chunked\r\n") +
                      Chunk(body) + "0\r\n\r\n"
                : Request("POST /a", "", body);
    EXPECT_EQ(client.Call(wire, "POST").status, 200);
    const Message sent = upstream_.last_request().message;
    EXPECT_EQ(sent.error, "");
    EXPECT_TRUE(sent.body == body);
  }
  ExpectBounded();
}

TEST_F(StreamingTest, CutsTheConnectionWhenAStreamedAnswerBreaksOff) {
  const std::string part(300'000, 'x');
  const std::string length =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
      "Content-Length: 1000000\r\n\r\n";
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  struct Row {
    std::string answer;
    std::string request;
  };
  const Row rows[] = {
      {length + part, Request("GET /a")},
      {chunked + Chunk(part), Request("GET /a")},
      // The end of the connection ends this one, so it must be a reset.
      {chunked + Chunk(part), "GET /a HTTP/1.0\r\n\r\n"},
  };
  for (const Row& row : rows) {
    upstream_.Next(Reply::Raw(row.answer).Close());
    RawClient client(headgate_.address());
    const Message answer = client.Call(row.request);
    EXPECT_EQ(answer.status, 200) << row.request;
    EXPECT_NE(answer.error, "") << row.request;
    EXPECT_EQ(answer.wire.find("\r\n0\r\n"), std::string::npos);
  }
}

TEST_F(StreamingTest, AnswersTruncatedSmallAnswersWithTheDocumentedError) {
  upstream_.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                            "Content-Length: 1000\r\n\r\nabc")
                     .Close());
  const Message answer = headgate_.Call(Request("GET /a"));
  EXPECT_EQ(answer.status, 502) << answer;
  EXPECT_TRUE(IsChatError(answer, "bad_gateway")) << answer;
}

TEST_F(StreamingTest, PassesAnAnswerThatComesBeforeTheRequestIsWhole) {
  upstream_.Next(Reply::Json(200, "{\"early\":true}").Early());
  RawClient client(headgate_.address());
  client.Send(Request("POST /a", "Content-Length: 5000000\r\n") +
              std::string(200'000, 'x'));
  const Message answer = client.ReadAnswer("POST");
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.Header("Connection"), "close");
}

TEST_F(StreamingTest, CancelsTheUpstreamCallWhenTheClientLeaves) {
  upstream_.Next(Reply::Never());
  RawClient client(headgate_.address());
  client.Send(Request("GET /a"));
  ASSERT_TRUE(upstream_.WaitForRequests(2));
  client.Reset();
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
  const std::vector<std::string> log = headgate_.AccessLog(2);
  ASSERT_EQ(log.size(), 2u);
  EXPECT_NE(log[1].find("\"status\":0"), std::string::npos) << log[1];
  EXPECT_NE(log[1].find("\"aborted\":true"), std::string::npos) << log[1];
}

TEST_F(StreamingTest, CancelsAnUploadWhoseClientLeaves) {
  RawClient client(headgate_.address());
  client.Send(Request("POST /a", "Content-Length: 5000000\r\n") +
              std::string(1'000'000, 'x'));
  ASSERT_TRUE(upstream_.WaitForBytes(500'000));
  client.Close();
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
}

TEST_F(StreamingTest, CancelsAStreamedAnswerWhoseClientLeaves) {
  upstream_.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                            "Content-Length: 100000000\r\n\r\n" +
                            std::string(500'000, 'x'))
                     .Hang());
  RawClient client(headgate_.address());
  client.Send(Request("GET /a"));
  std::string some;
  EXPECT_EQ(client.stream().Read(&some), ReadEnd::kData);
  client.Reset();
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
}

}  // namespace
}  // namespace headgate::test
