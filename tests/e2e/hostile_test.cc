// Requests that must not pass: each gets its exact status in the family's
// shape, the connection is closed or goes on as RFC 9112 says, and not one byte
// reaches the upstream.
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

using std::string_literals::operator""s;

enum class After { kClosed, kOpen };

struct Row {
  std::string name;
  std::string wire;
  int status;
  std::string code;
  After after = After::kClosed;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::string Post(std::string_view fields, std::string_view rest = "") {
  return StrCat(Request("POST /a", fields), rest);
}

std::string Chunked(std::string_view body) {
  return Post("Transfer-Encoding: chunked\r\n", body);
}

std::vector<Row> Framing() {
  const std::string bad = "illegal_argument";
  return {
      {"length and chunks",
       Post("Content-Length: 4\r\n"
            "Transfer-Encoding: chunked\r\n",
            "0\r\n\r\n"),
       400, bad},
      {"two lengths",
       Post("Content-Length: 4\r\nContent-Length: 4\r\n", "abcd"), 400, bad},
      {"a list of lengths", Post("Content-Length: 4, 4\r\n", "abcd"), 400, bad},
      {"a signed length", Post("Content-Length: +4\r\n", "abcd"), 400, bad},
      {"a negative length", Post("Content-Length: -4\r\n"), 400, bad},
      {"a hexadecimal length", Post("Content-Length: 0x4\r\n"), 400, bad},
      {"an empty length", Post("Content-Length:\r\n"), 400, bad},
      {"a length with a space", Post("Content-Length: 4 4\r\n"), 400, bad},
      {"a length beyond 2^63", Post("Content-Length: 9223372036854775808\r\n"),
       400, bad},
      {"a length that wraps",
       Post("Content-Length: 18446744073709551620\r\n", "abcd"), 400, bad},
      {"a coding before chunked", Post("Transfer-Encoding: gzip, chunked\r\n"),
       400, bad},
      {"a coding after chunked",
       Post("Transfer-Encoding: chunked, identity\r\n"), 400, bad},
      {"identity", Post("Transfer-Encoding: identity\r\n"), 400, bad},
      {"chunked twice",
       Post("Transfer-Encoding: chunked\r\n"
            "Transfer-Encoding: chunked\r\n"),
       400, bad},
      {"chunked with a tab inside", Post("Transfer-Encoding: \vchunked\r\n"),
       400, bad},
      {"quoted chunked", Post("Transfer-Encoding: \"chunked\"\r\n"), 400, bad},
      {"chunks in HTTP/1.0",
       "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
       bad},
      {"an underscored length", Post("Content_Length: 4\r\n", "abcd"), 400,
       bad},
      {"a chunk size with 0x", Chunked("0x1\r\na\r\n0\r\n\r\n"), 400, bad},
      {"a chunk size with a sign", Chunked("+1\r\na\r\n0\r\n\r\n"), 400, bad},
      {"a chunk size of 17 digits",
       Chunked("00000000000000001\r\na\r\n0\r\n\r\n"), 400, bad},
      {"a chunk larger than any body", Chunked("ffffffffffffffff\r\na"), 413,
       "request_entity_too_large"},
      {"an empty chunk size", Chunked("\r\na\r\n0\r\n\r\n"), 400, bad},
      {"a chunk line that ends in LF", Chunked("1\na\r\n0\r\n\r\n"), 400, bad},
      {"a chunk that is too long", Chunked("1\r\nab\r\n0\r\n\r\n"), 400, bad},
      {"a chunk that ends in LF", Chunked("1\r\na\n0\r\n\r\n"), 400, bad},
      {"a space after a chunk size", Chunked("1 \r\na\r\n0\r\n\r\n"), 400, bad},
      {"a NUL in an extension", Chunked("1;\0\r\na\r\n0\r\n\r\n"s), 400, bad},
      {"an endless extension",
       Chunked(StrCat("1;", std::string(300, 'a'), "\r\na\r\n0\r\n\r\n")), 400,
       bad},
      {"a broken trailer", Chunked("0\r\nnot a trailer\r\n\r\n"), 400, bad},
      {"an endless trailer",
       Chunked(StrCat("0\r\nX: ", std::string(9000, 'a'), "\r\n\r\n")), 400,
       bad},
  };
}

std::vector<Row> Heads() {
  const std::string bad = "illegal_argument";
  return {
      {"bare LF", "GET /a HTTP/1.1\nHost: h\n\n", 400, bad},
      {"bare LF after a field", "GET /a HTTP/1.1\r\nHost: h\nA: b\r\n\r\n", 400,
       bad},
      {"bare CR in a value", Request("GET /a", "A: b\rc\r\n"), 400, bad},
      {"bare CR in the line", "GET /a\r HTTP/1.1\r\nHost: h\r\n\r\n", 400, bad},
      {"NUL in a value", Request("GET /a", "A: b\0c\r\n"s), 400, bad},
      {"a control byte in a value", Request("GET /a", "A: b\x01\r\n"), 400,
       bad},
      {"DEL in a value", Request("GET /a", "A: b\x7f\r\n"), 400, bad},
      {"NUL in a name", Request("GET /a", "A\0: b\r\n"s), 400, bad},
      {"NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"s, 400, bad},
      {"obs-fold", Request("GET /a", "A: b\r\n c\r\n"), 400, bad},
      {"a fold before the first field",
       "GET /a HTTP/1.1\r\n A: b\r\nHost: h\r\n\r\n", 400, bad},
      {"a space before the colon", Request("GET /a", "A : b\r\n"), 400, bad},
      {"a field without a colon", Request("GET /a", "A\r\n"), 400, bad},
      {"an empty name", Request("GET /a", ": b\r\n"), 400, bad},
      {"no Host", "GET /a HTTP/1.1\r\n\r\n", 400, bad},
      {"two Hosts", Request("GET /a", "Host: other\r\n"), 400, bad},
      {"an empty Host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n", 400, bad},
      {"a Host with a path", "GET /a HTTP/1.1\r\nHost: h/x\r\n\r\n", 400, bad},
      {"a Host with a user", "GET /a HTTP/1.1\r\nHost: u@h\r\n\r\n", 400, bad},
      {"a Host with a bad port", "GET /a HTTP/1.1\r\nHost: h:99999\r\n\r\n",
       400, bad},
      {"another host in the target",
       "GET http://other/a HTTP/1.1\r\nHost: h\r\n\r\n", 400, bad},
      {"two Authorizations",
       Request("GET /a", "Authorization: a\r\nAuthorization: b\r\n"), 400, bad},
      {"two spaces in the line", "GET  /a HTTP/1.1\r\nHost: h\r\n\r\n", 400,
       bad},
      {"a tab in the line", "GET\t/a HTTP/1.1\r\nHost: h\r\n\r\n", 400, bad},
      {"HTTP/0.9", "GET /a\r\n\r\n", 400, bad},
      {"a lower-case version", "GET /a http/1.1\r\nHost: h\r\n\r\n", 400, bad},
      {"a long version", "GET /a HTTP/1.10\r\nHost: h\r\n\r\n", 400, bad},
      {"a TLS handshake on a plain port", "\x16\x03\x01\x02\x00\x01\x00\x01"s,
       400, bad},
      {"no target form", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", 400, bad},
      {"HTTP/2.0", "GET /a HTTP/2.0\r\nHost: h\r\n\r\n", 505,
       "http_version_not_supported"},
      {"HTTP/1.2", "GET /a HTTP/1.2\r\nHost: h\r\n\r\n", 505,
       "http_version_not_supported"},
      {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505,
       "http_version_not_supported"},
      {"CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 501,
       "not_implemented"},
      {"an unknown method", Request("FROB /a"), 501, "not_implemented"},
      {"another expectation", Request("GET /a", "Expect: gold\r\n"), 417,
       "expectation_failed"},
      {"TRACE with a body", Request("TRACE /a", "", "x"), 400, bad},
  };
}

// The message is sound, so the connection goes on.
std::vector<Row> Targets() {
  const std::string bad = "illegal_argument";
  const auto row = [&](std::string name, std::string_view target) {
    return Row{std::move(name), Request(StrCat("GET ", target)), 400, bad,
               After::kOpen};
  };
  return {
      row("an escaped slash", "/a%2fb"),
      row("an escaped slash in capitals", "/a%2Fb"),
      row("an escaped backslash", "/a%5cb"),
      row("a backslash", "/a\\b"),
      row("an escaped NUL", "/a%00b"),
      row("a doubly escaped dot", "/a/%252e%252e/b"),
      row("a doubly escaped slash", "/a%252fb"),
      row("dots with a parameter", "/a/..;x/b"),
      row("an overlong slash", "/a%c0%afb"),
      row("an overlong dot in three bytes", "/a/%e0%80%ae/b"),
      row("a surrogate", "/a%ed%a0%80b"),
      row("a code point beyond Unicode", "/a%f4%90%80%80"),
      row("half of a code point", "/a%c3"),
      row("half of an escape", "/a%4"),
      row("no escape", "/a%zz"),
      row("above the root", "/../a"),
      row("above the root by escapes", "/%2e%2e/a"),
      row("a dot segment at the end", "/a/b/.."),
      row("an escaped dot segment at the end", "/a/b/%2E%2E"),
      row("a brace", "/a{b}"),
      row("a quote", "/a\"b"),
  };
}

class HostileTest : public testing::TestWithParam<Row> {
 protected:
  // One process for all the rows: none may hurt the next.
  static void SetUpTestSuite() {
    upstream_ = std::make_unique<ScriptedUpstream>();
    headgate_ = std::make_unique<HeadgateProcess>(SidecarConfig(*upstream_));
  }
  static void TearDownTestSuite() {
    EXPECT_TRUE(EndsWell(headgate_.get()));
    headgate_.reset();
    upstream_.reset();
  }

  static std::unique_ptr<ScriptedUpstream> upstream_;
  static std::unique_ptr<HeadgateProcess> headgate_;
};
std::unique_ptr<ScriptedUpstream> HostileTest::upstream_;
std::unique_ptr<HeadgateProcess> HostileTest::headgate_;

TEST_P(HostileTest, IsRefused) {
  const Row& row = GetParam();
  ASSERT_TRUE(headgate_->started()) << headgate_->err();
  for (const size_t piece : {row.wire.size(), size_t{1}}) {
    RawClient client(headgate_->address());
    client.SendSplit(row.wire, piece);
    const Message answer = client.ReadAnswer();
    EXPECT_EQ(answer.status, row.status) << row.name << answer;
    EXPECT_TRUE(IsChatError(answer, row.code)) << row.name << answer;
    EXPECT_EQ(answer.Header("Connection") == "close",
              row.after == After::kClosed)
        << row.name << answer;
    if (row.after == After::kClosed) {
      EXPECT_TRUE(client.WaitClosed()) << row.name;
    } else {
      EXPECT_EQ(client.Call(Request(kRefusedTarget)).status, 400) << row.name;
    }
  }
  EXPECT_EQ(upstream_->received_bytes(), 0u) << row.name;
}

std::string RowName(const testing::TestParamInfo<Row>& info) {
  std::string name;
  for (const char c : info.param.name) {
    const bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9');
    name += is_alnum ? c : '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Framing, HostileTest, testing::ValuesIn(Framing()),
                         RowName);
INSTANTIATE_TEST_SUITE_P(Head, HostileTest, testing::ValuesIn(Heads()),
                         RowName);
INSTANTIATE_TEST_SUITE_P(Target, HostileTest, testing::ValuesIn(Targets()),
                         RowName);

TEST(HostileFloodTest, SurvivesGarbageOnManyConnections) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(SidecarConfig(upstream));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  uint32_t random = 1;
  for (int i = 0; i < 300; ++i) {
    std::string bytes;
    for (int j = 0; j < 400; ++j) {
      random = random * 1664525 + 1013904223;
      bytes += static_cast<char>(random >> 24);
    }
    RawClient client(headgate.address());
    client.Send(i % 2 == 0 ? bytes : Chunked(bytes));
    if (i % 3 == 0) client.Reset();
  }
  EXPECT_EQ(upstream.received_bytes(), 0u);
  EXPECT_EQ(headgate.Call(Request("GET /a")).status, 200);
  EXPECT_TRUE(EndsWell(&headgate));
}

}  // namespace
}  // namespace headgate::test
