// HTTP/2 to an https server that offers it. The server is a few frames, written
// out.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/proxy/upstream_tls_harness.h"
#include "tests/support/h2_frame_server.h"

namespace headgate::proxy {
namespace {

using policy::Refusal;
using test::Frame;
using test::H2FrameServer;
using test::kDataFrame;
using test::kEndHeaders;
using test::kEndStream;
using test::kHeadersFrame;

// Answers each request, on its stream, with `headers` (HPACK) and `body`. With
// `answers` the first connection gives so many and is closed by the next
// request.
class TinyHttp2Server : public H2FrameServer {
 public:
  TinyHttp2Server(const test::TlsServerOptions& tls, const std::string& headers,
                  const std::string& body,
                  std::optional<int> answers = std::nullopt)
      : H2FrameServer(
            tls,
            [=, left = answers](
                const Received& frame) mutable -> std::optional<std::string> {
              if (!frame.ends_request()) return "";
              if (left.has_value() && --*left < 0) {
                left.reset();
                return std::nullopt;
              }
              return Frame(kHeadersFrame, kEndHeaders, frame.stream, headers) +
                     Frame(kDataFrame, kEndStream, frame.stream, body);
            }) {}
};

class Http2UpstreamTest : public TlsUpstreamTest {
 protected:
  Http2UpstreamTest() : TlsUpstreamTest(/*http2=*/true) {}
};

TEST_F(Http2UpstreamTest, SpeaksHttp2WhereItIsOffered) {
  // ":status: 200" is entry 8 of the static table; then "x-a: b", literal.
  TinyHttp2Server server(Tls(), std::string("\x88\0\3x-a\1b", 8), "two");
  UseServer(server);
  for (int i = 0; i < 3; ++i) {
    const auto call = Get();
    EXPECT_EQ(call->outcome(), "200 two");
    EXPECT_EQ(call->fields, "x-a: b\n");
  }
  EXPECT_EQ(stats().connects.Get(), 1);
}

TEST_F(Http2UpstreamTest, SendsAgainWhatAKeptConnectionDidNotTake) {
  for (const std::string method : {"GET", "POST"}) {
    TinyHttp2Server server(Tls(), "\x88", "ok", 2);
    UseServer(server);
    for (int i = 0; i < 4; ++i) {
      const auto call = Finished(method, method == "GET" ? "" : "{}");
      EXPECT_EQ(call->outcome(), "200 ok");
      EXPECT_EQ(call->handle->retries(), i == 2 ? 1 : 0);
    }
    EXPECT_EQ(stats().connects.Get(), 2);
  }
}

TEST_F(Http2UpstreamTest, SendsNothingAgainThatANewConnectionDidNotTake) {
  TinyHttp2Server server(Tls(), "\x88", "ok", 0);
  UseServer(server);
  const auto call = Get();
  EXPECT_EQ(call->failure, Refusal::kUpstreamProtocol) << call->outcome();
  EXPECT_EQ(call->handle->retries(), 0);
  call->handle.reset();
  EXPECT_EQ(Get()->outcome(), "200 ok");
}

TEST_F(Http2UpstreamTest, SendsNothingAgainWithoutRetries) {
  config.retries = 0;
  TinyHttp2Server server(Tls(), "\x88", "ok", 1);
  UseServer(server);
  EXPECT_EQ(Get()->outcome(), "200 ok");
  EXPECT_EQ(Get()->failure, Refusal::kUpstreamProtocol);
  EXPECT_EQ(Get()->outcome(), "200 ok");
}

TEST_F(Http2UpstreamTest, RefusesAConnectionFieldInHttp2) {
  TinyHttp2Server server(Tls(), std::string("\x88\0\x0akeep-alive\1b", 15),
                         "two");
  UseServer(server);
  EXPECT_EQ(Get()->failure, Refusal::kUpstreamProtocol);
}

}  // namespace
}  // namespace headgate::proxy
