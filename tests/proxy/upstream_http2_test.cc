// HTTP/2 to an https server that offers it. The server is a few frames, written
// out.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <thread>

#include "tests/proxy/upstream_harness.h"
#include "tests/support/certificates.h"
#include "tests/support/h2_server.h"

namespace headgate::proxy {
namespace {

using policy::Refusal;
using test::Frame;
using test::kAck;
using test::kDataFrame;
using test::kEndHeaders;
using test::kEndStream;
using test::kHeadersFrame;
using test::kSettingsFrame;

// Answers each request, on its stream, with `headers` (HPACK) and `body`. With
// `answers` the first connection gives so many and is closed by the next
// request. REQUIRES: its client goes first.
class TinyHttp2Server {
 public:
  TinyHttp2Server(const test::TlsServerOptions& tls, std::string headers,
                  std::string body, std::optional<int> answers = std::nullopt)
      : headers_(std::move(headers)),
        body_(std::move(body)),
        answers_(answers),
        context_(test::MakeServerContext(tls)),
        fd_(test::ListenOn("127.0.0.1:0")),
        address_(test::LocalAddress(fd_)),
        thread_([this] {
          for (int fd; (fd = accept(fd_, nullptr, nullptr)) >= 0;) {
            Serve(fd);
            answers_.reset();
          }
        }) {}
  ~TinyHttp2Server() {
    shutdown(fd_, SHUT_RDWR);
    thread_.join();
    close(fd_);
  }
  std::string url() const {
    return StrCat("https://localhost:", test::PortOf(address_));
  }

 private:
  void Serve(int fd) {
    test::Stream stream(fd);
    if (!stream.StartTlsServer(context_.get())) return;
    std::string in;
    stream.Write(Frame(kSettingsFrame, 0, 0, ""));
    size_t at = std::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").size();
    while (stream.Read(&in) == test::ReadEnd::kData) {
      while (in.size() >= at + 9) {
        const auto byte = [&](size_t i) {
          return static_cast<uint8_t>(in[at + i]);
        };
        const size_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
        if (in.size() < at + 9 + size) break;
        const uint32_t id =
            byte(5) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8);
        if (byte(3) == kSettingsFrame && byte(4) == 0) {
          stream.Write(Frame(kSettingsFrame, kAck, 0, ""));
        }
        // Of a request: not before it is whole, which libcurl does not take
        // well when it uses the connection again.
        if (byte(3) <= kHeadersFrame && (byte(4) & kEndStream) != 0) {
          if (answers_.has_value() && --*answers_ < 0) return;
          stream.Write(Frame(kHeadersFrame, kEndHeaders, id, headers_) +
                       Frame(kDataFrame, kEndStream, id, body_));
        }
        at += 9 + size;
      }
    }
  }

  std::string headers_, body_;
  std::optional<int> answers_;
  test::SslContext context_;
  int fd_;
  std::string address_;
  std::thread thread_;
};

class Http2UpstreamTest : public UpstreamTest {
 protected:
  Http2UpstreamTest() {
    config.http2 = true;
    config.ca = certificates_.ca();
    config.connect_timeout = absl::Seconds(20);
  }
  test::TlsServerOptions Tls() const {
    test::TlsServerOptions tls = certificates_.ServerOptions();
    tls.alpn = {"h2"};
    return tls;
  }
  test::TestCertificates certificates_;
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
  upstream.reset();
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
    upstream.reset();
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
  upstream.reset();
}

TEST_F(Http2UpstreamTest, SendsNothingAgainWithoutRetries) {
  config.retries = 0;
  TinyHttp2Server server(Tls(), "\x88", "ok", 1);
  UseServer(server);
  EXPECT_EQ(Get()->outcome(), "200 ok");
  EXPECT_EQ(Get()->failure, Refusal::kUpstreamProtocol);
  EXPECT_EQ(Get()->outcome(), "200 ok");
  upstream.reset();
}

TEST_F(Http2UpstreamTest, RefusesAConnectionFieldInHttp2) {
  TinyHttp2Server server(Tls(), std::string("\x88\0\x0akeep-alive\1b", 15),
                         "two");
  UseServer(server);
  EXPECT_EQ(Get()->failure, Refusal::kUpstreamProtocol);
  upstream.reset();
}

}  // namespace
}  // namespace headgate::proxy
