// HTTP/2 in clear text to an upstream that refuses, goes away, is slow or is
// left alone: what becomes of the calls, and what is sent again.
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "tests/proxy/upstream_h2c_harness.h"

namespace headgate::proxy {
namespace {

using policy::Refusal;
using test::H2Reply;
using test::H2Request;
using test::H2Server;
using test::ScriptedUpstream;

class H2cFailureTest : public H2cUpstreamTest {};

// --- Failures and what is sent again.

TEST_F(H2cFailureTest, SaysThatNobodyListens) {
  ScriptedUpstream server;
  server.StopListening();
  config.retries = 2;
  UseServer(server);
  auto calls = Started(3);
  for (const auto& call : calls) {
    TurnUntilOver(*call);
    EXPECT_EQ(call->OutcomeAt(server.url()),
              "upstream_connect: cannot connect: Connection refused");
    EXPECT_EQ(call->handle->retries(), 2);
  }
}

TEST_F(H2cFailureTest, GoesToAnotherServerWhereNobodyListens) {
  ScriptedUpstream none;
  none.StopListening();
  H2Server server;
  UseServers({ServerAt(none.url()), ServerAt(server.url())});
  for (int i = 0; i < 4; ++i) {
    const auto call = Get();
    EXPECT_EQ(call->outcome(), "200 {}");
    EXPECT_EQ(call->handle->server(), server.url());
  }
}

TEST_F(H2cFailureTest, SendsAgainWhatTheServerRefusedToProcess) {
  H2Server server;
  UseServer(server);
  server.Next(H2Reply::Reset(NGHTTP2_REFUSED_STREAM));
  auto call = Finished("POST", "{}");
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(call->handle->retries(), 1);
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.last_request().body, "{}");
}

TEST_F(H2cFailureTest, SendsNothingAgainThatTheServerReset) {
  H2Server server;
  UseServer(server);
  Get();
  server.Next(H2Reply::Reset(NGHTTP2_INTERNAL_ERROR));
  EXPECT_EQ(Get()->OutcomeAt(server.url()),
            "upstream_protocol: reset the stream (INTERNAL_ERROR) before it "
            "answered");
  EXPECT_EQ(Get()->outcome(), "200 {}");  // over the same connection
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(H2cFailureTest, TellsTheStatusOfAnAnswerWhoseBodyBroke) {
  H2Server server;
  UseServer(server);
  server.Next(H2Reply::Raw([](uint32_t id) {
    return test::Frame(test::kHeadersFrame, test::kEndHeaders, id, "\x8d") +
           test::Frame(test::kResetFrame, 0, id, test::Number(2));
  }));
  auto call = Get();
  EXPECT_EQ(
      call->OutcomeAt(server.url()),
      "upstream_protocol: reset the stream (INTERNAL_ERROR) after 0 bytes "
      "of the answer's body");
  EXPECT_EQ(call->handle->broken_status(), 404);  // entry 13
  server.Next(H2Reply::Reset(NGHTTP2_INTERNAL_ERROR));
  EXPECT_EQ(Get()->handle->broken_status(), 0);
}

TEST_F(H2cFailureTest, SendsAgainWhatAKeptConnectionDidNotTake) {
  H2Server server;
  UseServer(server);
  Get();
  server.Next(H2Reply::Never().Close());
  auto call = Finished("POST", "{}");
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(call->handle->retries(), 1);
  EXPECT_EQ(server.connections(), 2u);
}

// It lives, and may have acted upon the call.
TEST_F(H2cFailureTest, SendsNothingAgainOnceTheServerSaidAnything) {
  const std::string ping = test::Frame(test::kPingFrame, 0, 0, "12345678");
  const std::string bad =
      test::Frame(test::kWindowFrame, 0, 0, test::Number(0));
  for (const std::string& said : {ping, bad}) {
    H2Server server;
    UseServer(server);
    Get();
    server.Next(H2Reply::Raw([&](uint32_t) { return said; }).Close());
    auto call = Finished("POST", "pay");
    EXPECT_EQ(call->failure, Refusal::kUpstreamProtocol) << call->detail;
    EXPECT_EQ(server.requests().size(), 2u);
    EXPECT_EQ(Get()->outcome(), "200 {}");
  }
}

TEST_F(H2cFailureTest, SendsNothingAgainThatANewConnectionDidNotTake) {
  H2Server server;
  server.Next(H2Reply::Never().Close());
  UseServer(server);
  EXPECT_EQ(Get()->OutcomeAt(server.url()),
            "upstream_protocol: closed the connection before it answered");
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(H2cFailureTest, FinishesWhatAServerThatGoesAwayHasTaken) {
  H2Server server;
  UseServer(server);
  Get();
  server.Next(H2Reply::Never());
  auto call = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 2));
  server.Send(
      test::Frame(test::kGoAwayFrame, 0, 0, test::Number(3) + test::Number(0)));
  TurnTicks(2);
  EXPECT_FALSE(call->over);
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 2u);  // nothing new on the old one
  server.Answer(1, H2Reply::Text(200, "last"));
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 last");
  EXPECT_TRUE(TurnUntil([&] { return server.open_connections() == 1; }));
}

TEST_F(H2cFailureTest, SendsAgainWhatAServerThatGoesAwayHasNotTaken) {
  H2Server server;
  UseServer(server);
  Get();
  server.Next(H2Reply::Never());
  server.Next(H2Reply::Never());
  auto taken = Started();
  auto left = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 3));
  server.Send(
      test::Frame(test::kGoAwayFrame, 0, 0, test::Number(3) + test::Number(0)));
  server.CloseConnections();
  TurnUntilOver(*left);
  EXPECT_EQ(left->outcome(), "200 {}");
  EXPECT_EQ(left->handle->retries(), 1);
  TurnUntilOver(*taken);
  // It may have been processed.
  EXPECT_EQ(taken->OutcomeAt(server.url()),
            "upstream_protocol: closed the connection before it answered");
}

TEST_F(H2cFailureTest, SaysWhyAServerWentAway) {
  H2Server server;
  UseServer(server);
  Get();
  server.Next(H2Reply::Never());
  auto call = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 2));
  server.Send(test::Frame(test::kGoAwayFrame, 0, 0,
                          test::Number(3) + test::Number(11)));
  server.CloseConnections();
  TurnUntilOver(*call);
  EXPECT_EQ(
      call->OutcomeAt(server.url()),
      "upstream_protocol: closed the connection (ENHANCE_YOUR_CALM) before it "
      "answered");
}

TEST_F(H2cFailureTest, TellsOfALargeAnswerThatIsCutOff) {
  H2Server server;
  UseServer(server);
  server.Next(
      H2Reply::Raw([](uint32_t id) {
        return test::Frame(test::kHeadersFrame, test::kEndHeaders, id,
                           "\x88" + test::Literal("content-length", "300000")) +
               test::Frame(test::kDataFrame, 0, id, std::string(16000, 'x'));
      }).Close());
  const auto call = Get();
  EXPECT_EQ(call->status, 200);
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_protocol: closed the connection after 16000 bytes of the "
            "answer's body");
}

TEST_F(H2cFailureTest, AServerOfHttp1IsTold) {
  ScriptedUpstream server;
  server.OnConnect(
      test::Reply::Raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
          .Close());
  UseServer(server);
  EXPECT_EQ(
      Get()->OutcomeAt(server.url()),
      "upstream_protocol: answered HTTP/1.1 to HTTP/2: does this server speak "
      "h2c?");
}

// --- Timeouts.

TEST_F(H2cFailureTest, GivesUpOnOneCallAndTheOthersLiveOn) {
  H2Server server;
  UseServer(server);
  Get();
  server.Next(H2Reply::Never());
  server.Next(H2Reply::Never());
  auto first = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 2));
  clock.Advance(absl::Seconds(9));
  auto second = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 3));
  EXPECT_EQ(Get()->outcome(), "200 {}");
  clock.Advance(absl::Seconds(1));
  TurnUntilOver(*first);
  EXPECT_EQ(first->OutcomeAt(server.url()),
            "upstream_timeout: no answer within 10s");
  TurnUntil([&] { return server.requests()[1].reset >= 0; });
  EXPECT_EQ(server.requests()[1].reset, NGHTTP2_CANCEL);
  EXPECT_FALSE(second->over);
  server.Answer(2, H2Reply::Text(200, "second"));
  TurnUntilOver(*second);
  EXPECT_EQ(second->outcome(), "200 second");
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(H2cFailureTest, GivesUpOnABodyThatTheServerStopsTaking) {
  H2Server server({.opens_windows = false});
  UseServer(server);
  auto call = StartedUpload(std::nullopt);
  call->handle->SendBody(std::string(65'535, 'x'), false);  // its window
  TurnUntil([&] { return server.reads() > 1; });
  clock.Advance(absl::Seconds(60));
  TurnTicks(2);
  EXPECT_FALSE(call->over) << call->detail;  // it was the client's turn
  call->handle->SendBody("x", false);
  TurnTicks(2);
  clock.Advance(absl::Seconds(10));
  TurnUntilOver(*call);
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_timeout: took nothing of the request for 10s");
}

TEST_F(H2cFailureTest, LeavesAConnectionThatSaidNothingSinceTheCall) {
  H2Server server;
  UseServer(server);
  Get();
  clock.Advance(absl::Seconds(1));
  server.Next(H2Reply::Never());
  auto call = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 2));
  clock.Advance(absl::Seconds(11));
  TurnUntilOver(*call);
  EXPECT_EQ(call->failure, Refusal::kUpstreamTimeout);
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(H2cFailureTest, GivesUpOnSilenceAndDripsInsideABody) {
  H2Server server;
  UseServer(server);
  const auto begin = [](uint32_t id) {
    return test::Frame(test::kHeadersFrame, test::kEndHeaders, id, "\x88") +
           test::Frame(test::kDataFrame, 0, id, "x");
  };
  server.Next(H2Reply::Raw(begin));
  auto silent = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 1));
  TurnTicks(2);
  clock.Advance(absl::Seconds(10));
  TurnUntilOver(*silent);
  EXPECT_EQ(silent->OutcomeAt(server.url()),
            "upstream_timeout: silence inside the answer for 10s");
  server.Next(H2Reply::Raw(begin));
  auto drip = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 2));
  const uint32_t id = server.last_request().stream;
  for (int i = 0; i < 6 && !drip->over; ++i) {
    TurnTicks(2);
    clock.Advance(absl::Seconds(4));
    server.Send(test::Frame(test::kDataFrame, 0, id, "x"));
    EXPECT_EQ(Get()->outcome(), "200 {}");  // so the byte has come
    TurnTicks(1);
  }
  TurnUntilOver(*drip);
  EXPECT_EQ(drip->OutcomeAt(server.url()),
            "upstream_timeout: the answer only drips: under 1 KiB within 10s");
}

TEST_F(H2cFailureTest, GivesUpOnAServerThatDoesNotSpeak) {
  // The kernel takes the connection, and nobody answers.
  const int fd = test::ListenOn("127.0.0.1:0");
  const std::string url = StrCat("http://", test::LocalAddress(fd));
  config.retries = 0;
  UseServers({ServerAt(url)});
  auto call = Started();
  TurnUntil([&] { return stats().connects.Get() == 1; });
  clock.Advance(absl::Milliseconds(500));
  TurnTicks(1);
  auto later = Started();
  clock.Advance(absl::Milliseconds(500));
  TurnUntilOver(*call);
  EXPECT_EQ(call->OutcomeAt(url),
            "upstream_connect: no HTTP/2 connection within 1s");
  TurnTicks(2);
  TurnUntilOver(*later);
  EXPECT_EQ(later->OutcomeAt(url),
            "upstream_protocol: did not speak HTTP/2 within 1s");
  close(fd);
}

TEST_F(H2cFailureTest, GivesUpOnAServerThatOpensNoStream) {
  H2Server server({.streams_max = 0});
  config.retries = 0;
  UseServer(server);
  auto call = Started();
  TurnUntil([&] { return server.reads() > 0; });
  TurnTicks(2);
  clock.Advance(absl::Seconds(1));
  TurnUntilOver(*call);
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_connect: no room for the request within 1s");
}

// --- Cancelling.

TEST_F(H2cFailureTest, ACancelledCallHearsNothingAtAnyStage) {
  H2Server server;
  server.Handle([](const H2Request&) {
    return H2Reply::Text(200, std::string(300'000, 'x'));
  });
  UseServer(server);
  CancelAtEveryStage(server);
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(stats().idle.Get(), 1);
  EXPECT_EQ(server.last_request().reset, NGHTTP2_CANCEL);
}

TEST_F(H2cFailureTest, ACallMayBeCancelledInsideItsCallbacks) {
  H2Server server;
  server.Handle([](const H2Request&) {
    return H2Reply::Text(200, std::string(1 << 20, 'x'));
  });
  UseServer(server);
  CancelInsideCallbacks();
}

TEST_F(H2cFailureTest, OneCallbackMayCancelAllOthers) {
  H2Server server;
  UseServer(server);
  Get();
  auto calls = Started(10);
  for (const auto& call : calls) {
    call->on_answer = [&] {
      for (const auto& other : calls) {
        if (!other->over) other->handle.reset();
      }
    };
  }
  TurnUntil([&] { return upstream->in_flight() == 0; });
  EXPECT_EQ(std::count_if(calls.begin(), calls.end(),
                          [](const auto& call) { return call->over; }),
            1);
  EXPECT_EQ(Get()->outcome(), "200 {}");
}

TEST_F(H2cFailureTest, ACallThatWaitsForAConnectionMayBeCancelled) {
  UseServers({ServerAt("http://headgate.invalid:1")});
  auto calls = Started(3);
  calls.clear();
  EXPECT_EQ(upstream->in_flight(), 0);
  upstream.reset();
  TurnTicks(2);
}

TEST_F(H2cFailureTest, ManyCancelledCallsEndTheConnectionTheyWereOn) {
  H2Server server;
  server.Handle([](const H2Request&) { return H2Reply::Never(); });
  UseServer(server);
  for (int round = 0; round < 6; ++round) {
    auto calls = Started(50);
    ASSERT_TRUE(TurnUntilRequests(server, (round + 1) * 50));
    calls.clear();
    TurnTicks(1);
  }
  EXPECT_EQ(server.connections(), 2u);
}

// --- Health.

TEST_F(H2cFailureTest, ChecksHealthOverAConnectionOfItsOwn) {
  H2Server server;
  config.health = config::Health{"/health", absl::Seconds(5)};
  UseServer(server);
  TurnTicks(1);
  TurnUntil([&] { return stats().health_checks.Get() == 1; });
  EXPECT_EQ(server.last_request().fields,
            StrCat(":method: GET\n:scheme: http\n:path: /health\n:authority: ",
                   server.url().substr(7), "\nuser-agent: headgate\n"));
  EXPECT_EQ(Get()->outcome(), "200 {}");
  server.Next(H2Reply::Text(500, ""));
  server.Next(H2Reply::Text(500, ""));
  for (int i = 2; i <= 3; ++i) {
    clock.Advance(absl::Seconds(6));
    TurnUntil([&] { return stats().health_checks.Get() == i; });
  }
  EXPECT_EQ(stats().up.Get(), 0);
  EXPECT_EQ(server.connections(), 4u);
  EXPECT_TRUE(TurnUntil([&] { return server.open_connections() == 1; }));
}

}  // namespace
}  // namespace headgate::proxy
