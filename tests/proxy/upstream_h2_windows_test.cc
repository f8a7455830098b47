// A session without a socket: bodies and the windows that they go through (RFC
// 9113 5.2, 6.9).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/proxy/upstream_h2_session_harness.h"

namespace headgate::proxy {
namespace {

using test::Frame;
using test::Number;

class H2WindowsTest : public H2SessionTest {};

TEST_F(H2WindowsTest, BodiesAtHandLeaveOneAfterTheOther) {
  Greet();
  const std::string body(20'000, 'x');
  Start(kPost, body);
  Start(kPost, body);
  EXPECT_EQ(Outline(Gathered()),
            (std::vector<std::string>{"HEADERS 1 10", "HEADERS 3 9",
                                      "DATA 1 16384", "DATA 1 3616 ENDS",
                                      "DATA 3 16384", "DATA 3 3616 ENDS"}));
}

TEST_F(H2WindowsTest, StreamedBodiesTakeTurns) {
  Greet();
  const std::string body(20'000, 'x');
  Sink& first = Start(kPost, "", /*streams=*/true);
  Sink& second = Start(kPost, "", /*streams=*/true);
  first.attempt->SendBody(body, true);
  second.attempt->SendBody(body, false);
  EXPECT_EQ(Outline(Gathered()),
            (std::vector<std::string>{"HEADERS 1 10", "HEADERS 3 9",
                                      "DATA 1 16384", "DATA 3 16384",
                                      "DATA 1 3616 ENDS", "DATA 3 3616"}));
  EXPECT_FALSE(session.wants_write());
  second.attempt->SendBody("", true);
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"DATA 3 0 ENDS"});
}

TEST_F(H2WindowsTest, ABodyWaitsForTheStreamsWindow) {
  Greet(Setting(4, 5));
  Start(kPost, "0123456789");
  EXPECT_EQ(Outline(Gathered()),
            (std::vector<std::string>{"HEADERS 1 10", "DATA 1 5"}));
  EXPECT_EQ(Gathered(), "");
  ASSERT_TRUE(Say(Frame(test::kWindowFrame, 0, 1, Number(2))));
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"DATA 1 2"});
  // A larger window for all streams: 7 were sent, so 1 more may be.
  ASSERT_TRUE(Say(Frame(test::kSettingsFrame, 0, 0, Setting(4, 6))));
  EXPECT_EQ(Outline(Gathered()),
            (std::vector<std::string>{"SETTINGS 0 0", "DATA 1 1"}));
  // A smaller one: what may be sent is below zero.
  ASSERT_TRUE(Say(Frame(test::kSettingsFrame, 0, 0, Setting(4, 0))));
  ASSERT_TRUE(Say(Frame(test::kWindowFrame, 0, 1, Number(6))));
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"SETTINGS 0 0"});
  ASSERT_TRUE(Say(Frame(test::kWindowFrame, 0, 1, Number(100))));
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"DATA 1 2 ENDS"});
}

TEST_F(H2WindowsTest, AllBodiesWaitForTheConnectionsWindow) {
  Greet(Setting(4, 1'000'000));
  const std::string body(65'535, 'x');
  Start(kPost, body);
  Start(kPost, "ok");
  std::string out;
  while (session.wants_write()) out += Gathered();
  EXPECT_EQ(Outline(out).back(), "DATA 1 16383 ENDS");
  ASSERT_TRUE(Say(Frame(test::kWindowFrame, 0, 0, Number(1))));
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"DATA 3 1"});
  ASSERT_TRUE(Say(Frame(test::kWindowFrame, 0, 0, Number(9))));
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"DATA 3 1 ENDS"});
}

TEST_F(H2WindowsTest, AnEmptyEndNeedsNoWindowOfTheConnection) {
  Greet(Setting(4, 1'000'000));
  Sink& sink = Start(kPost, "", /*streams=*/true);
  sink.attempt->SendBody(std::string(65'535, 'x'), false);
  std::string out;
  while (session.wants_write()) out += Gathered();
  EXPECT_EQ(Outline(out).back(), "DATA 1 16383");
  sink.attempt->SendBody("", true);
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"DATA 1 0 ENDS"});
}

TEST_F(H2WindowsTest, AnEmptyEndNeedsNoWindow) {
  Greet(Setting(4, 2));
  Sink& sink = Start(kPost, "", /*streams=*/true);
  sink.attempt->SendBody("ok", false);
  EXPECT_EQ(Outline(Gathered()),
            (std::vector<std::string>{"HEADERS 1 10", "DATA 1 2"}));
  sink.attempt->SendBody("", true);
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"DATA 1 0 ENDS"});
}

TEST_F(H2WindowsTest, AWindowThatBreaksTheRulesEndsItsStreamOnly) {
  Greet();
  Sink& none = Start(kPost, "", /*streams=*/true);
  Sink& many = Start(kPost, "", /*streams=*/true);
  Sink& good = Start(kGet);
  Gathered();
  ASSERT_TRUE(Say(Frame(test::kWindowFrame, 0, 1, Number(0)) +
                  Frame(test::kWindowFrame, 0, 3, Number(0x7fffffff)) +
                  Frame(test::kHeadersFrame, kEnds, 5, "\x88")));
  EXPECT_EQ(Gathered(), Frame(test::kResetFrame, 0, 1, Number(1)) +
                            Frame(test::kResetFrame, 0, 3, Number(3)));
  EXPECT_EQ(none.outcome,
            "s: invalid answer: broke the stream's rules (PROTOCOL_ERROR)");
  EXPECT_EQ(many.outcome,
            "s: invalid answer: broke the stream's rules (FLOW_CONTROL_ERROR)");
  EXPECT_EQ(good.outcome, "200 ");
}

TEST_F(H2WindowsTest, AnAnswerBeyondItsWindowEndsItsStreamOnly) {
  Greet();
  Sink& sink = Start(kGet);
  Sink& good = Start(kGet);
  Gathered();
  std::string bytes = Frame(test::kHeadersFrame, test::kEndHeaders, 1, "\x88");
  for (int i = 0; i < 8; ++i) {
    bytes += Frame(test::kDataFrame, 0, 1, std::string(16'384, 'x'));
  }
  // A window full, of which nothing was taken yet, and one byte more.
  ASSERT_TRUE(session.Receive(bytes + Frame(test::kDataFrame, 0, 1, "x") +
                              Frame(test::kHeadersFrame, kEnds, 3, "\x88")));
  pool.DeliverAll();
  EXPECT_EQ(sink.outcome,
            "s: invalid answer: broke the stream's rules (FLOW_CONTROL_ERROR)");
  EXPECT_EQ(good.outcome, "200 ");
  EXPECT_EQ(Gathered(), Frame(test::kResetFrame, 0, 1, Number(3)));
}

// Its padding is nobody's to take, and is given back at once.
TEST_F(H2WindowsTest, PaddingUsesUpNoWindow) {
  Greet();
  Sink& sink = Start(kGet);
  Gathered();
  ASSERT_TRUE(Say(Frame(test::kHeadersFrame, test::kEndHeaders, 1, "\x88")));
  const std::string padded = Frame(test::kDataFrame, 8, 1,
                                   "\xff"
                                   "x" +
                                       std::string(255, '\0'));
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(Say(padded)) << i;
  ASSERT_TRUE(Say(Frame(test::kDataFrame, test::kEndStream, 1, "")));
  EXPECT_EQ(sink.outcome, "200 " + std::string(1000, 'x'));
}

}  // namespace
}  // namespace headgate::proxy
