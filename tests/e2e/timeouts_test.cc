// Every wait for a client ends. The config's timeouts are short here, so that
// the tests are; each is checked to have waited, and not much longer.
#include <chrono>
#include <string>

#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class TimeoutsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(headgate_.started()) << headgate_.err(); }
  void TearDown() override { EXPECT_TRUE(EndsWell(&headgate_)); }

  void ExpectTimeout(RawClient* client) {
    const Message answer = client->ReadAnswer("POST");
    EXPECT_EQ(answer.status, 408) << answer;
    EXPECT_TRUE(IsChatError(answer, "request_timeout")) << answer;
    EXPECT_EQ(answer.Header("Connection"), "close");
    EXPECT_TRUE(client->WaitClosed());
    EXPECT_EQ(upstream_.received_bytes(), 0u);
  }
  // Since the test began.
  milliseconds Elapsed() const {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() -
                                                    start_);
  }

  ScriptedUpstream upstream_;
  HeadgateProcess headgate_{SidecarConfig(
      upstream_, kForward,
      "timeouts: {head: 300ms, body: 300ms, idle: 300ms, write: 500ms}\n")};
  steady_clock::time_point start_ = steady_clock::now();
};

TEST_F(TimeoutsTest, BoundsTheHead) {
  RawClient client(headgate_.address());
  client.Send("GET /a HTTP/1.1\r\nHost:");
  ExpectTimeout(&client);
  EXPECT_GE(Elapsed(), milliseconds(290));
}

TEST_F(TimeoutsTest, BoundsTheWholeHeadNotTheGapBetweenBytes) {
  RawClient client(headgate_.address());
  const size_t sent = client.Drip(Request("GET /a"), milliseconds(30));
  EXPECT_LT(sent, 20u);
  ExpectTimeout(&client);
}

TEST_F(TimeoutsTest, BoundsTheSilenceInABody) {
  RawClient client(headgate_.address());
  client.Send(Request("POST /a", "Content-Length: 10\r\n") + "abc");
  ExpectTimeout(&client);
  EXPECT_GE(Elapsed(), milliseconds(290));
}

TEST_F(TimeoutsTest, BoundsTheSilenceInAChunkedBody) {
  RawClient client(headgate_.address());
  client.Send(Request("POST /a", "Transfer-Encoding: chunked\r\n") + "5\r\na");
  ExpectTimeout(&client);
}

TEST_F(TimeoutsTest, CutsABodyThatDrips) {
  RawClient client(headgate_.address());
  client.Send(Request("POST /a", "Content-Length: 1000\r\n"));
  // Five seconds of grace, then 1 KiB per second.
  client.Drip(std::string(1000, 'x'), milliseconds(200));
  ExpectTimeout(&client);
  EXPECT_GE(Elapsed(), milliseconds(4900));
  EXPECT_LT(Elapsed(), milliseconds(9000));
}

TEST_F(TimeoutsTest, BoundsTheBodyOfARefusedRequest) {
  RawClient client(headgate_.address());
  const Message answer = client.Call(
      Request("POST /a%2fb", "Content-Length: 10\r\n") + "abc", "POST");
  EXPECT_EQ(answer.status, 400) << answer;
  EXPECT_TRUE(client.WaitClosed());
  EXPECT_LT(Elapsed(), milliseconds(5000));
}

TEST_F(TimeoutsTest, ClosesAConnectionThatSaysNothing) {
  RawClient client(headgate_.address());
  EXPECT_TRUE(client.WaitClosed());
  EXPECT_GE(Elapsed(), milliseconds(250));
}

TEST_F(TimeoutsTest, ClosesAnIdleConnection) {
  RawClient client(headgate_.address());
  EXPECT_EQ(client.Call(Request("GET /a")).status, 200);
  EXPECT_TRUE(client.WaitClosed());
  EXPECT_GE(Elapsed(), milliseconds(290));
  EXPECT_LT(Elapsed(), milliseconds(5000));
}

TEST_F(TimeoutsTest, CutsAReaderThatTakesNothing) {
  upstream_.Handle([](const Message&) {
    return Reply::Text(200, "text/plain", std::string(8 << 20, 'x'));
  });
  RawClient client(headgate_.address());
  client.Send(Request("GET /a"));
  // The upstream's call ends with it.
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  EXPECT_TRUE(upstream_.WaitForOpenConnections(0));
  EXPECT_GE(Elapsed(), milliseconds(450));
  const Message answer = client.ReadAnswer();
  EXPECT_NE(answer.error, "") << "cut off, and it can be seen";
}

TEST_F(TimeoutsTest, DoesNotLetSlowClientsDisturbOthers) {
  std::vector<RawClient> slow;
  for (int i = 0; i < 200; ++i) {
    slow.emplace_back(headgate_.address());
    slow.back().Send("GET /a HTTP/1.1\r\nHo");
  }
  RawClient client(headgate_.address());
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(client.Call(Request("GET /b")).status, 200);
  }
  for (RawClient& one : slow) {
    EXPECT_EQ(one.ReadAnswer().status, 408);
    EXPECT_TRUE(one.WaitClosed());
  }
}

TEST_F(TimeoutsTest, WaitsForAnUpstreamAsLongAsItIsAllowedTo) {
  const SharedSignal go = MakeSignal();
  upstream_.Next(
      Reply().Wait(go).Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  RawClient client(headgate_.address());
  client.Send(Request("GET /a"));
  EXPECT_TRUE(client.StaysSilent(milliseconds(900)));
  go->Notify();
  EXPECT_EQ(client.ReadAnswer().status, 200);
}

}  // namespace
}  // namespace headgate::test
