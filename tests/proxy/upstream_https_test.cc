// https servers, by the native client and by libcurl's (`http2: true`).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/proxy/upstream_tls_harness.h"

namespace headgate::proxy {
namespace {

using policy::Refusal;
using test::MakeSignal;
using test::Reply;
using test::ScriptedUpstream;

enum class By { kNative, kLibcurl };

class HttpsUpstreamTest : public TlsUpstreamTest,
                          public testing::WithParamInterface<By> {
 protected:
  HttpsUpstreamTest() : TlsUpstreamTest(/*http2=*/by_libcurl()) {}
  static bool by_libcurl() { return GetParam() == By::kLibcurl; }
  static constexpr const char* kAnyPort = "127.0.0.1:0";
};

INSTANTIATE_TEST_SUITE_P(Clients, HttpsUpstreamTest,
                         testing::Values(By::kNative, By::kLibcurl),
                         [](const auto& client) {
                           return client.param == By::kNative ? "Native"
                                                              : "Libcurl";
                         });

TEST_P(HttpsUpstreamTest, SendsARequestOverTls) {
  ScriptedUpstream server(kAnyPort, Tls());
  server.Next(Reply::Json(201, R"({"a":1})", "X-B: c\r\n"));
  UseServer(server);
  auto call = NewCall("POST", R"({"user":"u1"})");
  call->head.insert(call->head.size() - 2,
                    "X-Request-ID: 1\r\nX-Empty:\r\nAccept-Encoding: gzip\r\n");
  Start(call.get());
  ASSERT_TRUE(TurnUntilOver(*call));
  EXPECT_EQ(call->outcome(), R"(201 {"a":1})");
  EXPECT_TRUE(call->complete);
  EXPECT_EQ(call->fields,
            "Content-Type: application/json;charset=UTF-8\n"
            "Content-Length: 7\nX-B: c\n");
  EXPECT_EQ(call->handle->server(), server.url());
  const test::Message sent = server.last_request().message;
  EXPECT_EQ(sent.start_line, "POST /a?b=c HTTP/1.1");
  EXPECT_EQ(sent.Header("Host"), "up.example");
  EXPECT_EQ(sent.Header("Content-Length"), "13");
  EXPECT_EQ(sent.Header("Content-Type"), "application/json");
  EXPECT_EQ(sent.Header("X-Request-ID"), "1");
  EXPECT_TRUE(sent.HasHeader("X-Empty"));
  EXPECT_EQ(sent.Header("Accept-Encoding"), "gzip");
  EXPECT_EQ(sent.headers.size(), 6u) << "libcurl added fields of its own";
  EXPECT_EQ(sent.body, call->request_body);
}

TEST_P(HttpsUpstreamTest, KeepsNoConnectionOfAHealthCheck) {
  ScriptedUpstream server(kAnyPort, Tls());
  config.health = config::Health{"/health", absl::Seconds(5)};
  UseServer(server);
  KeepsNoConnectionOfAHealthCheck(server);
}

TEST_P(HttpsUpstreamTest, KnowsEveryMethodAndKeepsTheTargetAsItIs) {
  ScriptedUpstream server(kAnyPort, Tls());
  UseServer(server);
  for (const char* method :
       {"GET", "DELETE", "PUT", "PATCH", "OPTIONS", "POST"}) {
    auto call = NewCall();
    call->head =
        StrCat(method, " /a/../b%2Cc?x=%7e HTTP/1.1\r\nHost: h\r\n\r\n");
    Start(call.get());
    ASSERT_TRUE(TurnUntilOver(*call));
    EXPECT_EQ(call->outcome(), "200 {}");
    EXPECT_EQ(server.last_request().message.start_line,
              StrCat(method, " /a/../b%2Cc?x=%7e HTTP/1.1"));
    EXPECT_EQ(server.last_request().message.headers.size(), 1u);
  }
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(stats().connects.Get(), 1);
  EXPECT_EQ(stats().reuses.Get(), 5);
}

TEST_P(HttpsUpstreamTest, AnEmptyBodyIsSentAsOne) {
  ScriptedUpstream server(kAnyPort, Tls());
  UseServer(server);
  auto call = NewCall();
  call->head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
  Start(call.get());
  ASSERT_TRUE(TurnUntilOver(*call));
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(server.last_request().message.wire, call->head);
}

TEST_P(HttpsUpstreamTest, AHeadHasNoBody) {
  ScriptedUpstream server(kAnyPort, Tls());
  server.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"));
  UseServer(server);
  auto call = Started("HEAD");
  ASSERT_TRUE(TurnUntilOver(*call));
  EXPECT_EQ(call->outcome(), "200 ");
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 1u);
}

// --- Trust.

TEST_P(HttpsUpstreamTest, RefusesACertificateOfAnUnknownAuthority) {
  ScriptedUpstream server(kAnyPort, Tls());
  config.ca.clear();  // the system's authorities do not know ours
  UseServer(server);
  const auto call = Get();
  EXPECT_EQ(call->failure, Refusal::kUpstreamTls) << call->outcome();
  EXPECT_TRUE(call->detail.starts_with(
      StrCat(server.url(), by_libcurl() ? ": SSL certificate problem: "
                                        : ": TLS: unable to get local issuer")))
      << call->detail;
  EXPECT_EQ(call->handle->retries(), 0);
  EXPECT_TRUE(server.requests().empty());
}

TEST_P(HttpsUpstreamTest, RefusesACertificateOfAnotherHost) {
  test::TestCertificates other;
  other.Issue("other", {.common_name = "other.example",
                        .dns_names = {"other.example"},
                        .ip_addresses = {}});
  config.ca = other.ca();
  ScriptedUpstream server(kAnyPort,
                          test::TlsServerOptions{other.dir().File("other.pem"),
                                                 other.dir().File("other.key"),
                                                 {},
                                                 {}});
  UseServer(server);
  const auto call = Get();
  EXPECT_EQ(
      call->outcome(),
      StrCat("upstream_tls: ", server.url(),
             by_libcurl() ? ": SSL: no alternative certificate subject name "
                            "matches target host name 'localhost'"
                          : ": TLS: hostname mismatch"));
}

TEST_P(HttpsUpstreamTest, RefusesACertificateThatHasExpired) {
  test::TestCertificates old;
  test::CertificateOptions options;
  options.valid_from = std::chrono::hours(-48);
  options.valid_for = std::chrono::hours(-24);
  old.Issue("old", options);
  config.ca = old.ca();
  ScriptedUpstream server(
      kAnyPort,
      test::TlsServerOptions{
          old.dir().File("old.pem"), old.dir().File("old.key"), {}, {}});
  UseServer(server);
  EXPECT_EQ(Get()->outcome(),
            StrCat("upstream_tls: ", server.url(),
                   by_libcurl() ? ": SSL certificate problem: " : ": TLS: ",
                   "certificate has expired"));
}

TEST_P(HttpsUpstreamTest, SaysThatTheOtherSideSpeaksNoTls) {
  ScriptedUpstream server;
  server.OnConnect(Reply::Raw("HTTP/1.1 400 Bad Request\r\n\r\n").Close());
  UseServers({ServerAt(StrCat("https://localhost:", server.port()))});
  EXPECT_EQ(Get()->failure, Refusal::kUpstreamTls);
}

TEST_P(HttpsUpstreamTest, SaysThatNobodyListens) {
  ScriptedUpstream server;
  server.StopListening();
  UseServers({ServerAt(StrCat("https://127.0.0.1:", server.port()))});
  const auto call = Get();
  EXPECT_EQ(call->failure, Refusal::kUpstreamConnect) << call->outcome();
  EXPECT_EQ(call->handle->retries(), 1);
}

TEST_P(HttpsUpstreamTest, GivesUpOnAHandshakeThatNeverEnds) {
  ScriptedUpstream server;
  server.OnConnect(Reply().Hang());
  config.connect_timeout = absl::Milliseconds(50);
  config.retries = 0;
  UseServers({ServerAt(StrCat("https://127.0.0.1:", server.port()))});
  auto call = Started();
  TurnTicks(2);
  TurnUntilOver(*call);
  EXPECT_EQ(call->failure, Refusal::kUpstreamConnect) << call->outcome();
  if (by_libcurl()) return;  // it has words of its own
  EXPECT_TRUE(call->detail.ends_with(": no connection within 50ms"))
      << call->detail;
}

// --- Suspicion: libcurl by itself takes all of these for good answers.

TEST_P(HttpsUpstreamTest, RefusesWhatIsNoValidAnswer) {
  constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\n";
  constexpr std::string_view kChunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"a list of lengths", StrCat(kOk, "Content-Length: 2, 3\r\n\r\nok")},
      {"length +2", StrCat(kOk, "Content-Length: +2\r\n\r\nok")},
      {"length 0x2", StrCat(kOk, "Content-Length: 0x2\r\n\r\nok")},
      {"two lengths",
       StrCat(kOk, "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok")},
      {"length and chunked",
       StrCat(kOk, "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
              "2\r\nok\r\n0\r\n\r\n")},
      {"gzip, chunked", StrCat(kOk, "Transfer-Encoding: gzip, chunked\r\n\r\n",
                               "2\r\nok\r\n0\r\n\r\n")},
      {"a bare LF in the head",
       StrCat(kOk, "A: b\nContent-Length: 2\r\n\r\nok")},
      {"a bare CR in a value",
       StrCat(kOk, "A: b\rc\r\nContent-Length: 2\r\n\r\nok")},
      {"a folded line",
       StrCat(kOk, "A: b\r\n c\r\nContent-Length: 2\r\n\r\nok")},
      {"a space before the colon", StrCat(kOk, "Content-Length : 2\r\n\r\nok")},
      {"two types", StrCat(kOk,
                           "Content-Type: a/b\r\nContent-Type: a/c\r\n"
                           "Content-Length: 2\r\n\r\nok")},
      {"a bare LF after a chunk size", StrCat(kChunked, "2\nok\r\n0\r\n\r\n")},
      {"a bare LF after a chunk", StrCat(kChunked, "2\r\nok\n0\r\n\r\n")},
      {"no reason and no space", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"},
      {"chunked in HTTP/1.0",
       "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
       "\r\n"},
      {"101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"},
      {"HTTP/0.9", "hello"},
      {"a head cut off in the middle", StrCat(kOk, "Content-Le")},
      {"a body cut off", StrCat(kOk, "Content-Length: 9\r\n\r\nok")},
      {"a chunk cut off", StrCat(kChunked, "9\r\nok")},
      {"no last chunk", StrCat(kChunked, "2\r\nok\r\n")},
      {"nothing", ""},
  };
  for (const auto& [name, bytes] : rows) {
    SCOPED_TRACE(name);
    ScriptedUpstream server(kAnyPort, Tls());
    server.Next(Reply::Raw(bytes).Close());
    config.retries = 0;
    UseServer(server);
    const auto call = Get();
    EXPECT_EQ(call->failure, Refusal::kUpstreamProtocol) << call->outcome();
    EXPECT_TRUE(call->detail.starts_with(server.url())) << call->detail;
    EXPECT_EQ(call->status, 0);
  }
}

TEST_P(HttpsUpstreamTest, TellsTheStatusOfAnAnswerWhoseBodyBroke) {
  ScriptedUpstream server(kAnyPort, Tls());
  UseServer(server);
  for (const auto& [bytes, status] : {
           std::pair{"HTTP/1.1 203 A\r\nContent-Length: 9\r\n\r\nok", 203},
           std::pair{"HTTP/1.1 203 A\r\nContent-Le", 0},
       }) {
    server.Next(Reply::Raw(bytes).Close());
    const auto call = Get();
    EXPECT_EQ(call->failure, Refusal::kUpstreamProtocol) << call->outcome();
    EXPECT_EQ(call->handle->broken_status(), status);
  }
  EXPECT_EQ(Get()->handle->broken_status(), 0);
}

TEST_P(HttpsUpstreamTest, TakesValidAnswers) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1\r\n!"
       "\r\n0\r\nX-T: 1\r\n\r\n",
       "200 ok!"},
      {"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n"
       "Content-Length: 2\r\n\r\nok",
       "200 ok"},
      {"HTTP/1.1 204 No Content\r\n\r\n", "204 "},
      {"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", "404 no"},
      {"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\n"
       "Content-Length: 0\r\n\r\n",
       "302 "},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n"
       "ok",
       "200 ok"},
  };
  ScriptedUpstream server(kAnyPort, Tls());
  UseServer(server);
  for (const auto& [bytes, outcome] : rows) {
    server.Next(Reply::Raw(bytes));
    EXPECT_EQ(Get()->outcome(), outcome);
  }
  EXPECT_EQ(server.connections(), 1u);
  server.Next(Reply::Raw("HTTP/1.1 200 OK\r\n\r\nuntil the end").Close());
  EXPECT_EQ(Get()->outcome(), "200 until the end");
}

TEST_P(HttpsUpstreamTest, ForgetsAConnectionWithBytesBehindALength) {
  ScriptedUpstream server(kAnyPort, Tls());
  server.Next(Reply::Raw(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"
      "Content-Length: 4\r\n\r\nevil"));
  UseServer(server);
  EXPECT_EQ(Get()->outcome(), "200 ok");
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 2u);
}

TEST_P(HttpsUpstreamTest, ForgetsAConnectionWithBytesBehindTheLastChunk) {
  ScriptedUpstream server(kAnyPort, Tls());
  server.Next(
      Reply::Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"
                 "Content-Length: 4\r\n\r\nevil"));
  UseServer(server);
  EXPECT_EQ(Get()->outcome(), "200 ok");
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 2u);
}

// Without its close_notify nobody knows whether that was all.
TEST_P(HttpsUpstreamTest, RefusesAnAnswerThatIsCutOffBelowTls) {
  ScriptedUpstream server(kAnyPort, Tls());
  server.Next(Reply::Raw("HTTP/1.1 200 OK\r\n\r\nuntil the").Reset());
  config.retries = 0;
  UseServer(server);
  const auto call = Get();
  EXPECT_EQ(call->failure, Refusal::kUpstreamProtocol) << call->outcome();
}

// --- Timeouts, retries, streaming, cancelling.

TEST_P(HttpsUpstreamTest, GivesUpOnAServerThatNeverAnswers) {
  ScriptedUpstream server(kAnyPort, Tls());
  server.Next(Reply::Never());
  UseServer(server);
  auto call = Started();
  TurnUntilRequests(server, 1);
  clock.Advance(absl::Seconds(11));
  TurnUntilOver(*call);
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_timeout: no answer within 10s");
  EXPECT_TRUE(server.WaitForOpenConnections(0));
}

TEST_P(HttpsUpstreamTest, GivesUpOnSilenceInsideABody) {
  ScriptedUpstream server(kAnyPort, Tls());
  server.Next(
      Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok").Hang());
  UseServer(server);
  auto call = Started();
  TurnUntilRequests(server, 1);
  TurnTicks(3);
  clock.Advance(absl::Seconds(11));
  TurnUntilOver(*call);
  EXPECT_EQ(call->failure, Refusal::kUpstreamTimeout) << call->outcome();
}

TEST_P(HttpsUpstreamTest, CountsWhatIsSentAgain) {
  ScriptedUpstream server(kAnyPort, Tls());
  UseServer(server);
  Get();
  server.Next(Reply().Close());
  auto call = Finished("POST", "{}");
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(call->handle->retries(), 1);
}

TEST_P(HttpsUpstreamTest, SendsNothingAgainWithoutRetries) {
  ScriptedUpstream server(kAnyPort, Tls());
  config.retries = 0;
  UseServer(server);
  Get();
  server.Next(Reply().Close());
  auto call = Get();
  EXPECT_EQ(call->failure, Refusal::kUpstreamProtocol) << call->outcome();
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_P(HttpsUpstreamTest, StreamsALargeAnswerAndHoldsItBackWhenPaused) {
  constexpr size_t kBytes = 10 << 20;
  ScriptedUpstream server(kAnyPort, Tls());
  server.Next(Reply::Text(200, "text/plain", std::string(kBytes, 'x')));
  UseServer(server);
  auto call = StartedPausing();
  EXPECT_FALSE(call->complete);
  const size_t held = call->body.size();
  EXPECT_LT(held, 2 * kAnswerBufferBytes);
  clock.Advance(absl::Seconds(60));
  TurnTicks(3);
  EXPECT_EQ(call->body.size(), held);
  ResumeUntilOver(call.get());
  EXPECT_EQ(call->body.size(), kBytes);
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 1u);
}

TEST_P(HttpsUpstreamTest, StreamsARequest) {
  ScriptedUpstream server(kAnyPort, Tls());
  UseServer(server);
  for (const bool chunked : {true, false}) {
    constexpr size_t kBytes = 4 << 20;
    auto call = StartedUpload(chunked ? std::nullopt : std::optional(kBytes));
    TurnTicks(2);
    SendInPieces(kBytes, call.get());
    TurnUntilOver(*call);
    EXPECT_EQ(call->outcome(), "200 {}");
    EXPECT_EQ(server.last_request().message.body.size(), kBytes);
    EXPECT_EQ(server.last_request().message.HasHeader("Expect"), false);
  }
}

TEST_P(HttpsUpstreamTest, DeliversAnAnswerThatCameBeforeTheWholeRequest) {
  ScriptedUpstream server(kAnyPort, Tls());
  UseServer(server);
  for (const int status : {200, 413}) {
    server.Next(Reply::Json(status, "{}").Early());
    auto call = StartedUpload(4);
    call->handle->SendBody("ab", false);
    TurnUntilOver(*call);
    EXPECT_EQ(call->outcome(), StrCat(status, " {}"));
    EXPECT_TRUE(call->handle->SendBody("cd", true));  // nobody wants it
  }
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 3u);
}

TEST_P(HttpsUpstreamTest, WantsMoreOfABodyThatCameBeforeTheHandshake) {
  constexpr size_t kBytes = 1 << 20;
  ScriptedUpstream server(kAnyPort, Tls());
  UseServer(server);
  auto call = StartedUpload(kBytes);
  const std::string piece(64 * 1024, 'x');
  size_t given = piece.size();
  while (call->handle->SendBody(piece, false)) given += piece.size();
  ASSERT_LT(given, kBytes);
  ASSERT_TRUE(TurnUntil([&] { return call->wanted > 0; }));
  call->handle->SendBody(std::string(kBytes - given, 'x'), true);
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(server.last_request().message.body.size(), kBytes);
}

TEST_P(HttpsUpstreamTest, ACancelledCallHearsNothingAtAnyStage) {
  ScriptedUpstream server(kAnyPort, Tls());
  server.Handle([&](const test::Message&) {
    return Reply::Text(200, "text/plain", std::string(1 << 20, 'x'));
  });
  UseServer(server);
  for (int stage = 0; stage < 4; ++stage) {
    auto call = Started();
    const size_t requests = server.requests().size();
    int callbacks = 0;
    call->on_answer = [&] {
      if (++callbacks == stage - 1) call->handle.reset();
    };
    if (stage == 1) {
      TurnUntil([&] { return server.requests().size() > requests; });
    }
    if (stage >= 2) TurnUntil([&] { return callbacks == stage - 1; });
    call->handle.reset();
    call->over = true;  // what comes now is a failure
    TurnTicks(2);
    EXPECT_EQ(upstream->in_flight(), 0);
  }
}

TEST_P(HttpsUpstreamTest, StartsTheNextCallInsideTheCallback) {
  ScriptedUpstream server(kAnyPort, Tls());
  UseServer(server);
  StartInsideCallback();
}

TEST_P(HttpsUpstreamTest, AnUpstreamMayGoWithCallsUnderWay) {
  ScriptedUpstream server(kAnyPort, Tls());
  server.Next(Reply::Never());
  UseServer(server);
  auto call = Started();
  TurnUntilRequests(server, 1);
  call->handle.reset();
  upstream.reset();
  EXPECT_TRUE(server.WaitForOpenConnections(0));
}

}  // namespace
}  // namespace headgate::proxy
