#include "proxy/http/response_parser.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace headgate::http {
namespace {

using std::string_view_literals::operator""sv;

ParseResult Parse(std::string_view bytes, ResponseHead* head,
                  Method method = Method::kGet, HeadLimits limits = {}) {
  ResponseParser parser(limits);
  return parser.Parse(bytes, method, head);
}

struct RefusedCase {
  std::string_view bytes;
  std::string_view sentence;
};

constexpr std::string_view kMalformed = "the status line is malformed";
constexpr std::string_view kStatus = "the status is not 100 to 599";
constexpr std::string_view kNoStatusLine = "this is no status line";
constexpr std::string_view kBadLf = "a line ends in LF without CR";
constexpr std::string_view kBadName =
    "a field name is not a token followed by a colon";
constexpr std::string_view kBadLength = "Content-Length is not a number";
constexpr std::string_view kBadCoding =
    "Transfer-Encoding is not exactly chunked";
constexpr std::string_view kNoBody =
    "an answer that cannot have a body announces one";

TEST(ResponseParserTest, RefusesEveryDoubtfulHeadForItsReason) {
  const RefusedCase cases[] = {
      // The status line.
      {"HTTP/1.1 200\r\n\r\n", kMalformed},
      {"HTTP/1.1  200 OK\r\n\r\n", kMalformed},
      {"HTTP/1.1 200OK\r\n\r\n", kMalformed},
      {"HTTP/1.1 2000 OK\r\n\r\n", kMalformed},
      {"HTTP/1.1 20 OK\r\n\r\n", kMalformed},
      {"HTTP/1.1 099 OK\r\n\r\n", kStatus},
      {"HTTP/1.1 600 OK\r\n\r\n", kStatus},
      {"HTTP/1.1 -20 OK\r\n\r\n", kStatus},
      {"HTTP/1.1 2x0 OK\r\n\r\n", kStatus},
      {"HTTP/2.0 200 OK\r\n\r\n", kMalformed},
      {"HTTP/1.2 200 OK\r\n\r\n", kMalformed},
      {"http/1.1 200 OK\r\n\r\n", kMalformed},
      {"ICY 200 OK\r\n\r\n", kMalformed},
      {"HTTP/1.1 200 O\rK\r\n\r\n", "a control byte in the reason phrase"},
      {"HTTP/1.1 200 O\0K\r\n\r\n"sv, "a control byte in the reason phrase"},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n",
       "an upgrade that was not asked for"},
      {"\r\nHTTP/1.1 200 OK\r\n\r\n", "empty lines before the first line"},
      // Lines and fields.
      {"HTTP/1.1 200 OK\n\n", kBadLf},
      {"HTTP/1.1 200 OK\r\nA: b\n\r\n", kBadLf},
      {"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "a control byte in a field value"},
      {"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n"sv,
       "a control byte in a field value"},
      {"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", kBadName},
      {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", kBadName},
      {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "a folded field line"},
      {"HTTP/1.1 200 OK\r\nContent_Length: 3\r\n\r\n",
       "a field name with '_' that reads like a known one"},
      {"HTTP/1.1 200 OK\r\nConnection: \x80\r\n\r\n",
       "Connection is not a short list of names"},
      {"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nX: y\r\ncontent-type: "
       "a/b\r\n\r\n",
       "Content-Type is repeated"},
      // Framing.
      {"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n", kBadLength},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n", kBadLength},
      {"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n", kBadLength},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n", kBadLength},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n",
       "Content-Length is repeated"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: "
       "chunked\r\n\r\n",
       "Content-Length together with Transfer-Encoding"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       kBadCoding},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n", kBadCoding},
      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
       "Transfer-Encoding in HTTP/1.0"},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", kNoBody},
      {"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
       kNoBody},
      {"HTTP/1.1 100 Continue\r\nContent-Length: 3\r\n\r\n", kNoBody},
      // Not complete, and hopeless already.
      {"<html>", kNoStatusLine},
      {"HTTP/x", kNoStatusLine},
      {"HTTP/1.1 200 OK\r\n A",
       "a field line begins with no field name (folded lines are refused)"},
      {"HTTP/1.1 200 OK\r\nA: \x01", "a control byte or a bare CR in the head"},
  };
  for (const RefusedCase& c : cases) {
    ResponseHead head;
    const ParseResult result = Parse(c.bytes, &head);
    EXPECT_TRUE(result.error()) << c.bytes;
    EXPECT_EQ(result.refusal, policy::Refusal::kUpstreamProtocol);
    EXPECT_EQ(result.sentence, c.sentence) << c.bytes;
  }
}

struct FramingCase {
  std::string_view head;
  Method method;
  Framing framing;
  uint64_t content_length;
  bool keep_alive;
};

TEST(ResponseParserTest, FindsTheFramingAndWhetherTheConnectionStays) {
  const FramingCase cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Method::kGet,
       Framing::kContentLength, 5, true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", Method::kGet,
       Framing::kChunked, 0, true},
      {"HTTP/1.1 200 OK\r\n\r\n", Method::kGet, Framing::kUntilClose, 0, false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Method::kHead,
       Framing::kNone, 5, true},
      {"HTTP/1.1 200 OK\r\n\r\n", Method::kHead, Framing::kNone, 0, true},
      {"HTTP/1.1 204 No Content\r\n\r\n", Method::kGet, Framing::kNone, 0,
       true},
      {"HTTP/1.1 204 \r\nContent-Length: 0\r\n\r\n", Method::kGet,
       Framing::kNone, 0, true},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", Method::kGet,
       Framing::kNone, 9, true},
      {"HTTP/1.1 100 Continue\r\n\r\n", Method::kPost, Framing::kNone, 0, true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
       Method::kGet, Framing::kContentLength, 5, false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", Method::kGet,
       Framing::kContentLength, 5, false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: "
       "keep-alive\r\n\r\n",
       Method::kGet, Framing::kContentLength, 5, true},
  };
  for (const FramingCase& c : cases) {
    ResponseHead head;
    const ParseResult result = Parse(c.head, &head, c.method);
    ASSERT_TRUE(result.done()) << c.head << result.sentence;
    EXPECT_EQ(result.head_bytes, c.head.size());
    EXPECT_EQ(head.framing, c.framing) << c.head;
    EXPECT_EQ(head.content_length, c.content_length) << c.head;
    EXPECT_EQ(head.keep_alive, c.keep_alive) << c.head;
  }
}

TEST(ResponseParserTest, ReadsEveryPartOfAnAnswer) {
  ResponseHead head;
  const std::string bytes =
      "HTTP/1.1 429 Too  Many\xe9\r\nRetry-After: 1\r\nX: \r\n"
      "Connection: X\r\nContent-Length: 0\r\n\r\n";
  ASSERT_TRUE(Parse(bytes, &head).done());
  EXPECT_EQ(head.status, 429);
  EXPECT_EQ(head.reason, "Too  Many\xe9");
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_TRUE(head.has_content_length);
  EXPECT_EQ(head.fields.Value(FieldId::kRetryAfter), "1");
  EXPECT_TRUE(head.fields[1].hop_by_hop);
}

TEST(ResponseParserTest, ReportsInterimAnswersAndReadsOn) {
  const std::string bytes =
      "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  ResponseParser parser({});
  ResponseHead head;
  const ParseResult first = parser.Parse(bytes, Method::kGet, &head);
  ASSERT_TRUE(first.done());
  EXPECT_TRUE(head.is_interim());
  parser.Reset();
  const ParseResult second = parser.Parse(
      std::string_view(bytes).substr(first.head_bytes), Method::kGet, &head);
  ASSERT_TRUE(second.done());
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.fields.size(), 1u);
}

TEST(ResponseParserTest, BoundsTheHead) {
  ResponseHead head;
  const std::string endless = "HTTP/1.1 200 " + std::string(20000, 'a');
  EXPECT_EQ(Parse(endless, &head).sentence, "the head is too large");
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 101; ++i) many += "A: b\r\n";
  EXPECT_EQ(Parse(many, &head).sentence, "there are too many fields");
}

using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

TEST(ValidateResponseHeadTest, HoldsCutUpHeadsToTheSameRules) {
  ResponseHead head;
  const auto validate = [&head](std::string_view line, const Pairs& fields,
                                bool http2) {
    return ValidateResponseHead(line, fields, http2, Method::kGet, &head);
  };
  EXPECT_EQ(validate("HTTP/1.1 200 OK", {{"Content-Length", "2"}}, false), "");
  EXPECT_EQ(head.content_length, 2u);
  EXPECT_EQ(head.framing, Framing::kContentLength);
  EXPECT_EQ(validate("HTTP/2 404 ", {{"content-type", " a "}}, true), "");
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.fields.Value(FieldId::kContentType), "a");

  EXPECT_EQ(validate("HTTP/1.1 200 OK", {{"Content-Length", "2, 3"}}, false),
            kBadLength);
  EXPECT_EQ(validate("HTTP/1.1 200 OK", {{"A ", "b"}}, false),
            "a field name is not a token");
  EXPECT_EQ(validate("HTTP/1.1 200 OK", {{"A", "b\nc"}}, false),
            "a control byte in a field value");
  EXPECT_EQ(validate("HTTP/1.1 200", {}, false), kMalformed);
  EXPECT_EQ(validate("HTTP/2 200 OK", {}, true), kStatus);
  EXPECT_EQ(validate("HTTP/2 999", {}, true), kStatus);
  EXPECT_EQ(validate("HTTP/1.1 200 OK", {}, true), kMalformed);
  EXPECT_EQ(validate("HTTP/2 200", {{"connection", "x"}}, true),
            "a connection field in HTTP/2");
}

}  // namespace
}  // namespace headgate::http
