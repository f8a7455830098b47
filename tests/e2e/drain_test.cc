// The end: no call is lost that can still be answered, and the program ends at
// zero or at the deadline.
#include <chrono>
#include <csignal>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::string_view kEmptyAnswer =
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

class DrainTest : public testing::Test {
 protected:
  // One call that waits for `go_`.
  RawClient WaitingCall(const HeadgateProcess& headgate) {
    upstream_.Next(Reply().Wait(go_).Send(std::string(kEmptyAnswer)));
    RawClient client(headgate.address());
    client.Send(Request("GET /a"));
    EXPECT_TRUE(upstream_.WaitForRequests(1));
    return client;
  }

  ScriptedUpstream upstream_;
  const SharedSignal go_ = MakeSignal();
};

TEST_F(DrainTest, FinishesWhatIsInFlight) {
  HeadgateProcess headgate(SidecarConfig(upstream_));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient idle(headgate.address());
  EXPECT_EQ(headgate.Admin("/readyz").status, 200);
  RawClient waiting = WaitingCall(headgate);
  headgate.Terminate();
  EXPECT_TRUE(idle.WaitClosed());
  const Message ready = headgate.Admin("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.body, "draining\n");
  EXPECT_EQ(headgate.Admin("/livez").status, 200);
  EXPECT_TRUE(headgate.process().running());
  // Who still comes is still served, once.
  RawClient late(headgate.address());
  const Message last = late.Call(Request("GET /b"));
  EXPECT_EQ(last.status, 200) << last;
  EXPECT_EQ(last.Header("Connection"), "close");
  go_->Notify();
  const Message answer = waiting.ReadAnswer();
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_TRUE(waiting.WaitClosed());
  EXPECT_EQ(headgate.WaitExit(), 0);
}

TEST_F(DrainTest, EndsAtOnceWhenNothingIsInFlight) {
  HeadgateProcess headgate(SidecarConfig(upstream_));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient idle(headgate.address());
  EXPECT_EQ(idle.Call(Request("GET /a")).status, 200);
  EXPECT_EQ(headgate.Admin("/drain", "POST").status, 202);
  EXPECT_EQ(headgate.WaitExit(seconds(10)), 0);
  EXPECT_THAT(headgate.err(), HasSubstr("stopped"));
}

TEST_F(DrainTest, AnswersWhatIsInFlightAtTheDeadline) {
  HeadgateProcess headgate(
      SidecarConfig(upstream_, kForward, "timeouts: {drain: 500ms}\n"));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient waiting = WaitingCall(headgate);
  RawClient in_head(headgate.address());
  in_head.Send("GET /a HT");
  RawClient in_body(headgate.address());
  in_body.Send(
      Request("POST /a", "Content-Length: 10\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(in_body.ReadAnswer("POST").status, 100);
  in_body.Send("abc");
  headgate.Terminate();
  const Message answer = waiting.ReadAnswer();
  EXPECT_EQ(answer.status, 503) << answer;
  EXPECT_TRUE(IsChatError(answer, "service_unavailable")) << answer;
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_EQ(in_body.ReadAnswer("POST").status, 503);
  EXPECT_TRUE(in_head.WaitClosed());
  EXPECT_EQ(headgate.WaitExit(seconds(10)), 0);
}

TEST_F(DrainTest, CutsAStreamedAnswerAtTheDeadline) {
  HeadgateProcess headgate(
      SidecarConfig(upstream_, kForward, "timeouts: {drain: 300ms}\n"));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  upstream_.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                            "Content-Length: 100000000\r\n\r\n" +
                            std::string(300'000, 'x'))
                     .Hang());
  RawClient client(headgate.address());
  client.Send(Request("GET /a"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  ASSERT_TRUE(client.stream().WaitReadable());
  headgate.Terminate();
  EXPECT_NE(client.ReadAnswer().error, "");
  EXPECT_EQ(headgate.WaitExit(seconds(10)), 0);
}

TEST_F(DrainTest, StopsAtOnceWhenAskedTwice) {
  HeadgateProcess headgate(SidecarConfig(upstream_));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient waiting = WaitingCall(headgate);
  headgate.Terminate();
  ASSERT_TRUE(headgate.process().WaitForOutput("draining"));
  headgate.Terminate();
  EXPECT_EQ(headgate.WaitExit(seconds(10)), 0);
}

}  // namespace
}  // namespace headgate::test
