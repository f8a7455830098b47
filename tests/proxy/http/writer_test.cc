#include "proxy/http/writer.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "proxy/http/request_parser.h"
#include "proxy/http/response_parser.h"

namespace headgate::http {
namespace {

// What leaves for the upstream when `bytes` came in.
std::string Forward(std::string_view bytes,
                    const UpstreamRequestOptions& options) {
  RequestParser parser({});
  RequestHead head;
  const ParseResult result = parser.Parse(bytes, &head);
  EXPECT_TRUE(result.done()) << result.sentence;
  std::string storage, out;
  Target target;
  TargetError error;
  EXPECT_TRUE(NormalizeTarget(head, &storage, &target, &error));
  WriteRequestHead(head, target, options, &out);
  return out;
}

UpstreamRequestOptions Options() {
  UpstreamRequestOptions options;
  options.host = "up:9001";
  options.client_address = "192.0.2.1";
  options.request_id = "id-1";
  return options;
}

TEST(WriteRequestHeadTest, WritesTheWholeHeadAnew) {
  UpstreamRequestOptions options = Options();
  options.framing = Framing::kContentLength;
  options.content_length = 5;
  EXPECT_EQ(Forward("POST http://a:80/x/../%7e?q=%2f HTTP/1.0\r\n"
                    "Host:a\r\nContent-Type:\tb \r\nx:\r\n"
                    "Content-Length: 0005\r\n\r\n",
                    options),
            "POST /~?q=%2F HTTP/1.1\r\n"
            "Host: up:9001\r\n"
            "Content-Type: b\r\n"
            "x: \r\n"
            "X-Forwarded-For: 192.0.2.1\r\n"
            "X-Forwarded-Proto: http\r\n"
            "X-Forwarded-Host: a:80\r\n"
            "Forwarded: for=192.0.2.1;proto=http;host=\"a:80\"\r\n"
            "X-Request-ID: id-1\r\n"
            "Content-Length: 5\r\n"
            "\r\n");
}

// Lines that stand as they are to be written are copied together, others one by
// one: nobody can tell.
TEST(WriteRequestHeadTest, WritesEachLineAlikeHoweverItCame) {
  const std::vector<std::string> passing = {"A: 1", "B:2",   "C:\t3", "D: 4 ",
                                            "E:",   "F:  5", "G: ",   "H: i j"};
  const std::vector<std::string> written = {"A: 1", "B: 2", "C: 3", "D: 4",
                                            "E: ",  "F: 5", "G: ",  "H: i j"};
  const std::vector<std::string> removed = {"TE: trailers", "Host: a",
                                            "X-Real-IP: 192.0.2.9"};
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string sent = "GET / HTTP/1.1\r\n", expected;
    bool host = false;
    for (int lines = 0; lines < 8; ++lines) {
      const size_t at = random() % 11;
      if (at < passing.size()) {
        sent += passing[at] + "\r\n";
        expected += written[at] + "\r\n";
      } else if (at != 9 || !std::exchange(host, true)) {
        sent += removed[at - passing.size()] + "\r\n";
      }
    }
    if (!host) sent += "Host: a\r\n";
    const std::string out = Forward(sent + "\r\n", Options());
    const std::string begin = "GET / HTTP/1.1\r\nHost: up:9001\r\n" + expected;
    ASSERT_EQ(out.substr(0, begin.size()), begin) << sent;
    ASSERT_EQ(out.substr(begin.size(), 15), "X-Forwarded-For") << sent;
  }
}

constexpr std::string_view kForwarding =
    "X-Forwarded-For: 192.0.2.1\r\n"
    "X-Forwarded-Proto: http\r\n"
    "X-Forwarded-Host: a\r\n"
    "Forwarded: for=192.0.2.1;proto=http;host=\"a\"\r\n"
    "X-Request-ID: id-1\r\n";

std::string Get(std::string_view fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}
// The head that Get() becomes if only `fields` of the client's are kept.
std::string Kept(std::string_view fields) {
  return "GET / HTTP/1.1\r\nHost: up:9001\r\n" + std::string(fields) +
         std::string(kForwarding) + "\r\n";
}

TEST(WriteRequestHeadTest, AsksForWholeAnswersWhereItReadsThem) {
  constexpr std::string_view kAccept = "Accept: b\r\n";
  const std::string fields =
      StrCat(kAccept,
             "ACCEPT-encoding: gzip\r\nRange: bytes=0-1\r\nIf-Range: \"c\"\r\n"
             "If-None-Match: \"c\"\r\n"
             "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  UpstreamRequestOptions options = Options();
  EXPECT_EQ(Forward(Get(fields), options), Kept(fields));
  options.whole_answer = true;
  EXPECT_EQ(Forward(Get(fields), options), Kept(kAccept));
}

TEST(WriteRequestHeadTest, RemovesWhatIsForThisHopOnly) {
  EXPECT_EQ(Forward(Get("Connection: x-secret, keep-alive, upgrade\r\n"
                        "X-Secret: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n"
                        "Trailer: x\r\nUpgrade: h2c\r\n"
                        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
                        "Proxy-Connection: close\r\n"
                        "Proxy-Authorization: Basic eA==\r\n"
                        "Expect: 100-continue\r\nAccept: b\r\n"),
                    Options()),
            Kept("Accept: b\r\n"));
}

TEST(WriteRequestHeadTest, KeepsWhatConnectionMayNotNameAway) {
  EXPECT_EQ(Forward(Get("Authorization: b\r\nCookie: c\r\n"
                        "Connection: host, authorization, cookie\r\n"),
                    Options()),
            Kept("Authorization: b\r\nCookie: c\r\n"));
}

TEST(WriteRequestHeadTest, RemovesWhatClaimsToBeAnotherRequestOrClient) {
  EXPECT_EQ(Forward(Get("X-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\n"
                        "X-HTTP-Method-Override: DELETE\r\n"
                        "X-Forwarded-For: 1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\n"
                        "X-Forwarded-Host: evil\r\nX-Forwarded-Port: 1\r\n"
                        "Forwarded: for=1.2.3.4\r\nX-Request-ID: theirs\r\n"),
                    Options()),
            Kept(""));
}

TEST(WriteRequestHeadTest, AppendsToTheForwardingFieldsOfATrustedSender) {
  UpstreamRequestOptions options = Options();
  options.trust_forwarded = true;
  options.client_address = "2001:db8::1";
  options.scheme = "https";
  EXPECT_EQ(Forward(Get("X-Forwarded-For: 1.2.3.4\r\n"
                        "X-Forwarded-For: 5.6.7.8\r\n"
                        "X-Forwarded-Proto: http\r\n"
                        "X-Forwarded-Host: outer\r\nX-Real-IP: 1.2.3.4\r\n"
                        "Forwarded: for=1.2.3.4\r\n"),
                    options),
            "GET / HTTP/1.1\r\nHost: up:9001\r\n"
            "X-Real-IP: 1.2.3.4\r\n"
            "X-Forwarded-For: 1.2.3.4, 5.6.7.8, 2001:db8::1\r\n"
            "X-Forwarded-Proto: http\r\n"
            "X-Forwarded-Host: outer\r\n"
            "Forwarded: for=1.2.3.4, for=\"[2001:db8::1]\";proto=https;"
            "host=\"a\"\r\n"
            "X-Request-ID: id-1\r\n\r\n");
}

TEST(WriteRequestHeadTest, CallsAClientWithoutAnAddressUnknown) {
  UpstreamRequestOptions options = Options();
  options.client_address = "unix";
  options.request_id = "";
  EXPECT_EQ(Forward("DELETE /a HTTP/1.0\r\n\r\n", options),
            "DELETE /a HTTP/1.1\r\nHost: up:9001\r\n"
            "X-Forwarded-For: unknown\r\nX-Forwarded-Proto: http\r\n"
            "Forwarded: for=unknown;proto=http\r\n\r\n");
}

TEST(WriteRequestHeadTest, KeepsAValidTraceAndEndsAnyOther) {
  const std::string parent =
      "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      "\r\n";
  const std::string state = "tracestate: a=b\r\n";
  EXPECT_EQ(Forward(Get(parent + state), Options()), Kept(parent + state));
  EXPECT_EQ(Forward(Get(state), Options()), Kept(""));
  EXPECT_EQ(Forward(Get(parent + parent + state), Options()), Kept(""));
  EXPECT_EQ(Forward(Get("traceparent: 00-xyz\r\n" + state), Options()),
            Kept(""));
}

TEST(WriteRequestHeadTest, FramesTheBodyThatWillBeSent) {
  UpstreamRequestOptions options = Options();
  options.framing = Framing::kChunked;
  EXPECT_TRUE(Forward(Get(""), options)
                  .ends_with("\r\nTransfer-Encoding: chunked\r\n\r\n"));
  options.framing = Framing::kNone;
  EXPECT_TRUE(Forward("POST / HTTP/1.1\r\nHost: a\r\n\r\n", options)
                  .ends_with("\r\nContent-Length: 0\r\n\r\n"));
}

std::string Answer(std::string_view bytes, const AnswerOptions& options,
                   Method asked = Method::kGet) {
  ResponseParser parser({});
  ResponseHead head;
  const ParseResult result = parser.Parse(bytes, asked, &head);
  EXPECT_TRUE(result.done()) << result.sentence;
  std::string out;
  WriteResponseHead(head, options, &out);
  return out;
}

TEST(WriteResponseHeadTest, PassesAnAnswerOnWithoutItsHop) {
  AnswerOptions options;
  options.content_length = 5;
  options.date = "now";
  EXPECT_EQ(Answer("HTTP/1.1 200 Fine\r\nServer: x\r\nConnection: y\r\n"
                   "Y: 1\r\nKeep-Alive: z\r\nSet-Cookie: a\r\n"
                   "Set-Cookie: b\r\nTransfer-Encoding: chunked\r\n\r\n",
                   options),
            "HTTP/1.1 200 Fine\r\nServer: x\r\nSet-Cookie: a\r\n"
            "Set-Cookie: b\r\nDate: now\r\nContent-Length: 5\r\n\r\n");
}

TEST(WriteResponseHeadTest, ReplacesFieldsByOurOwn) {
  AnswerOptions options;
  options.content_length = 0;
  const OwnField own[] = {{FieldId::kXRequestId, "ours"},
                          {FieldId::kVary, "Origin"},
                          {FieldId::kAccessControlAllowOrigin, ""}};
  options.own_fields = own;
  EXPECT_EQ(Answer("HTTP/1.1 200 OK\r\nx-request-id: theirs\r\n"
                   "Access-Control-Allow-Origin: *\r\nVary: Accept\r\n"
                   "X-Other: d\r\nContent-Length: 0\r\n\r\n",
                   options),
            "HTTP/1.1 200 OK\r\nX-Other: d\r\nContent-Length: 0\r\n"
            "X-Request-ID: ours\r\nVary: Origin\r\n\r\n");
}

TEST(WriteResponseHeadTest, KeepsTheUpstreamsDateAndFillsAnEmptyReason) {
  AnswerOptions options;
  options.date = "now";
  options.framing = Framing::kChunked;
  EXPECT_EQ(Answer("HTTP/1.1 404 \r\nDate: then\r\nContent-Length: 0\r\n\r\n",
                   options),
            "HTTP/1.1 404 Not Found\r\nDate: then\r\n"
            "Transfer-Encoding: chunked\r\n\r\n");
}

// What the body would be is no business of what is sent: nothing.
TEST(WriteResponseHeadTest, KeepsTheLengthThatABodilessAnswerNames) {
  const struct {
    Method asked;
    std::string_view status_line, framing, expected;
  } cases[] = {
      {Method::kHead, "200 OK", "Content-Length: 7\r\n",
       "Content-Length: 7\r\n"},
      {Method::kHead, "200 OK", "", ""},
      {Method::kHead, "200 OK", "Transfer-Encoding: chunked\r\n", ""},
      {Method::kGet, "304 Not Modified", "Content-Length: 7\r\n",
       "Content-Length: 7\r\n"},
      {Method::kGet, "304 Not Modified", "", ""},
      {Method::kGet, "204 No Content", "", ""},
      {Method::kGet, "204 No Content", "Content-Length: 0\r\n", ""},
  };
  for (const auto& c : cases) {
    const std::string start = StrCat("HTTP/1.1 ", c.status_line, "\r\n");
    EXPECT_EQ(Answer(StrCat(start, c.framing, "\r\n"), {}, c.asked),
              StrCat(start, c.expected, "\r\n"));
  }
}

struct FramingCase {
  int status;
  AnswerOptions options;
  std::string_view fields;
};

TEST(WriteLocalHeadTest, WritesFramingAndConnection) {
  AnswerOptions close, http10, chunked, until_close;
  close.keep_alive = false;
  http10.client_minor_version = 0;
  chunked.framing = Framing::kChunked;
  until_close.framing = Framing::kUntilClose;
  until_close.keep_alive = false;
  const FramingCase cases[] = {
      {200, {}, "Content-Length: 0\r\n"},
      {200, close, "Content-Length: 0\r\nConnection: close\r\n"},
      {200, http10, "Content-Length: 0\r\nConnection: keep-alive\r\n"},
      {200, chunked, "Transfer-Encoding: chunked\r\n"},
      {200, until_close, "Connection: close\r\n"},
      {204, {}, ""},
      {204, close, "Connection: close\r\n"},
      {304, {}, ""},
  };
  for (const FramingCase& c : cases) {
    std::string out;
    WriteLocalHead(c.status, "", c.options, &out);
    EXPECT_EQ(out.substr(out.find('\n') + 1), std::string(c.fields) + "\r\n");
  }
}

TEST(WriteLocalHeadTest, WritesTheWholeHead) {
  AnswerOptions options;
  options.content_length = 12;
  options.date = "now";
  const OwnField own[] = {{FieldId::kRetryAfter, "1"}};
  options.own_fields = own;
  std::string out = "before ";
  WriteLocalHead(429, "application/json", options, &out);
  EXPECT_EQ(out,
            "before HTTP/1.1 429 Too Many Requests\r\nDate: now\r\n"
            "Content-Type: application/json\r\nContent-Length: 12\r\n"
            "Retry-After: 1\r\n\r\n");
}

TEST(WriterTest, WritesChunkSizesInHexadecimal) {
  std::string out;
  WriteChunkStart(0x1f00, &out);
  EXPECT_EQ(out, "1f00\r\n");
}

TEST(WriterTest, FormatsDatesAsRfc9110Does) {
  std::string date;
  FormatHttpDate(784111777, &date);
  EXPECT_EQ(date, "Sun, 06 Nov 1994 08:49:37 GMT");
  FormatHttpDate(951782400, &date);
  EXPECT_EQ(date, "Tue, 29 Feb 2000 00:00:00 GMT");
  FormatHttpDate(0, &date);
  EXPECT_EQ(date, "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(WriterTest, KnowsRequestIds) {
  EXPECT_TRUE(IsRequestId("aZ09._-"));
  EXPECT_TRUE(IsRequestId(std::string(128, 'a')));
  EXPECT_FALSE(IsRequestId(std::string(129, 'a')));
  EXPECT_FALSE(IsRequestId(""));
  EXPECT_FALSE(IsRequestId("a b"));
  EXPECT_FALSE(IsRequestId("a\"b"));
  EXPECT_FALSE(IsRequestId("\xc3\xa9"));
}

TEST(WriterTest, KnowsTraceparents) {
  const std::string good =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_TRUE(IsTraceparent(good));
  EXPECT_TRUE(IsTraceparent("cc" + good.substr(2) + "-what-comes"));
  const std::string bad[] = {
      "",
      good.substr(0, 54),
      good + "-",
      good + "0",
      "cc" + good.substr(2) + "0",
      "ff" + good.substr(2),
      "0A" + good.substr(2),
      "00_" + good.substr(3),
      "00-" + std::string(32, '0') + good.substr(35),
      good.substr(0, 36) + std::string(16, '0') + good.substr(52),
      good.substr(0, 53) + "0g",
  };
  for (const std::string& text : bad) EXPECT_FALSE(IsTraceparent(text)) << text;
}

}  // namespace
}  // namespace headgate::http
