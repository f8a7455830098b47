// A session without a socket: its greeting, heads that are known, the life of
// streams. Windows: upstream_h2_windows_test.cc; its life on connections:
// upstream_h2c_test.cc and its neighbours.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/proxy/upstream_h2_session_harness.h"

namespace headgate::proxy {
namespace {

using test::Frame;
using test::Literal;
using test::Number;

// "Table of 0 bytes" and :status: 200.
constexpr std::string_view kFirstOk = "\x20\x88";

TEST_F(H2SessionTest, GreetsAndWaitsForTheServersSettings) {
  Sink& sink = Start(kGet);
  const std::string greeting = Gathered();
  constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  ASSERT_TRUE(greeting.starts_with(kPreface));
  EXPECT_EQ(
      greeting.substr(kPreface.size()),
      Frame(test::kSettingsFrame, 0, 0,
            Setting(1, 0) + Setting(2, 0) + Setting(4, 128 * 1024) +
                Setting(6, 64 * 1024) + Setting(9, 1)) +
          Frame(test::kWindowFrame, 0, 0, Number(16 * 1024 * 1024 - 65'535)));
  EXPECT_EQ(Gathered(), "");
  EXPECT_TRUE(Say(Frame(test::kSettingsFrame, 0, 0, Setting(3, 7))));
  EXPECT_EQ(owner.streams_max, 7u);
  EXPECT_EQ(Outline(Gathered()),
            (std::vector<std::string>{"SETTINGS 0 0", "HEADERS 1 10 ENDS"}));
  EXPECT_TRUE(Say(Frame(test::kHeadersFrame, kEnds, 1, kFirstOk)));
  EXPECT_EQ(sink.outcome, "200 ");
}

TEST_F(H2SessionTest, SaysNothingBeforeTheServerDoes) {
  Gathered();
  EXPECT_FALSE(Say(Frame(test::kPingFrame, 0, 0, "12345678")));
  EXPECT_EQ(session.error(), "broke HTTP/2 (PROTOCOL_ERROR)");
  EXPECT_EQ(Gathered(), Frame(test::kGoAwayFrame, 0, 0, Number(0) + Number(1)));
}

TEST_F(H2SessionTest, AnswersPingsAndSettings) {
  Greet();
  ASSERT_TRUE(Say(Frame(test::kPingFrame, 0, 0, "12345678") +
                  Frame(test::kSettingsFrame, 0, 0, "") +
                  Frame(test::kSettingsFrame, test::kAck, 0, "")));
  EXPECT_EQ(Gathered(), Frame(test::kPingFrame, test::kAck, 0, "12345678") +
                            Frame(test::kSettingsFrame, test::kAck, 0, ""));
}

// --- Heads that are known.

TEST_F(H2SessionTest, TakesAHeadThatCameBeforeAsItWasRead) {
  Greet();
  const std::string block = "\x88" + Literal("x-a", "b");
  for (int i = 0; i < 6; ++i) {
    Sink& sink = Start(i == 4 ? "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n" : kGet);
    Gathered();
    const auto id = static_cast<uint32_t>(2 * i + 1);
    const std::string first = i == 0 ? "\x20" : "";
    ASSERT_TRUE(
        Say(Frame(test::kHeadersFrame, test::kEndHeaders, id, first + block) +
            Frame(test::kDataFrame, test::kEndStream, id, i == 4 ? "" : "ok")));
    EXPECT_EQ(sink.outcome, i == 4 ? "200  x-a=b" : "200 ok x-a=b");
    // The first one opens with the table's size, and is not kept.
    EXPECT_EQ(heads.FindWhole(block) != nullptr, i >= 2) << i;
  }
}

TEST_F(H2SessionTest, RemembersNoHeadThatTheTableHasAPartIn) {
  Greet();
  const std::string indexed = StrCat("\x88", "\x40\1x\1", "1");
  for (uint32_t id = 1; id < 9; id += 2) {
    Sink& sink = Start(kGet);
    Gathered();
    ASSERT_TRUE(Say(Frame(test::kHeadersFrame, kEnds, id, indexed)));
    EXPECT_EQ(sink.outcome, "200  x=1");
    EXPECT_EQ(heads.FindWhole(indexed), nullptr);
  }
}

TEST_F(H2SessionTest, RemembersNoHeadThatIsNoAnswersOwn) {
  Greet();
  const std::string early = Literal(":status", "103") + Literal("link", "a");
  const std::string bad = "\x88" + Literal("X", "upper case");
  const std::string trailer = Literal("x-t", "1");
  for (uint32_t id = 1; id < 13; id += 4) {
    Sink& good = Start(kGet);
    Sink& refused = Start(kGet);
    Gathered();
    const std::string first = id == 1 ? "\x20" : "";
    ASSERT_TRUE(
        Say(Frame(test::kHeadersFrame, test::kEndHeaders, id, first + early) +
            Frame(test::kHeadersFrame, test::kEndHeaders, id, "\x88") +
            Frame(test::kDataFrame, 0, id, "ok") +
            Frame(test::kHeadersFrame, kEnds, id, trailer) +
            Frame(test::kHeadersFrame, kEnds, id + 2, bad)));
    EXPECT_EQ(good.outcome, "200 ok");
    EXPECT_EQ(refused.outcome, "s: invalid answer: a field name in upper case");
  }
  EXPECT_NE(heads.FindWhole("\x88"), nullptr);
  for (const std::string& block : {early, bad, trailer}) {
    EXPECT_EQ(heads.FindWhole(block), nullptr);
  }
}

// --- The life of streams.

TEST_F(H2SessionTest, StreamsWaitForRoom) {
  Greet(Setting(3, 1));
  Start(kGet);
  Sink& second = Start(kGet);
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"HEADERS 1 10 ENDS"});
  ASSERT_TRUE(Say(Frame(test::kHeadersFrame, kEnds, 1, "\x88")));
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"HEADERS 3 9 ENDS"});
  second.attempt->Abort();
  Start(kGet);
  EXPECT_EQ(Outline(Gathered()),
            (std::vector<std::string>{"RST_STREAM 3 4", "HEADERS 5 9 ENDS"}));
}

TEST_F(H2SessionTest, WhatComesForAStreamThatIsGoneIsReadAndDropped) {
  Greet();
  Sink& gone = Start(kGet);
  Sink& good = Start(kGet);
  Gathered();
  gone.attempt->Abort();
  // Its fields stand in the table for those that follow.
  ASSERT_TRUE(Say(Frame(test::kHeadersFrame, test::kEndHeaders, 1,
                        StrCat("\x88", "\x40\1x\1", "1")) +
                  Frame(test::kDataFrame, test::kEndStream, 1, "dropped") +
                  Frame(test::kWindowFrame, 0, 1, Number(1)) +
                  Frame(test::kResetFrame, 0, 1, Number(0)) +
                  Frame(test::kHeadersFrame, kEnds, 3, "\x88\xbe")));
  EXPECT_EQ(gone.outcome, "");
  EXPECT_EQ(good.outcome, "200  x=1");
}

TEST_F(H2SessionTest, MoreBehindTheEndOfAnAnswerEndsTheStream) {
  for (const bool fields : {false, true}) {
    Greet();
    Sink& sink = Start(kPost, "", /*streams=*/true);
    Gathered();
    const uint32_t id = fields ? 3 : 1;
    ASSERT_TRUE(session.Receive(
        Frame(test::kHeadersFrame, kEnds, id, "\x88") +
        (fields ? Frame(test::kHeadersFrame, kEnds, id, Literal("a", "b"))
                : Frame(test::kDataFrame, 0, id, "more"))));
    pool.DeliverAll();
    EXPECT_EQ(sink.outcome, "200 ");  // it was complete
    EXPECT_EQ(Outline(Gathered()).front(), StrCat("RST_STREAM ", id, " 4"));
  }
}

TEST_F(H2SessionTest, AGoingServerNamesWhatItTook) {
  Greet();
  Sink& taken = Start(kGet);
  Sink& not_taken = Start(kGet);
  Gathered();
  Sink& waits = Start(kGet);
  ASSERT_TRUE(
      Say(Frame(test::kGoAwayFrame, 0, 0, Number(1) + Number(0) + "debug")));
  EXPECT_EQ(not_taken.outcome,
            "s: refused the request (REFUSED_STREAM) before it answered");
  EXPECT_EQ(not_taken.resend, AttemptFailure::Resend::kAfresh);
  EXPECT_TRUE(session.drains());
  EXPECT_NE(session.TakeSuperfluous(), nullptr);
  EXPECT_EQ(waits.outcome, "");
  ASSERT_TRUE(Say(Frame(test::kHeadersFrame, kEnds, 1, "\x88")));
  EXPECT_EQ(taken.outcome, "200 ");
  // It may say so again, but take nothing more.
  ASSERT_TRUE(Say(Frame(test::kGoAwayFrame, 0, 0, Number(0) + Number(0))));
  EXPECT_FALSE(Say(Frame(test::kGoAwayFrame, 0, 0, Number(1) + Number(0))));
}

// What never left is not refused by anybody: another connection takes it.
TEST_F(H2SessionTest, OpensNothingOnceTheServerGoesAway) {
  Gathered();
  Sink& sink = Start(kGet);
  ASSERT_TRUE(Say(Frame(test::kSettingsFrame, 0, 0, "") +
                  Frame(test::kGoAwayFrame, 0, 0, Number(0) + Number(0))));
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"SETTINGS 0 0"});
  EXPECT_FALSE(session.wants_write());
  EXPECT_EQ(session.TakeSuperfluous(), sink.attempt);
  EXPECT_EQ(sink.outcome, "");
}

TEST_F(H2SessionTest, TrailersThatCannotBeReadAreNoGoodEnd) {
  Greet();
  Sink& sink = Start(kGet);
  Gathered();
  EXPECT_FALSE(Say(Frame(test::kHeadersFrame, test::kEndHeaders, 1, "\x88") +
                   Frame(test::kDataFrame, 0, 1, "ok") +
                   Frame(test::kHeadersFrame, kEnds, 1, "\xff\xff\xff\xff")));
  EXPECT_EQ(sink.outcome, "");
  session.FailAll(session.error());
  EXPECT_EQ(sink.outcome,
            "s: broke HTTP/2 (COMPRESSION_ERROR) after 2 bytes of the answer's "
            "body");
}

// Both are as many as we gave reason for.
TEST_F(H2SessionTest, ManySmallWindowsAndRefusalsAreNoFlood) {
  Greet();
  const std::string body(1'000'000, 'x');
  Start(kPost, body);
  size_t sent = Gathered().size();
  while (sent < 900'000) {
    std::string updates;
    for (int i = 0; i < 32; ++i) {  // 16 KiB
      updates += Frame(test::kWindowFrame, 0, 0, Number(512)) +
                 Frame(test::kWindowFrame, 0, 1, Number(512));
    }
    ASSERT_TRUE(Say(updates)) << session.error();
    sent += Gathered().size();
  }
  for (uint32_t id = 3; id < 6003; id += 2) {
    Sink& sink = Start(kGet);
    Gathered();
    ASSERT_TRUE(Say(Frame(test::kResetFrame, 0, id, Number(7)))) << id;
    EXPECT_EQ(sink.resend, AttemptFailure::Resend::kAfresh);
  }
}

TEST_F(H2SessionTest, AHeadLargerThanAFrameGoesOnInOthers) {
  Greet();
  const std::string head =
      StrCat("GET /a HTTP/1.1\r\nHost: a\r\nx: ", std::string(40'000, 'v'),
             "\r\n\r\n");
  Start(head);
  const std::string out = Gathered();
  EXPECT_EQ(Outline(out), (std::vector<std::string>{"HEADERS 1 16384 ENDS",
                                                    "CONTINUATION 1 16384",
                                                    "CONTINUATION 1 7249"}));
  // Only the last one ends the block.
  EXPECT_EQ(out[4], 1);
  EXPECT_EQ(out[9 + 16'384 + 4], 0);
  EXPECT_EQ(out[2 * (9 + 16'384) + 4], test::kEndHeaders);
}

TEST_F(H2SessionTest, TakesFieldsWithPaddingAndPriority) {
  Greet();
  Sink& sink = Start(kGet);
  Gathered();
  ASSERT_TRUE(
      Say(Frame(test::kHeadersFrame, kEnds | 8 | 32, 1,
                "\2" + Number(0) + "\7" + "\x88" + std::string(2, '\0'))));
  EXPECT_EQ(sink.outcome, "200 ");
}

// RFC 9113 6.3: an error of the stream, not of the connection.
TEST_F(H2SessionTest, APriorityOfAWrongLengthFailsItsStreamOnly) {
  Greet();
  uint32_t id = 1;
  for (const size_t size : {0, 4, 5, 6}) {
    Sink& sink = Start(kGet);
    Gathered();
    const std::string payload(size, '\0');
    ASSERT_TRUE(Say(Frame(test::kPriorityFrame, 0, id, payload)));
    const bool right = size == 5;
    EXPECT_EQ(sink.outcome, right
                                ? ""
                                : "s: invalid answer: broke the stream's rules "
                                  "(FRAME_SIZE_ERROR)");
    EXPECT_EQ(Outline(Gathered()),
              right ? std::vector<std::string>()
                    : std::vector{StrCat("RST_STREAM ", id, " 4")});
    id += 2;
  }
  // For one that is gone, or was never opened, it says nothing.
  EXPECT_TRUE(Say(Frame(test::kPriorityFrame, 0, 1, "x")));
  EXPECT_TRUE(Say(Frame(test::kPriorityFrame, 0, 99, "x")));
}

TEST_F(H2SessionTest, RefusesFieldsThatAreNotAllThere) {
  struct Row {
    uint8_t flags;
    std::string_view payload;
    std::string_view error;
  };
  constexpr Row kRows[] = {
      {8, "", "FRAME_SIZE_ERROR"},
      {8, "\2\x88", "PROTOCOL_ERROR"},
      {32, "1234", "FRAME_SIZE_ERROR"},
      {8 | 32,
       "\1"
       "1234"
       "5",
       "FRAME_SIZE_ERROR"},
  };
  for (const Row& row : kRows) {
    H2Session fresh(&heads, &owner, 100);
    std::string out;
    ASSERT_TRUE(fresh.Receive(Frame(test::kSettingsFrame, 0, 0, "")));
    UpstreamRequest request;
    request.head = kGet;
    Sink sink;
    H2Stream* stream = pool.New();
    stream->Begin(request, &sink, &fresh, true);
    fresh.Add(stream);
    fresh.Gather(&out);
    EXPECT_FALSE(fresh.Receive(
        Frame(test::kHeadersFrame, kEnds | row.flags, 1, row.payload)));
    EXPECT_EQ(fresh.error(), StrCat("broke HTTP/2 (", row.error, ")"));
    fresh.FailAll("over");
  }
}

// A server that does not read must not make us remember more and more.
TEST_F(H2SessionTest, LeavesAServerThatDoesNotReadWhatItAskedFor) {
  Greet();
  Start(kGet);
  Gathered();
  std::string bytes = Frame(test::kHeadersFrame, test::kEndHeaders, 1, "\x88");
  bool good = Say(bytes);
  int rounds = 0;
  // A PING, and data that make up for it.
  for (; good && rounds < 100'000; ++rounds) {
    good = Say(Frame(test::kPingFrame, 0, 0, "12345678") +
               Frame(test::kDataFrame, 0, 1, "x"));
  }
  EXPECT_FALSE(good);
  EXPECT_EQ(session.error(), "took nothing of what was sent");
  EXPECT_NEAR(rounds, H2Session::kControlBytesMax / 17, 2);
}

}  // namespace
}  // namespace headgate::proxy
