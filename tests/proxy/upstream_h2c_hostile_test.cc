// Answers over HTTP/2 are as suspect as over HTTP/1.1: every row is what a
// broken or hostile server sends, frame by frame, and what becomes of it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/proxy/upstream_h2c_harness.h"

namespace headgate::proxy {
namespace {

using test::Frame;
using test::H2Reply;
using test::H2Server;
using test::kContinuationFrame;
using test::kDataFrame;
using test::kEndHeaders;
using test::kEndStream;
using test::kHeadersFrame;
using test::kPingFrame;
using test::kPriorityFrame;
using test::kPushFrame;
using test::kResetFrame;
using test::kSettingsFrame;
using test::kWindowFrame;
using test::Literal;
using test::Number;

constexpr std::string_view kOk = "\x88";  // :status: 200
constexpr uint8_t kEnds = kEndHeaders | kEndStream;

// What the next call goes over.
enum class Then { kSame, kNew };

struct Row {
  std::string name;
  std::function<std::string(uint32_t stream)> frames;
  // "200 body", or the failure's name and a part of its detail.
  std::string outcome;
  Then then = Then::kSame;
  std::string method = "GET";
};

std::string Head(uint32_t id, std::string_view block, uint8_t flags = 0) {
  return Frame(kHeadersFrame, kEndHeaders | flags, id, block);
}
std::string Fields(std::string_view more) { return StrCat(kOk, more); }
std::string Length(std::string_view value) {
  return Literal("content-length", value);
}
std::string Data(uint32_t id, std::string_view data, bool ends = true) {
  return Frame(kDataFrame, ends ? kEndStream : 0, id, data);
}
std::string Times(int count, const std::string& frame) {
  std::string all;
  for (int i = 0; i < count; ++i) all += frame;
  return all;
}

class H2cHostileTest : public H2cUpstreamTest {
 protected:
  void Judge(const Row& row) {
    SCOPED_TRACE(row.name);
    H2Server server;
    server.Next(H2Reply::Raw(row.frames));
    config.retries = 0;
    UseServer(server);
    auto call = Started(row.method);
    ASSERT_TRUE(TurnUntilOver(*call));
    EXPECT_EQ(call->OutcomeAt(server.url()), row.outcome);
    EXPECT_EQ(Get()->outcome(), "200 {}");
    EXPECT_EQ(server.connections(), row.then == Then::kSame ? 1u : 2u);
  }
};

TEST_F(H2cHostileTest, TakesWhatIsValid) {
  std::string interims;
  const std::vector<Row> rows = {
      {"Content-Length",
       [](uint32_t id) {
         return Head(id, Fields(Length("2"))) + Data(id, "ok");
       },
       "200 ok"},
      {"no length", [](uint32_t id) { return Head(id, kOk) + Data(id, "ok"); },
       "200 ok"},
      {"in pieces",
       [](uint32_t id) {
         return Head(id, Fields(Length("2"))) + Data(id, "o", false) +
                Data(id, "", false) + Data(id, "k", false) + Data(id, "");
       },
       "200 ok"},
      {"padded",
       [](uint32_t id) {
         return Head(id, kOk) + Frame(kDataFrame, kEndStream | 8, id,
                                      std::string_view("\3ok\0\0\0", 6));
       },
       "200 ok"},
      {"no body at all", [](uint32_t id) { return Head(id, kOk, kEndStream); },
       "200 "},
      {"trailers are dropped",
       [](uint32_t id) {
         return Head(id, kOk) + Data(id, "ok", false) +
                Head(id, Literal("x-t", "1"), kEndStream);
       },
       "200 ok"},
      {"100 and 103 are consumed",
       [](uint32_t id) {
         return Head(id, Literal(":status", "100")) +
                Head(id, Literal(":status", "103") + Literal("link", "</a>")) +
                Head(id, kOk) + Data(id, "ok");
       },
       "200 ok"},
      {"a block of fields in three frames",
       [](uint32_t id) {
         return Frame(kHeadersFrame, 0, id, kOk) +
                Frame(kContinuationFrame, 0, id, Literal("a", "b")) +
                Frame(kContinuationFrame, kEndHeaders, id, "") + Data(id, "ok");
       },
       "200 ok"},
      {"HEAD with a length",
       [](uint32_t id) { return Head(id, Fields(Length("1000")), kEndStream); },
       "200 ", Then::kSame, "HEAD"},
      {"frames that nobody knows",
       [](uint32_t id) {
         return Frame(77, 0, id, "what") + Head(id, kOk) +
                Frame(78, 0, 0, "ever") + Data(id, "ok");
       },
       "200 ok"},
      {"an answer and RST_STREAM(NO_ERROR)",
       [](uint32_t id) {
         return Head(id, kOk) + Data(id, "ok") +
                Frame(kResetFrame, 0, id, Number(0));
       },
       "200 ok"},
  };
  for (const Row& row : rows) Judge(row);
}

TEST_F(H2cHostileTest, RefusesABadHead) {
  constexpr std::string_view kInvalid = "upstream_protocol: invalid answer: ";
  std::string many_fields;
  for (int i = 0; i < 101; ++i) many_fields += Literal("x", "1");
  struct BlockRow {
    std::string_view name;
    std::string block;
    std::string_view why;
  };
  const std::vector<BlockRow> rows = {
      {"no fields", "", "there is no :status"},
      {"no :status", Literal("a", "b"), "a field before :status"},
      {"two :status", Fields(kOk), ":status is repeated"},
      {":status behind a field", Literal("a", "b") + std::string(kOk),
       "a field before :status"},
      {"a request's field", Fields(Literal(":path", "/")),
       "an unknown pseudo field"},
      {"status 20", Literal(":status", "20"), "the status is not 100 to 599"},
      {"status 2000", Literal(":status", "2000"),
       "the status is not 100 to 599"},
      {"status 099", Literal(":status", "099"), "the status is not 100 to 599"},
      {"status 600", Literal(":status", "600"), "the status is not 100 to 599"},
      {"status +20", Literal(":status", "+20"), "the status is not 100 to 599"},
      {"status 200 OK", Literal(":status", "200 OK"),
       "the status is not 100 to 599"},
      {"101", Literal(":status", "101"), "an upgrade that was not asked for"},
      {"an upper case name", Fields(Literal("X-A", "b")),
       "a field name in upper case"},
      {"a space in a name", Fields(Literal("x a", "b")),
       "a field name is not a token"},
      {"a colon in a name", Fields(Literal("x:a", "b")),
       "a field name is not a token"},
      {"an empty name", Fields(Literal("", "b")),
       "a field name is not a token"},
      {"CRLF in a value", Fields(Literal("x", "a\r\nset-cookie: b")),
       "a control byte in a field value"},
      {"NUL in a value", Fields(Literal("x", std::string_view("a\0b", 3))),
       "a control byte in a field value"},
      {"connection", Fields(Literal("connection", "close")),
       "a connection field in HTTP/2"},
      {"keep-alive", Fields(Literal("keep-alive", "5")),
       "a connection field in HTTP/2"},
      {"transfer-encoding", Fields(Literal("transfer-encoding", "chunked")),
       "a connection field in HTTP/2"},
      {"upgrade", Fields(Literal("upgrade", "h3")),
       "a connection field in HTTP/2"},
      {"content_length", Fields(Literal("content_length", "2")),
       "a field name with '_' that reads like a known one"},
      {"two lengths", Fields(Length("2") + Length("2")),
       "Content-Length is repeated"},
      {"two types",
       Fields(Literal("content-type", "a/b") + Literal("content-type", "a/c")),
       "Content-Type is repeated"},
      {"a list of lengths", Fields(Length("2, 2")),
       "Content-Length is not a number"},
      {"length +2", Fields(Length("+2")), "Content-Length is not a number"},
      {"101 fields", Fields(many_fields), "there are too many fields"},
      {"a head of more than 16 KiB",
       Fields(Literal("x", std::string(8'200, 'a')) +
              Literal("y", std::string(8'200, 'a'))),
       "the head is too large"},
  };
  for (const BlockRow& row : rows) {
    Judge({std::string(row.name),
           [&row](uint32_t id) {
             // A block may be larger than a frame.
             const std::string_view block = row.block;
             if (block.size() <= 16'384) return Head(id, block, kEndStream);
             return Frame(kHeadersFrame, kEndStream, id,
                          block.substr(0, 16'000)) +
                    Frame(kContinuationFrame, kEndHeaders, id,
                          block.substr(16'000));
           },
           StrCat(kInvalid, row.why)});
  }
}

TEST_F(H2cHostileTest, RefusesABadBody) {
  const std::vector<Row> rows = {
      {"shorter than its length",
       [](uint32_t id) {
         return Head(id, Fields(Length("3"))) + Data(id, "ok");
       },
       "the body is shorter than Content-Length"},
      {"longer than its length",
       [](uint32_t id) {
         return Head(id, Fields(Length("1"))) + Data(id, "ok");
       },
       "the body is longer than Content-Length"},
      {"none at all where a length was said",
       [](uint32_t id) { return Head(id, Fields(Length("1")), kEndStream); },
       "the body is shorter than Content-Length"},
      {"an end behind an interim answer",
       [](uint32_t id) {
         return Head(id, Literal(":status", "100"), kEndStream);
       },
       "the stream ended without an answer"},
      {"a body behind an interim answer",
       [](uint32_t id) {
         return Head(id, Literal(":status", "100")) + Data(id, "ok");
       },
       "a body without a head"},
      {"17 interim answers",
       [](uint32_t id) {
         return Times(17, Head(id, Literal(":status", "100"))) + Head(id, kOk);
       },
       "too many interim (1xx) answers"},
      {"a body of 204",
       [](uint32_t id) {
         return Head(id, Literal(":status", "204")) + Data(id, "ok");
       },
       "a body where there can be none"},
      {"204 that announces a body",
       [](uint32_t id) {
         return Head(id, Literal(":status", "204") + Length("2")) +
                Data(id, "ok");
       },
       "an answer that cannot have a body announces one"},
      {"a body of 304",
       [](uint32_t id) {
         return Head(id, Literal(":status", "304")) + Data(id, "ok");
       },
       "a body where there can be none"},
      {"a body after HEAD",
       [](uint32_t id) {
         return Head(id, Fields(Length("2"))) + Data(id, "ok");
       },
       "a body where there can be none", Then::kSame, "HEAD"},
      {"fields in the middle of the body",
       [](uint32_t id) {
         return Head(id, kOk) + Data(id, "o", false) +
                Head(id, Literal("a", "b")) + Data(id, "k");
       },
       "fields in the middle of the body"},
      {"a bad trailer",
       [](uint32_t id) {
         return Head(id, kOk) + Data(id, "ok", false) +
                Head(id, Literal("x t", "1"), kEndStream);
       },
       "a trailer's name is no token"},
      {"a second :status behind the body",
       [](uint32_t id) {
         return Head(id, kOk) + Data(id, "ok", false) +
                Head(id, kOk, kEndStream);
       },
       "a trailer's name is no token"},
      {"trailers of more than 8 KiB",
       [](uint32_t id) {
         return Head(id, kOk) + Data(id, "ok", false) +
                Head(id, Literal("x", std::string(8'200, 'a')), kEndStream);
       },
       "the trailers are too large"},
  };
  for (Row row : rows) {
    row.outcome = "upstream_protocol: invalid answer: " + row.outcome;
    Judge(row);
  }
}

TEST_F(H2cHostileTest, SaysHowAStreamWasReset) {
  Judge({"before the answer",
         [](uint32_t id) { return Frame(kResetFrame, 0, id, Number(8)); },
         "upstream_protocol: reset the stream (CANCEL) before it answered"});
  Judge({"inside the head",
         [](uint32_t id) {
           return Head(id, Literal(":status", "100")) +
                  Frame(kResetFrame, 0, id, Number(7));
         },
         "upstream_protocol: refused the request (REFUSED_STREAM) before it "
         "answered"});
  Judge({"inside the body",
         [](uint32_t id) {
           return Head(id, kOk) + Data(id, "ok", false) +
                  Frame(kResetFrame, 0, id, Number(2));
         },
         "upstream_protocol: reset the stream (INTERNAL_ERROR) after 2 bytes "
         "of the answer's body"});
}

// What is wrong with the connection ends it, and all that is on it.
TEST_F(H2cHostileTest, ClosesAConnectionThatBreaksTheProtocol) {
  struct BrokenRow {
    std::string_view name;
    std::function<std::string(uint32_t stream)> frames;
    std::string_view why;
    std::string_view when = "before it answered";
  };
  const std::vector<BrokenRow> rows = {
      {"HPACK that is none",
       [](uint32_t id) { return Head(id, "\xff\xff\xff\xff\xff\xff"); },
       "COMPRESSION_ERROR", "inside the answer's head"},
      {"an index beyond the table",
       [](uint32_t id) { return Head(id, "\xfe"); }, "COMPRESSION_ERROR",
       "inside the answer's head"},
      {"an answer on a stream that nobody opened",
       [](uint32_t id) { return Head(id + 100, kOk); }, "PROTOCOL_ERROR"},
      {"an answer on the server's own stream",
       [](uint32_t) { return Head(2, kOk); }, "PROTOCOL_ERROR"},
      {"data for the connection", [](uint32_t) { return Data(0, "x"); },
       "PROTOCOL_ERROR"},
      {"a push",
       [](uint32_t id) {
         return Frame(kPushFrame, kEndHeaders, id, Number(2) + "\x82\x84\x86");
       },
       "PROTOCOL_ERROR"},
      {"a frame larger than allowed",
       [](uint32_t id) {
         return Head(id, kOk) + Data(id, std::string(20'000, 'x'));
       },
       "FRAME_SIZE_ERROR", "after 0 bytes of the answer's body"},
      {"a body without a head", [](uint32_t id) { return Data(id, "ok"); },
       "PROTOCOL_ERROR"},
      {"an end without an answer", [](uint32_t id) { return Data(id, ""); },
       "PROTOCOL_ERROR"},
      {"a PING of 4 bytes",
       [](uint32_t) { return Frame(kPingFrame, 0, 0, "ping"); },
       "FRAME_SIZE_ERROR"},
      {"SETTINGS of 5 bytes",
       [](uint32_t) { return Frame(kSettingsFrame, 0, 0, "12345"); },
       "FRAME_SIZE_ERROR"},
      {"a window beyond 2^31",
       [](uint32_t) { return Frame(kWindowFrame, 0, 0, Number(0x7fffffff)); },
       "FLOW_CONTROL_ERROR"},
      {"another frame inside a block of fields",
       [](uint32_t id) {
         return Frame(kHeadersFrame, 0, id, kOk) +
                Frame(kPingFrame, 0, 0, "12345678");
       },
       "PROTOCOL_ERROR", "inside the answer's head"},
  };
  for (const BrokenRow& row : rows) {
    Judge({std::string(row.name), row.frames,
           StrCat("upstream_protocol: broke HTTP/2 (", row.why, ") ", row.when),
           Then::kNew});
  }
}

TEST_F(H2cHostileTest, RefusesABlockOfFieldsThatNeverEnds) {
  const auto block_of = [](int frames, const std::string& fields) {
    return [=](uint32_t id) {
      return Frame(kHeadersFrame, 0, id, kOk) +
             Times(frames, Frame(kContinuationFrame, 0, id, fields));
    };
  };
  Judge({"in many frames", block_of(20, Literal("a", "b")),
         "upstream_protocol: invalid answer: the head comes in too many frames "
         "inside the answer's head",
         Then::kNew});
  Judge({"of many bytes", block_of(5, std::string(16'000, 'x')),
         "upstream_protocol: invalid answer: the head is too large inside the "
         "answer's head",
         Then::kNew});
}

TEST_F(H2cHostileTest, ClosesAConnectionThatIsFlooded) {
  struct Flood {
    std::string_view name;
    std::function<std::string(uint32_t)> frame;
    int count = 5000;
  };
  const std::vector<Flood> floods = {
      {"PING", [](uint32_t) { return Frame(kPingFrame, 0, 0, "12345678"); }},
      {"SETTINGS", [](uint32_t) { return Frame(kSettingsFrame, 0, 0, ""); }},
      {"PRIORITY",
       [](uint32_t id) {
         return Frame(kPriorityFrame, 0, id, std::string(5, '\0'));
       }},
      {"empty DATA", [](uint32_t id) { return Frame(kDataFrame, 0, id, ""); }},
      {"WINDOW_UPDATE",
       [](uint32_t) { return Frame(kWindowFrame, 0, 0, Number(1)); }},
      {"PING that nobody asked for",
       [](uint32_t) { return Frame(kPingFrame, 1, 0, "12345678"); }},
      {"frames that nobody knows",
       [](uint32_t) { return Frame(99, 0, 0, std::string(16'000, 'x')); },
       1500},
  };
  for (const Flood& flood : floods) {
    Judge({std::string(flood.name),
           [&flood](uint32_t id) {
             return Head(id, kOk) + Times(flood.count, flood.frame(id));
           },
           "upstream_protocol: floods the connection with frames that carry "
           "nothing after 0 bytes of the answer's body",
           Then::kNew});
  }
}

TEST_F(H2cHostileTest, ReadsAnswersAlikeHoweverTheyAreCut) {
  H2Server server;
  UseServer(server);
  Get();
  const auto answer = [](uint32_t id) {
    return Head(id, Literal(":status", "100")) +
           Head(id, Fields(Literal("x-a", "b"))) + Data(id, "Wiki", false) +
           Data(id, "pedia", false) + Head(id, Literal("x-t", "1"), kEndStream);
  };
  const size_t size = answer(1).size();
  for (size_t cut = 1; cut < size; ++cut) {
    server.Next(H2Reply::Raw(
        [answer, cut](uint32_t id) { return answer(id).substr(0, cut); }));
    const size_t before = server.requests().size();
    auto call = Started();
    TurnUntil([&] { return server.requests().size() > before; });
    loop.RunTurn(/*wait=*/false);
    server.Send(answer(server.last_request().stream).substr(cut));
    ASSERT_TRUE(TurnUntilOver(*call)) << cut;
    EXPECT_EQ(call->outcome(), "200 Wikipedia") << cut;
    EXPECT_EQ(call->fields, "x-a: b\n") << cut;
  }
  EXPECT_EQ(server.connections(), 1u);
}

// The last word is said once: more would stand where the server reads frames.
TEST_F(H2cHostileTest, ComplainsOnceAlsoWhereAnAnswerEndsInTheSameRead) {
  H2Server server;
  UseServer(server);
  server.Next(H2Reply::Raw([](uint32_t id) {
    return Head(id, kOk, kEndStream) + Frame(kWindowFrame, 0, 0, Number(0));
  }));
  EXPECT_EQ(Get()->outcome(), "200 ");
  ASSERT_TRUE(TurnUntil([&] { return server.open_connections() == 0; }));
  EXPECT_EQ(server.complaints(), 1u);
  EXPECT_EQ(server.goodbyes(), 0u);
}

// A server cannot guess the number of the next stream and answer it before the
// request is there.
TEST_F(H2cHostileTest, TakesNoAnswerToARequestThatHasNotLeft) {
  H2Server server;
  config.retries = 0;
  UseServer(server);
  server.Next(H2Reply::Raw([](uint32_t id) {
    return Head(id, kOk) + Data(id, "ok") + Head(id + 2, kOk) +
           Data(id + 2, "evil");
  }));
  EXPECT_EQ(Get()->outcome(), "200 ok");
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 2u);
}

}  // namespace
}  // namespace headgate::proxy
