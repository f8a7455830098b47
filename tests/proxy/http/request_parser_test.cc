#include "proxy/http/request_parser.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace headgate::http {
namespace {

using policy::Refusal;

ParseResult Parse(std::string_view bytes, RequestHead* head,
                  HeadLimits limits = {}) {
  RequestParser parser(limits);
  return parser.Parse(bytes, head);
}

TEST(RequestParserTest, ReadsEveryPartOfARequest) {
  const std::string bytes =
      "POST /a/b?c=d HTTP/1.1\r\n"
      "Host: example.com:8080\r\n"
      "content-TYPE:\t application/json \r\n"
      "X-Empty:\r\n"
      "Content-Length: 007\r\n"
      "Expect: 100-Continue\r\n"
      "\r\nrest";
  RequestHead head;
  const ParseResult result = Parse(bytes, &head);
  ASSERT_TRUE(result.done()) << result.sentence;
  EXPECT_EQ(result.head_bytes, bytes.size() - 4);
  EXPECT_EQ(head.method, Method::kPost);
  EXPECT_EQ(head.method_text, "POST");
  EXPECT_EQ(head.target, "/a/b?c=d");
  EXPECT_EQ(head.path_and_query, "/a/b?c=d");
  EXPECT_EQ(head.authority, "example.com:8080");
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.framing, Framing::kContentLength);
  EXPECT_EQ(head.content_length, 7u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_TRUE(head.expect_continue);
  ASSERT_EQ(head.fields.size(), 5u);
  EXPECT_EQ(head.fields[1].name, "content-TYPE");
  EXPECT_EQ(head.fields[1].value, "application/json");
  EXPECT_EQ(head.fields[1].id, FieldId::kContentType);
  EXPECT_EQ(head.fields[2].name, "X-Empty");
  EXPECT_EQ(head.fields[2].value, "");
  EXPECT_EQ(head.fields.Value(FieldId::kExpect), "100-Continue");
  EXPECT_EQ(head.fields.Find(FieldId::kCookie), nullptr);
  EXPECT_EQ(head.fields.Find("x-empty"), &head.fields[2]);
}

TEST(RequestParserTest, LetsTheMethodsOfOurContractsPass) {
  for (std::string_view method : {"GET", "HEAD", "POST", "PUT", "DELETE",
                                  "PATCH", "OPTIONS", "TRACE", "PROPFIND"}) {
    RequestHead head;
    const std::string bytes =
        std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n";
    EXPECT_TRUE(Parse(bytes, &head).done()) << method;
    EXPECT_EQ(head.method_text, method);
    EXPECT_EQ(head.method == Method::kOther, method == "PROPFIND");
  }
}

struct KeepAliveCase {
  std::string_view head;
  bool keep_alive;
};

TEST(RequestParserTest, KeepsTheConnectionAsTheVersionAndTheClientSay) {
  const KeepAliveCase cases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, ,close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n"
       "Connection: close\r\n\r\n",
       false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
      {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
  };
  for (const KeepAliveCase& c : cases) {
    RequestHead head;
    ASSERT_TRUE(Parse(c.head, &head).done()) << c.head;
    EXPECT_EQ(head.keep_alive, c.keep_alive) << c.head;
  }
}

TEST(RequestParserTest, TakesAbsoluteTargetsThatAgreeWithHost) {
  RequestHead head;
  ASSERT_TRUE(
      Parse("GET HTTP://A.example:80/x?y HTTP/1.1\r\nHost: a.Example\r\n\r\n",
            &head)
          .done());
  EXPECT_EQ(head.authority, "A.example:80");
  EXPECT_EQ(head.path_and_query, "/x?y");
  ASSERT_TRUE(
      Parse("GET https://[::1]?y HTTP/1.1\r\nHost: [::1]:443\r\n\r\n", &head)
          .done());
  EXPECT_EQ(head.path_and_query, "?y");
}

TEST(RequestParserTest, IgnoresExpectOfHttp10AndWithoutABody) {
  RequestHead head;
  ASSERT_TRUE(Parse("POST / HTTP/1.0\r\nExpect: 100-continue\r\n"
                    "Content-Length: 1\r\n\r\n",
                    &head)
                  .done());
  EXPECT_FALSE(head.expect_continue);
  ASSERT_TRUE(Parse("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                    "Content-Length: 0\r\n\r\n",
                    &head)
                  .done());
  EXPECT_FALSE(head.expect_continue);
}

TEST(RequestParserTest, TakesOneEmptyLineBeforeTheRequest) {
  RequestHead head;
  const std::string bytes = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const ParseResult result = Parse(bytes, &head);
  ASSERT_TRUE(result.done());
  EXPECT_EQ(result.head_bytes, bytes.size());
}

TEST(RequestParserTest, MarksNamedFieldsAsHopByHopButNotTheOnesWeDecideOn) {
  RequestHead head;
  ASSERT_TRUE(Parse("GET / HTTP/1.1\r\nX-Secret: 1\r\nHost: a\r\n"
                    "Authorization: b\r\nTE: trailers\r\n"
                    "Connection: x-secret, host, authorization\r\n\r\n",
                    &head)
                  .done());
  EXPECT_TRUE(head.fields[0].hop_by_hop);
  EXPECT_FALSE(head.fields[1].hop_by_hop);
  EXPECT_FALSE(head.fields[2].hop_by_hop);
  EXPECT_TRUE(head.fields[3].hop_by_hop);
}

TEST(RequestParserTest, TakesUnderscoresThatReadLikeNothingWeKnow) {
  RequestHead head;
  EXPECT_TRUE(
      Parse("GET / HTTP/1.1\r\nHost: a\r\nMy_Field: 1\r\n\r\n", &head).done());
}

TEST(RequestParserTest, TakesBytesAbove127InValues) {
  RequestHead head;
  ASSERT_TRUE(
      Parse("GET / HTTP/1.1\r\nHost: a\r\nX: D\xfcsseldorf\t\xff\r\n\r\n",
            &head)
          .done());
  EXPECT_EQ(head.fields[1].value, "D\xfcsseldorf\t\xff");
}

std::string HeadWithFields(int fields) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 1; i < fields; ++i) head += "A: b\r\n";
  return head + "\r\n";
}

TEST(RequestParserTest, HoldsItsLimitsToTheByte) {
  RequestHead head;
  EXPECT_TRUE(Parse(HeadWithFields(100), &head).done());
  const ParseResult many = Parse(HeadWithFields(101), &head);
  EXPECT_EQ(many.refusal, Refusal::kHeadTooLarge);
  EXPECT_EQ(many.sentence, "there are too many fields");

  const std::string bytes = HeadWithFields(5);
  EXPECT_TRUE(Parse(bytes, &head, {.head_bytes = bytes.size()}).done());
  const ParseResult large =
      Parse(bytes, &head, {.head_bytes = bytes.size() - 1});
  EXPECT_EQ(large.refusal, Refusal::kHeadTooLarge);
  EXPECT_EQ(large.sentence, "the head is too large");

  const std::string line = "GET /aaaaaaaaaaaaaaaaaaaaaaaa HTTP/1.1\r\n";
  const std::string whole = line + "Host: a\r\n\r\n";
  EXPECT_TRUE(Parse(whole, &head, {.request_line_bytes = line.size()}).done());
  const ParseResult uri =
      Parse(whole, &head, {.request_line_bytes = line.size() - 1});
  EXPECT_EQ(uri.refusal, Refusal::kUriTooLong);
  EXPECT_EQ(uri.sentence, "the request line is too long");
}

TEST(RequestParserTest, RefusesWhatIsTooLongBeforeItsEnd) {
  RequestHead head;
  const std::string endless = "GET /" + std::string(8192, 'a');
  EXPECT_EQ(Parse(endless, &head).refusal, Refusal::kUriTooLong);
  const std::string field = "GET / HTTP/1.1\r\nA: " + std::string(16384, 'b');
  EXPECT_EQ(Parse(field, &head).refusal, Refusal::kHeadTooLarge);
}

TEST(RequestParserTest, KeepsTheBeginningOfATargetThatIsTooLong) {
  const struct {
    std::string bytes;
    std::string_view target;
  } rows[] = {
      {"GET /v2/apps/aaaaaaaaaaaaaaa", "/v2/apps/aaaaaaaaaaaaaaa"},
      {"\r\nGET /v2/apps/aaaaaaaaaaaaaaa", "/v2/apps/aaaaaaaaaaaaaaa"},
      {"GET /v2/apps/aaaaaaaaa HTTP/1.1\r\n", "/v2/apps/aaaaaaaaa"},
      {"GET /v2/apps/aaaaaaaaa HTTP/1.1\r\nHost: a\r\n\r\n",
       "/v2/apps/aaaaaaaaa"},
      {"GETaaaaaaaaaaaaaaaaaaaaaaaaa", ""},
      {"GET \xC3\xA9/aaaaaaaaaaaaaaaaaaaaaaaaa", ""},
  };
  for (const auto& row : rows) {
    RequestHead head;
    EXPECT_EQ(Parse(row.bytes, &head, {.request_line_bytes = 24}).refusal,
              Refusal::kUriTooLong)
        << row.bytes;
    EXPECT_EQ(head.target, row.target) << row.bytes;
  }
}

TEST(RequestParserTest, BoundsTheOptionsOfConnection) {
  RequestHead head;
  std::string options = "a";
  for (int i = 1; i < kConnectionOptionsMax; ++i) options += ",a";
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nConnection: ";
  EXPECT_TRUE(Parse(start + options + "\r\n\r\n", &head).done());
  EXPECT_TRUE(Parse(start + options + ",a\r\n\r\n", &head).error());
}

TEST(RequestParserTest, ReadsOneRequestAfterTheOther) {
  const std::string bytes =
      "GET /1 HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"
      "GET /2 HTTP/1.0\r\n\r\n";
  RequestParser parser({});
  RequestHead head;
  EXPECT_FALSE(parser.started());
  const ParseResult first = parser.Parse(bytes, &head);
  ASSERT_TRUE(first.done());
  EXPECT_TRUE(parser.started());
  parser.Reset();
  EXPECT_FALSE(parser.started());
  const ParseResult second =
      parser.Parse(std::string_view(bytes).substr(first.head_bytes), &head);
  ASSERT_TRUE(second.done());
  EXPECT_EQ(head.target, "/2");
  EXPECT_TRUE(head.fields.empty());
  EXPECT_EQ(first.head_bytes + second.head_bytes, bytes.size());
}

}  // namespace
}  // namespace headgate::http
