// Every request that the parser refuses, by its reason: one row each.
#include <ostream>

#include "gtest/gtest.h"
#include "proxy/http/request_parser.h"

namespace headgate::http {
namespace {

using policy::Refusal;
using std::string_view_literals::operator""sv;

struct RefusedCase {
  std::string_view name;
  std::string_view bytes;
  Refusal refusal;
  std::string_view sentence;
};
void PrintTo(const RefusedCase& c, std::ostream* out) { *out << c.name; }

class RefusedRequestTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedRequestTest, IsRefusedForItsReason) {
  RequestParser parser({});
  RequestHead head;
  const ParseResult result = parser.Parse(GetParam().bytes, &head);
  ASSERT_TRUE(result.error());
  EXPECT_EQ(result.refusal, GetParam().refusal);
  EXPECT_EQ(result.sentence, GetParam().sentence);
}

constexpr std::string_view kNoRequestLine = "this is no request line";
constexpr std::string_view kNoTarget = "the request line has no clean target";
constexpr std::string_view kNoVersion = "the request line has no HTTP version";
constexpr std::string_view kBadVersion = "the HTTP version is not 1.0 or 1.1";
constexpr std::string_view kBadLf = "a line ends in LF without CR";
constexpr std::string_view kControl = "a control byte in a field value";
constexpr std::string_view kBadName =
    "a field name is not a token followed by a colon";
constexpr std::string_view kFolded = "a folded field line";
constexpr std::string_view kBadHost =
    "Host is not a host with an optional port";
constexpr std::string_view kBadLength = "Content-Length is not a number";
constexpr std::string_view kBadCoding =
    "Transfer-Encoding is not exactly chunked";
constexpr std::string_view kTwin =
    "a field name with '_' that reads like a known one";

INSTANTIATE_TEST_SUITE_P(
    RequestLine, RefusedRequestTest,
    testing::Values(
        RefusedCase{"Empty method", " / HTTP/1.1\r\n\r\n", Refusal::kBadRequest,
                    "the request line begins with no method"},
        RefusedCase{"Method is no token", "G@T / HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest,
                    "the request line begins with no method"},
        RefusedCase{"NUL in the method", "G\0T / HTTP/1.1\r\n\r\n"sv,
                    Refusal::kBadRequest,
                    "the request line begins with no method"},
        RefusedCase{"Unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
                    Refusal::kNotImplemented, "the method is not known"},
        RefusedCase{"Methods have a case", "get / HTTP/1.1\r\nHost: a\r\n\r\n",
                    Refusal::kNotImplemented, "the method is not known"},
        RefusedCase{"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
                    Refusal::kNotImplemented, "CONNECT is not served"},
        RefusedCase{"HTTP/0.9", "GET /\r\n\r\n", Refusal::kBadRequest,
                    kNoTarget},
        RefusedCase{"Two spaces", "GET  / HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest, kNoTarget},
        RefusedCase{"Two spaces before the version", "GET /  HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest, kNoVersion},
        RefusedCase{"Space behind the version", "GET / HTTP/1.1 \r\n\r\n",
                    Refusal::kBadRequest, kNoVersion},
        RefusedCase{"Tab for a space", "GET\t/ HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest,
                    "the request line begins with no method"},
        RefusedCase{"Tab in the target", "GET /\t HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest, kNoTarget},
        RefusedCase{"Space in the target", "GET /a b HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest, kNoVersion},
        RefusedCase{"CR in the target", "GET /\r HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest, kNoTarget},
        RefusedCase{"NUL in the target", "GET /\0 HTTP/1.1\r\n\r\n"sv,
                    Refusal::kBadRequest, kNoTarget},
        RefusedCase{"DEL in the target", "GET /\x7f HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest, kNoTarget},
        RefusedCase{"Raw high byte", "GET /\xa0 HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest, kNoTarget},
        RefusedCase{"Another protocol", "GET / RTSP/1.0\r\n\r\n",
                    Refusal::kBadRequest, kNoVersion},
        RefusedCase{"Protocol in lower case", "GET / http/1.1\r\n\r\n",
                    Refusal::kBadRequest, kNoVersion},
        RefusedCase{"Version 1.10", "GET / HTTP/1.10\r\n\r\n",
                    Refusal::kBadRequest, kNoVersion},
        RefusedCase{"Version without minor", "GET / HTTP/1\r\n\r\n",
                    Refusal::kBadRequest, kNoVersion},
        RefusedCase{"Version 1.2", "GET / HTTP/1.2\r\n\r\n",
                    Refusal::kHttpVersion, kBadVersion},
        RefusedCase{"Version 2.0", "GET / HTTP/2.0\r\n\r\n",
                    Refusal::kHttpVersion, kBadVersion},
        RefusedCase{"Version 0.9 by name", "GET / HTTP/0.9\r\n\r\n",
                    Refusal::kHttpVersion, kBadVersion},
        RefusedCase{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                    Refusal::kHttpVersion, kBadVersion},
        RefusedCase{"Asterisk with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
                    Refusal::kBadRequest, "the target * needs OPTIONS"},
        RefusedCase{"Authority form", "GET a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
                    Refusal::kBadRequest,
                    "the target is neither a path nor an http URL"},
        RefusedCase{"Another scheme",
                    "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
                    Refusal::kBadRequest,
                    "the target is neither a path nor an http URL"},
        RefusedCase{"Relative path", "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
                    Refusal::kBadRequest,
                    "the target is neither a path nor an http URL"},
        RefusedCase{"URL without a host", "GET http:///a HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest,
                    "the target's authority is not a host with an optional "
                    "port"},
        RefusedCase{"URL with user information",
                    "GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
                    Refusal::kBadRequest,
                    "the target's authority is not a host with an optional "
                    "port"},
        RefusedCase{"LF alone", "GET / HTTP/1.1\nHost: a\n\n",
                    Refusal::kBadRequest, kBadLf},
        RefusedCase{"LF first", "\nGET / HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest, kBadLf},
        RefusedCase{"Two empty lines", "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest,
                    "empty lines before the first line"}));

INSTANTIATE_TEST_SUITE_P(
    Fields, RefusedRequestTest,
    testing::Values(
        RefusedCase{"Space before the colon",
                    "GET / HTTP/1.1\r\nHost : a\r\n\r\n", Refusal::kBadRequest,
                    kBadName},
        RefusedCase{"Empty name", "GET / HTTP/1.1\r\n: a\r\n\r\n",
                    Refusal::kBadRequest, kBadName},
        RefusedCase{"No colon", "GET / HTTP/1.1\r\nHost\r\n\r\n",
                    Refusal::kBadRequest, kBadName},
        RefusedCase{"NUL in a name", "GET / HTTP/1.1\r\nA\0b: c\r\n\r\n"sv,
                    Refusal::kBadRequest, kBadName},
        RefusedCase{"CR in a name", "GET / HTTP/1.1\r\nA\rb: c\r\n\r\n",
                    Refusal::kBadRequest, kBadName},
        RefusedCase{"High byte in a name", "GET / HTTP/1.1\r\nA\xe9: c\r\n\r\n",
                    Refusal::kBadRequest, kBadName},
        RefusedCase{"Line that begins with CR",
                    "GET / HTTP/1.1\r\nHost: a\r\n\rX: b\r\n\r\n",
                    Refusal::kBadRequest, kBadName},
        RefusedCase{"NUL in a value", "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n"sv,
                    Refusal::kBadRequest, kControl},
        RefusedCase{"CR in a value", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
                    Refusal::kBadRequest, kControl},
        RefusedCase{"Escape in a value", "GET / HTTP/1.1\r\nA: \x1b\r\n\r\n",
                    Refusal::kBadRequest, kControl},
        RefusedCase{"DEL in a long value",
                    "GET / HTTP/1.1\r\nA: bbbbbbbbbbb\x7f"
                    "bbbbbbb\r\n\r\n",
                    Refusal::kBadRequest, kControl},
        RefusedCase{"LF in a value", "GET / HTTP/1.1\r\nA: b\nc: d\r\n\r\n",
                    Refusal::kBadRequest, kBadLf},
        RefusedCase{"Folded line", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
                    Refusal::kBadRequest, kFolded},
        RefusedCase{"Folded first line", "GET / HTTP/1.1\r\n\tA: b\r\n\r\n",
                    Refusal::kBadRequest, kFolded},
        RefusedCase{"Underscore in Content-Length",
                    "GET / HTTP/1.1\r\nContent_Length: 3\r\n\r\n",
                    Refusal::kBadRequest, kTwin},
        RefusedCase{"Underscore in Transfer-Encoding",
                    "GET / HTTP/1.1\r\ntransfer_encoding: chunked\r\n\r\n",
                    Refusal::kBadRequest, kTwin},
        RefusedCase{"Underscore in X-Forwarded-For",
                    "GET / HTTP/1.1\r\nX-Forwarded_For: 1.2.3.4\r\n\r\n",
                    Refusal::kBadRequest, kTwin},
        RefusedCase{"Second Authorization",
                    "GET / HTTP/1.1\r\nAuthorization: a\r\n"
                    "authorization: b\r\n\r\n",
                    Refusal::kBadRequest,
                    "a field that must stand alone is repeated"},
        RefusedCase{"Second Content-Type",
                    "GET / HTTP/1.1\r\nContent-Type: a\r\n"
                    "Content-Type: a\r\n\r\n",
                    Refusal::kBadRequest,
                    "a field that must stand alone is repeated"},
        RefusedCase{"Connection is no list of tokens",
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n",
                    Refusal::kBadRequest,
                    "Connection is not a short list of names"},
        RefusedCase{"Expect", "GET / HTTP/1.1\r\nExpect: a-miracle\r\n\r\n",
                    Refusal::kExpectationFailed,
                    "Expect is not 100-continue"}));

INSTANTIATE_TEST_SUITE_P(
    Host, RefusedRequestTest,
    testing::Values(
        RefusedCase{"Missing", "GET / HTTP/1.1\r\n\r\n", Refusal::kBadRequest,
                    "Host is missing"},
        RefusedCase{"Missing beside a URL", "GET http://a/ HTTP/1.1\r\n\r\n",
                    Refusal::kBadRequest, "Host is missing"},
        RefusedCase{"Repeated", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
                    Refusal::kBadRequest, "Host is repeated"},
        RefusedCase{"Repeated in 1.0",
                    "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
                    Refusal::kBadRequest, "Host is repeated"},
        RefusedCase{"Empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
                    Refusal::kBadRequest, kBadHost},
        RefusedCase{"List", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
                    Refusal::kBadRequest, kBadHost},
        RefusedCase{"Path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
                    Refusal::kBadRequest, kBadHost},
        RefusedCase{"User", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
                    Refusal::kBadRequest, kBadHost},
        RefusedCase{"Port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n",
                    Refusal::kBadRequest, kBadHost},
        RefusedCase{"Disagrees with the target",
                    "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n",
                    Refusal::kBadRequest,
                    "Host and the target name different authorities"},
        RefusedCase{"Disagrees in the port",
                    "GET http://a/ HTTP/1.1\r\nHost: a:81\r\n\r\n",
                    Refusal::kBadRequest,
                    "Host and the target name different authorities"},
        RefusedCase{"Default port of the other scheme",
                    "GET https://a/ HTTP/1.1\r\nHost: a:80\r\n\r\n",
                    Refusal::kBadRequest,
                    "Host and the target name different authorities"}));

INSTANTIATE_TEST_SUITE_P(
    Framing, RefusedRequestTest,
    testing::Values(
        RefusedCase{"List", "POST / HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\n",
                    Refusal::kBadRequest, kBadLength},
        RefusedCase{"Sign", "POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\n",
                    Refusal::kBadRequest, kBadLength},
        RefusedCase{"Minus", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                    Refusal::kBadRequest, kBadLength},
        RefusedCase{"Hex", "POST / HTTP/1.1\r\nContent-Length: 0x3\r\n\r\n",
                    Refusal::kBadRequest, kBadLength},
        RefusedCase{"Empty", "POST / HTTP/1.1\r\nContent-Length: \r\n\r\n",
                    Refusal::kBadRequest, kBadLength},
        RefusedCase{"Space", "POST / HTTP/1.1\r\nContent-Length: 4 2\r\n\r\n",
                    Refusal::kBadRequest, kBadLength},
        RefusedCase{"2^63",
                    "POST / HTTP/1.1\r\nContent-Length: "
                    "9223372036854775808\r\n\r\n",
                    Refusal::kBadRequest, kBadLength},
        RefusedCase{"2^64 and some",
                    "POST / HTTP/1.1\r\nContent-Length: "
                    "18446744073709551619\r\n\r\n",
                    Refusal::kBadRequest, kBadLength},
        RefusedCase{"Same length twice",
                    "POST / HTTP/1.1\r\nContent-Length: 3\r\n"
                    "Content-Length: 3\r\n\r\n",
                    Refusal::kBadRequest, "Content-Length is repeated"},
        RefusedCase{"Length, then coding",
                    "POST / HTTP/1.1\r\nContent-Length: 3\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n",
                    Refusal::kBadRequest,
                    "Content-Length together with Transfer-Encoding"},
        RefusedCase{"Coding, then length",
                    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
                    "Content-Length: 3\r\n\r\n",
                    Refusal::kBadRequest,
                    "Content-Length together with Transfer-Encoding"},
        RefusedCase{"Coding twice",
                    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n",
                    Refusal::kBadRequest, "Transfer-Encoding is repeated"},
        RefusedCase{"Identity",
                    "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n",
                    Refusal::kBadRequest, kBadCoding},
        RefusedCase{"Gzip and chunked",
                    "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, "
                    "chunked\r\n\r\n",
                    Refusal::kBadRequest, kBadCoding},
        RefusedCase{"Chunked with a parameter",
                    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked;a=b\r\n\r\n",
                    Refusal::kBadRequest, kBadCoding},
        RefusedCase{"Quoted chunked",
                    "POST / HTTP/1.1\r\nTransfer-Encoding: "
                    "\"chunked\"\r\n\r\n",
                    Refusal::kBadRequest, kBadCoding},
        RefusedCase{"Vertical tab",
                    "POST / HTTP/1.1\r\nTransfer-Encoding: "
                    "\x0b"
                    "chunked\r\n\r\n",
                    Refusal::kBadRequest, kControl},
        RefusedCase{"Empty coding",
                    "POST / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n",
                    Refusal::kBadRequest, kBadCoding},
        RefusedCase{"Chunked in 1.0",
                    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                    Refusal::kBadRequest, "Transfer-Encoding in HTTP/1.0"},
        RefusedCase{"TRACE with a body",
                    "TRACE / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
                    Refusal::kBadRequest, "TRACE with a body"}));

// Bytes that can be no request any more are refused before the head is
// complete, not when it times out.
INSTANTIATE_TEST_SUITE_P(
    Incomplete, RefusedRequestTest,
    testing::Values(
        RefusedCase{"TLS ClientHello", "\x16\x03\x01\x02", Refusal::kBadRequest,
                    "a control byte or a bare CR in the head"},
        RefusedCase{"SSH", "SSH-2.0-OpenSSH_9.2p1\r\n", Refusal::kBadRequest,
                    "the request line begins with no method"},
        RefusedCase{"Not a token", "{\"a\":1}", Refusal::kBadRequest,
                    kNoRequestLine},
        RefusedCase{"No method ends",
                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                    Refusal::kNotImplemented, "the method is not known"},
        RefusedCase{"Longer than a version", "GET / HTTP/1.1TP\xf2",
                    Refusal::kBadRequest, kNoVersion},
        RefusedCase{"No version", "GET / FTP", Refusal::kBadRequest,
                    kNoVersion},
        RefusedCase{"Another version", "GET / HTTP/5.6", Refusal::kHttpVersion,
                    kBadVersion},
        RefusedCase{"Bare CR", "GET / HTTP/1.1\r\nA: b\rc",
                    Refusal::kBadRequest,
                    "a control byte or a bare CR in the head"},
        RefusedCase{"Folded line", "GET / HTTP/1.1\r\nA: b\r\n c",
                    Refusal::kBadRequest,
                    "a field line begins with no field name (folded lines are "
                    "refused)"},
        RefusedCase{"Second length",
                    "PUT / HTTP/1.1\r\nContent-Length: 1\r\n"
                    "Content-Length: 2\r\n",
                    Refusal::kBadRequest, "Content-Length is repeated"}));

}  // namespace
}  // namespace headgate::http
