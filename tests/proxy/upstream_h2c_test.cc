// HTTP/2 in clear text to an upstream: requests, answers and bodies over few
// connections. Failing servers: upstream_h2c_failure_test.cc; hostile ones:
// upstream_h2c_hostile_test.cc.
#include <gtest/gtest.h>

#include <string>

#include "proxy/upstream_h2_stream.h"
#include "tests/proxy/upstream_h2c_harness.h"
#include "tests/support/temp_dir.h"

namespace headgate::proxy {
namespace {

using test::H2Reply;
using test::H2Request;
using test::H2Server;

// --- Requests and answers.

TEST_F(H2cUpstreamTest, SendsARequestAndHandsTheAnswerOver) {
  H2Server server;
  server.Next(H2Reply::Text(201, R"({"a":1})",
                            {{"content-type", "application/json"},
                             {"content-length", "7"},
                             {"set-cookie", "a=b"},
                             {"set-cookie", "c=d"}}));
  UseServer(server);
  auto call = Started("POST", R"({"user":"u1"})");
  EXPECT_EQ(upstream->in_flight(), 1);
  ASSERT_TRUE(TurnUntilOver(*call));
  EXPECT_EQ(call->outcome(), R"(201 {"a":1})");
  EXPECT_TRUE(call->complete);
  EXPECT_EQ(call->fields,
            "content-type: application/json\ncontent-length: 7\n"
            "set-cookie: a=b\nset-cookie: c=d\n");
  EXPECT_EQ(call->handle->server(), server.url());
  EXPECT_EQ(server.last_request().fields,
            ":method: POST\n:scheme: http\n:path: /a?b=c\n"
            ":authority: up.example\ncontent-type: application/json\n"
            "content-length: 13\n");
  EXPECT_EQ(server.last_request().body, R"({"user":"u1"})");
  EXPECT_EQ(upstream->in_flight(), 0);
}

TEST_F(H2cUpstreamTest, SendsNoFieldThatHttp2Forbids) {
  H2Server server;
  UseServer(server);
  auto call = NewCall();
  call->head =
      "GET / HTTP/1.1\r\nHost: a\r\nX-Early: 1\r\nConnection: x\r\n"
      "Keep-Alive: 5\r\nProxy-Connection: a\r\nTransfer-Encoding: chunked\r\n"
      "Upgrade: h2c\r\nHTTP2-Settings: a\r\nTE: gzip\r\nTE: trailers\r\n"
      "Cookie: a=b\r\nX-Empty:\r\nX-Last:  spaced \r\n\r\n";
  Start(call.get());
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(server.last_request().fields,
            ":method: GET\n:scheme: http\n:path: /\n:authority: a\n"
            "x-early: 1\nte: trailers\ncookie: a=b\nx-empty: \n"
            "x-last: spaced\n");
}

TEST_F(H2cUpstreamTest, WhatItSendsStaysTheSameWhateverIsInTheTable) {
  H2Server server;
  UseServer(server);
  for (const std::string id : {"1", "1", "2", "2", "1", "3", "3", "3"}) {
    auto call = NewCall();
    call->head = StrCat("GET /", id, " HTTP/1.1\r\nHost: h", id,
                        "\r\nX-Request-ID: ", id,
                        "\r\nX-Fixed: ", std::string(100, 'f'), "\r\n\r\n");
    Start(call.get());
    TurnUntilOver(*call);
    EXPECT_EQ(server.last_request().fields,
              StrCat(":method: GET\n:scheme: http\n:path: /", id,
                     "\n:authority: h", id, "\nx-request-id: ", id,
                     "\nx-fixed: ", std::string(100, 'f'), "\n"));
  }
}

TEST_F(H2cUpstreamTest, SpeaksOverAUnixSocket) {
  test::TempDir dir;
  H2Server server({.address = "unix:" + dir.File("up.sock")});
  UseServer(server);
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(H2cUpstreamTest, ResolvesNamesWithoutBlocking) {
  H2Server server;
  const std::string url = server.url();
  UseServers(
      {ServerAt(StrCat("http://localhost", url.substr(url.rfind(':'))))});
  EXPECT_EQ(Get()->outcome(), "200 {}");
}

TEST_F(H2cUpstreamTest, AnswersWithoutABody) {
  H2Server server;
  UseServer(server);
  server.Next(H2Reply::Text(204, ""));
  EXPECT_EQ(Get()->outcome(), "204 ");
  server.Next(H2Reply::Text(304, "", {{"content-length", "9"}}));
  EXPECT_EQ(Get()->outcome(), "304 ");
  server.Next(H2Reply::Text(200, "", {{"content-length", "1000"}}));
  auto call = Finished("HEAD", "");
  EXPECT_EQ(call->outcome(), "200 ");
  EXPECT_EQ(server.connections(), 1u);
}

// --- Many calls, one connection.

TEST_F(H2cUpstreamTest, ManyCallsLeaveInOneWriteOverOneConnection) {
  H2Server server;
  UseServer(server);
  Get();  // the connection is there
  const size_t reads = server.reads();
  auto calls = Started(50);
  for (const auto& call : calls) {
    TurnUntilOver(*call);
    EXPECT_EQ(call->outcome(), "200 {}");
  }
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.requests().size(), 51u);
  EXPECT_EQ(server.reads(), reads + 1);
  EXPECT_EQ(stats().connects.Get(), 1);
  EXPECT_EQ(stats().reuses.Get(), 50);
  EXPECT_EQ(stats().idle.Get(), 1);
}

TEST_F(H2cUpstreamTest, CallsShareAConnectionThatIsStillBeingMade) {
  H2Server server;
  UseServer(server);
  auto calls = Started(20);
  for (const auto& call : calls) TurnUntilOver(*call);
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(stats().connects.Get(), 1);
  EXPECT_EQ(stats().reuses.Get(), 0);
}

TEST_F(H2cUpstreamTest, OpensAnotherConnectionWhenAllStreamsAreTaken) {
  H2Server server({.streams_max = 2});
  UseServer(server);
  Get();
  server.Handle([](const H2Request&) { return H2Reply::Never(); });
  auto calls = Started(5);
  ASSERT_TRUE(TurnUntilRequests(server, 6));
  EXPECT_EQ(server.connections(), 3u);
  for (size_t i = 1; i <= 5; ++i) {
    server.Answer(i, H2Reply::Text(200, "late"));
  }
  for (const auto& call : calls) {
    TurnUntilOver(*call);
    EXPECT_EQ(call->outcome(), "200 late");
  }
  EXPECT_EQ(stats().idle.Get(), 3);
}

TEST_F(H2cUpstreamTest, CallsBeyondALimitThatWasNotKnownGoToNewConnections) {
  H2Server server({.streams_max = 3});
  UseServer(server);
  auto calls = Started(8);
  for (const auto& call : calls) {
    TurnUntilOver(*call);
    EXPECT_EQ(call->outcome(), "200 {}");
  }
  EXPECT_EQ(server.requests().size(), 8u);
  EXPECT_EQ(server.connections(), 3u);
}

TEST_F(H2cUpstreamTest, KeepsNoMoreIdleConnectionsThanConfigured) {
  H2Server server({.streams_max = 1});
  config.idle_connections = 2;
  UseServer(server);
  Get();
  server.Handle([](const H2Request&) { return H2Reply::Never(); });
  auto calls = Started(5);
  ASSERT_TRUE(TurnUntilRequests(server, 6));
  for (size_t i = 1; i <= 5; ++i) server.Answer(i, H2Reply::Text(200, ""));
  for (const auto& call : calls) TurnUntilOver(*call);
  EXPECT_EQ(stats().idle.Get(), 2);
  EXPECT_TRUE(TurnUntil([&] { return server.open_connections() == 2; }));
  EXPECT_EQ(server.goodbyes(), 3u);
}

TEST_F(H2cUpstreamTest, TakesLeaveOfAConnectionThatNobodyUsedForAMinute) {
  H2Server server;
  UseServer(server);
  Get();
  for (size_t pings = 1; pings <= 3; ++pings) {  // it is still there
    clock.Advance(absl::Seconds(16));
    TurnTicks(1);
    TurnUntil([&] { return server.pings() == pings; });
    TurnTicks(1);
    EXPECT_EQ(stats().idle.Get(), 1);
  }
  clock.Advance(absl::Seconds(16));
  TurnUntil([&] { return stats().idle.Get() == 0; });
  EXPECT_TRUE(TurnUntil([&] { return server.open_connections() == 0; }));
  EXPECT_EQ(server.goodbyes(), 1u);
}

TEST_F(H2cUpstreamTest, StartsTheNextCallInsideTheCallback) {
  H2Server server;
  UseServer(server);
  StartInsideCallback();
  EXPECT_EQ(server.connections(), 1u);
}

// --- Large bodies.

TEST_F(H2cUpstreamTest, HandsOverAnAnswerOfTheBuffersSizeWhole) {
  H2Server server;
  server.Next(H2Reply::Text(200, std::string(kAnswerBufferBytes, 'x')));
  UseServer(server);
  const auto call = Get();
  EXPECT_TRUE(call->complete);
  EXPECT_EQ(call->body.size(), kAnswerBufferBytes);
}

TEST_F(H2cUpstreamTest, StreamsALargerAnswer) {
  const std::string body(5 << 20, 'x');
  for (const bool known : {true, false}) {
    H2Server server;
    H2Reply reply = H2Reply::Text(200, body);
    if (known) {
      reply.fields = {{"content-length", std::to_string(body.size())}};
    }
    server.Next(reply);
    UseServer(server);
    const auto call = Get();
    EXPECT_FALSE(call->complete);
    EXPECT_GT(call->pieces, 1);
    EXPECT_TRUE(call->body == body);
    EXPECT_EQ(stats().idle.Get(), 1);
  }
}

// It is judged by that byte, and the head is a frame of its own.
TEST_F(H2cUpstreamTest, HandsOverALargeAnswerWithItsFirstByteOnly) {
  H2Server server;
  server.Next(H2Reply::Raw([](uint32_t id) {
    return test::Frame(test::kHeadersFrame, test::kEndHeaders, id,
                       "\x88" + test::Literal("content-length", "200000"));
  }));
  UseServer(server);
  auto call = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 1));
  TurnTicks(2);
  EXPECT_EQ(call->status, 0);
  server.Send(test::Frame(test::kDataFrame, 0, 1, " "));
  TurnTicks(2);
  EXPECT_EQ(call->status, 0);
  server.Send(test::Frame(test::kDataFrame, 0, 1, "{"));
  EXPECT_TRUE(TurnUntil([&] { return call->status == 200; }));
  EXPECT_EQ(call->body, " {");
}

TEST_F(H2cUpstreamTest, APausedAnswerStaysWithTheServerAndHoldsUpNobody) {
  constexpr size_t kBytes = 10 << 20;
  H2Server server;
  server.Next(H2Reply::Text(200, std::string(kBytes, 'x')));
  UseServer(server);
  auto call = StartedPausing();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Get()->outcome(), "200 {}");
  const size_t held = call->body.size();
  clock.Advance(absl::Seconds(60));  // no timeout: the client is slow
  TurnTicks(5);
  EXPECT_EQ(call->body.size(), held);
  EXPECT_LE(held, size_t{H2Stream::kStreamWindowBytes});
  ResumeUntilOver(call.get());
  EXPECT_EQ(call->body.size(), kBytes);
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(H2cUpstreamTest, APausedAnswerThatCameWholeOutlivesItsConnection) {
  H2Server server;
  server.Next(H2Reply::Raw([](uint32_t id) {
    return test::Frame(test::kHeadersFrame, test::kEndHeaders, id,
                       "\x88" + test::Literal("content-length", "100000")) +
           test::Frame(test::kDataFrame, 0, id, std::string(10'000, 'x'));
  }));
  UseServer(server);
  auto call = StartedPausing();
  std::string rest;
  for (int i = 1; i < 10; ++i) {
    rest += test::Frame(test::kDataFrame, i == 9 ? test::kEndStream : 0, 1,
                        std::string(10'000, 'x'));
  }
  server.Send(rest);
  EXPECT_EQ(Get()->outcome(), "200 {}");  // so all of it has come
  server.CloseConnections();
  TurnUntil([&] { return server.open_connections() == 0; });
  TurnTicks(2);
  ASSERT_FALSE(call->over) << call->detail;
  while (!call->over) {
    call->handle->ResumeAnswer();
    TurnTicks(1);
  }
  EXPECT_EQ(call->outcome(), "200 " + std::string(100'000, 'x'));
}

TEST_F(H2cUpstreamTest, SendsALargeBodyThatIsAtHand) {
  H2Server server;
  UseServer(server);
  const std::string body(3 << 20, 'y');
  auto call = Finished("POST", body);
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_TRUE(server.last_request().body == body);
}

TEST_F(H2cUpstreamTest, StreamsABody) {
  H2Server server;
  UseServer(server);
  auto call = StartedUpload(std::nullopt);
  EXPECT_TRUE(call->handle->SendBody("hello", false));  // no connection yet
  TurnUntil([&] { return server.reads() > 0; });
  TurnTicks(1);
  EXPECT_TRUE(call->handle->SendBody("", false));
  EXPECT_TRUE(call->handle->SendBody(" world", false));
  TurnTicks(1);
  EXPECT_TRUE(call->handle->SendBody("", true));
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(server.last_request().body, "hello world");
  EXPECT_EQ(server.last_request().fields,
            ":method: POST\n:scheme: http\n:path: /\n:authority: a\n");
}

TEST_F(H2cUpstreamTest, ASlowClientIsNotTheServersFault) {
  H2Server server;
  UseServer(server);
  auto call = StartedUpload(4);
  TurnUntil([&] { return server.reads() > 0; });
  clock.Advance(absl::Seconds(60));
  TurnTicks(2);
  EXPECT_FALSE(call->over);
  call->handle->SendBody("abcd", true);
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 {}");
}

TEST_F(H2cUpstreamTest, WantsMoreOfABodyThatTheServerTook) {
  constexpr size_t kBytes = 8 << 20;
  H2Server server;
  UseServer(server);
  auto call = StartedUpload(kBytes);
  const int waits = SendInPieces(kBytes, call.get());
  EXPECT_GT(waits, 0);
  EXPECT_EQ(call->wanted, waits);
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(server.last_request().body.size(), kBytes);
}

TEST_F(H2cUpstreamTest, AServerThatTakesNothingHoldsUpItsOwnCallOnly) {
  H2Server server({.opens_windows = false});
  UseServer(server);
  Get();
  auto stuck = NewCall("POST", std::string(60'000, 'x'));
  auto next = NewCall("POST", std::string(60'000, 'x'));
  Start(stuck.get());
  Start(next.get());  // the connection's window is used up
  ASSERT_TRUE(TurnUntil([&] { return stuck->over; }));
  EXPECT_EQ(stuck->outcome(), "200 {}");
  EXPECT_EQ(Get()->outcome(), "200 {}");
  clock.Advance(absl::Seconds(11));
  TurnUntilOver(*next);
  EXPECT_EQ(next->OutcomeAt(server.url()),
            "upstream_timeout: took nothing of the request for 10s");
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(H2cUpstreamTest, DeliversAnAnswerThatCameBeforeTheWholeRequest) {
  H2Server server;
  UseServer(server);
  Get();
  auto call = StartedUpload(4);
  TurnTicks(1);
  server.Send(test::Frame(test::kHeadersFrame, test::kEndHeaders, 3,
                          "\x8d") +  // :status: 404
              test::Frame(test::kDataFrame, test::kEndStream, 3, "early"));
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "404 early");
  EXPECT_TRUE(call->handle->SendBody("abcd", true));  // nobody wants it
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 1u);
}

}  // namespace
}  // namespace headgate::proxy
