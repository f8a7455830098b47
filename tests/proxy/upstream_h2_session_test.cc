// A session without a socket: what it says for what is said to it, frame by
// frame. Its life on connections: upstream_h2c_test.cc and its neighbours.
#include "proxy/upstream_h2_session.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"
#include "tests/support/fake_clock.h"
#include "tests/support/h2_server.h"

namespace headgate::proxy {
namespace {

using test::Frame;
using test::Literal;
using test::Number;

constexpr uint8_t kEnds = test::kEndHeaders | test::kEndStream;
constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kPost = "POST /a HTTP/1.1\r\nHost: a\r\n\r\n";
// "Table of 0 bytes" and :status: 200.
constexpr std::string_view kFirstOk = "\x20\x88";

class Owner final : public H2SessionOwner {
 public:
  void OnWantsWrite() override {}
  void OnLastStreamGone() override {}
  void OnStreamsMax(uint32_t most) override { streams_max = most; }

  uint32_t streams_max = 0;
};

class Sink final : public AttemptSink {
 public:
  void OnAnswer(const http::ResponseHead& head, std::string_view body,
                bool complete) override {
    outcome = StrCat(head.status, " ", body, complete ? "" : "...");
    for (const http::Field& field : head.fields) {
      StrAppend(&outcome, " ", field.name, "=", field.value);
    }
  }
  void OnAnswerBody(std::string_view piece, bool last) override {
    StrAppend(&outcome, piece, last ? "" : "...");
  }
  void OnAttemptFailed(const AttemptFailure& failure) override {
    outcome = failure.detail;
    resend = failure.resend;
  }
  void OnRequestBodyWanted() override {}
  bool OnResent() override { return false; }

  std::string outcome;
  AttemptFailure::Resend resend = AttemptFailure::Resend::kNo;
  Attempt* attempt = nullptr;
};

std::string Setting(uint16_t id, uint32_t value) {
  return Number(id).substr(2) + Number(value);
}

// "TYPE STREAM BYTES[ ENDS]" for each frame of `bytes`.
std::vector<std::string> Outline(std::string_view bytes) {
  static constexpr std::string_view kNames[] = {
      "DATA", "HEADERS", "PRIORITY", "RST_STREAM",    "SETTINGS",
      "PUSH", "PING",    "GOAWAY",   "WINDOW_UPDATE", "CONTINUATION"};
  std::vector<std::string> frames;
  while (!bytes.empty()) {
    const http2::FrameHeader header = http2::ReadFrameHeader(bytes);
    const bool ends = header.type < 2 && header.Has(http2::kEndStream);
    frames.push_back(StrCat(kNames[header.type], " ", header.stream, " ",
                            header.length, ends ? " ENDS" : ""));
    bytes.remove_prefix(http2::kFrameHeaderBytes + header.length);
  }
  return frames;
}

class H2SessionTest : public testing::Test {
 protected:
  H2SessionTest() {
    settings.loop = &loop;
    settings.server = "s";
    settings.connect_timeout_us = settings.response_timeout_us = 1'000'000;
    settings.stats = &stats;
  }

  std::string Gathered() {
    std::string out;
    session.Gather(&out);
    return out;
  }
  // The server's settings have come, and ours have left.
  void Greet(std::string_view server_settings = "") {
    Gathered();
    ASSERT_TRUE(Say(Frame(test::kSettingsFrame, 0, 0, server_settings)));
    Gathered();
  }
  bool Say(std::string_view bytes) {
    const bool good = session.Receive(bytes);
    pool.DeliverAll();
    return good;
  }
  Sink& Start(std::string_view head, std::string_view body = "",
              bool streams = false) {
    sinks.push_back(std::make_unique<Sink>());
    UpstreamRequest request;
    request.head = head;
    request.body = body;
    request.body_streams = streams;
    H2Stream* stream = pool.New();
    sinks.back()->attempt = stream;
    stream->Begin(request, sinks.back().get(), &session, true);
    session.Add(stream);
    return *sinks.back();
  }

  test::FakeClock clock;
  EventLoop loop{clock};
  ServerStats stats{"s"};
  ClientSettings settings;
  H2HeadMemory heads{64};
  H2StreamPool pool{&settings};
  Owner owner;
  H2Session session{&heads, &owner, 100};
  std::vector<std::unique_ptr<Sink>> sinks;
};

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

// --- Bodies and windows.

TEST_F(H2SessionTest, BodiesAtHandLeaveOneAfterTheOther) {
  Greet();
  const std::string body(20'000, 'x');
  Start(kPost, body);
  Start(kPost, body);
  EXPECT_EQ(Outline(Gathered()),
            (std::vector<std::string>{"HEADERS 1 10", "HEADERS 3 9",
                                      "DATA 1 16384", "DATA 1 3616 ENDS",
                                      "DATA 3 16384", "DATA 3 3616 ENDS"}));
}

TEST_F(H2SessionTest, StreamedBodiesTakeTurns) {
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

TEST_F(H2SessionTest, ABodyWaitsForTheStreamsWindow) {
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

TEST_F(H2SessionTest, AllBodiesWaitForTheConnectionsWindow) {
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

TEST_F(H2SessionTest, AnEmptyEndNeedsNoWindowOfTheConnection) {
  Greet(Setting(4, 1'000'000));
  Sink& sink = Start(kPost, "", /*streams=*/true);
  sink.attempt->SendBody(std::string(65'535, 'x'), false);
  std::string out;
  while (session.wants_write()) out += Gathered();
  EXPECT_EQ(Outline(out).back(), "DATA 1 16383");
  sink.attempt->SendBody("", true);
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"DATA 1 0 ENDS"});
}

TEST_F(H2SessionTest, AnEmptyEndNeedsNoWindow) {
  Greet(Setting(4, 2));
  Sink& sink = Start(kPost, "", /*streams=*/true);
  sink.attempt->SendBody("ok", false);
  EXPECT_EQ(Outline(Gathered()),
            (std::vector<std::string>{"HEADERS 1 10", "DATA 1 2"}));
  sink.attempt->SendBody("", true);
  EXPECT_EQ(Outline(Gathered()), std::vector<std::string>{"DATA 1 0 ENDS"});
}

TEST_F(H2SessionTest, AWindowThatBreaksTheRulesEndsItsStreamOnly) {
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

TEST_F(H2SessionTest, AnAnswerBeyondItsWindowEndsItsStreamOnly) {
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
TEST_F(H2SessionTest, PaddingUsesUpNoWindow) {
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
