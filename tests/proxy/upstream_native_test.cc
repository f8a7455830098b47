#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/proxy/upstream_harness.h"
#include "tests/support/temp_dir.h"

namespace headgate::proxy {
namespace {

using policy::Refusal;
using test::MakeSignal;
using test::Reply;
using test::ScriptedUpstream;

class NativeUpstreamTest : public UpstreamTest {};

// --- Requests and answers.

TEST_F(NativeUpstreamTest, SendsHeadAndBodyAsTheyAreAndHandsTheAnswerOver) {
  ScriptedUpstream server;
  server.Next(Reply::Json(201, R"({"a":1})", "X-B: c\r\n"));
  UseServer(server);
  auto call = Started("POST", R"({"user":"u1"})");
  EXPECT_EQ(upstream->in_flight(), 1);
  ASSERT_TRUE(TurnUntilOver(*call));
  EXPECT_EQ(call->outcome(), R"(201 {"a":1})");
  EXPECT_TRUE(call->complete);
  EXPECT_EQ(call->reason, "Scripted");
  EXPECT_EQ(call->fields,
            "Content-Type: application/json;charset=UTF-8\n"
            "Content-Length: 7\nX-B: c\n");
  EXPECT_EQ(call->handle->server(), server.url());
  EXPECT_EQ(call->handle->retries(), 0);
  EXPECT_EQ(server.last_request().message.wire,
            call->head + call->request_body);
  EXPECT_EQ(upstream->in_flight(), 0);
}

TEST_F(NativeUpstreamTest, SpeaksOverAUnixSocket) {
  test::TempDir dir;
  ScriptedUpstream server("unix:" + dir.File("up.sock"));
  UseServer(server);
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(NativeUpstreamTest, ResolvesNamesWithoutBlocking) {
  ScriptedUpstream server;
  UseServers({ServerAt(StrCat("http://localhost:", server.port()))});
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(NativeUpstreamTest, ACallMayEndWhileTheNameIsResolved) {
  UseServers({ServerAt("http://localhost:1")});
  auto call = Started();
  call->handle.reset();
  EXPECT_EQ(upstream->in_flight(), 0);
  TurnTicks(2);
  EXPECT_FALSE(call->over);
}

TEST_F(NativeUpstreamTest, AnUpstreamMayGoWhileANameIsResolved) {
  UseServers({ServerAt("http://headgate.invalid:1")});
  auto call = Started();
  call->handle.reset();
  upstream.reset();
  TurnTicks(2);
}

// --- Kept connections.

TEST_F(NativeUpstreamTest, UsesAConnectionAgain) {
  ScriptedUpstream server;
  UseServer(server);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(stats().connects.Get(), 1);
  EXPECT_EQ(stats().reuses.Get(), 4);
  EXPECT_EQ(stats().requests.Get(), 5);
  EXPECT_EQ(stats().idle.Get(), 1);
}

// The reset may come together with the answer.
TEST_F(NativeUpstreamTest, DoesNotKeepAConnectionThatIsResetBehindTheAnswer) {
  ScriptedUpstream server;
  UseServer(server);
  EXPECT_EQ(Get()->outcome(), "200 {}");
  const auto gone = MakeSignal();
  server.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1")
                  .Reset()
                  .Notify(gone));
  auto call = Started();
  loop.RunTurn(/*wait=*/false);  // it is sent
  ASSERT_TRUE(gone->Wait());
  TurnUntilOver(*call);
  EXPECT_TRUE(TurnUntil([this] { return stats().idle.Get() == 0; }));
}

TEST_F(NativeUpstreamTest, UsesTheConnectionUsedLastFirst) {
  ScriptedUpstream server;
  const auto first = MakeSignal();
  const auto second = MakeSignal();
  server.Next(Reply().Wait(first).Send(
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"));
  UseServer(server);
  auto one = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 1));
  server.Next(Reply().Wait(second).Send(
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2"));
  auto two = Started();
  ASSERT_TRUE(TurnUntilRequests(server, 2));
  second->Notify();
  TurnUntilOver(*two);
  first->Notify();
  TurnUntilOver(*one);  // its connection is now the warmer one
  EXPECT_EQ(stats().idle.Get(), 2);
  const size_t warm = server.requests()[0].connection;
  Get();
  Get();
  EXPECT_EQ(server.requests()[2].connection, warm);
  EXPECT_EQ(server.requests()[3].connection, warm);
}

TEST_F(NativeUpstreamTest, KeepsNoMoreIdleConnectionsThanConfigured) {
  ScriptedUpstream server;
  const auto go = MakeSignal();
  server.Handle([&](const test::Message&) {
    return Reply().Wait(go).Send(
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  config.idle_connections = 2;
  UseServer(server);
  auto calls = Started(5);
  TurnUntilRequests(server, 5);
  go->Notify();
  for (const auto& call : calls) TurnUntilOver(*call);
  EXPECT_EQ(stats().idle.Get(), 2);
  EXPECT_TRUE(server.WaitForOpenConnections(2));
}

TEST_F(NativeUpstreamTest, ClosesAConnectionThatNobodyUsedForAMinute) {
  ScriptedUpstream server;
  UseServer(server);
  Get();
  clock.Advance(absl::Seconds(59));
  TurnTicks(2);
  EXPECT_EQ(stats().idle.Get(), 1);
  clock.Advance(absl::Seconds(2));
  TurnUntil([&] { return stats().idle.Get() == 0; });
  EXPECT_TRUE(server.WaitForOpenConnections(0));
}

TEST_F(NativeUpstreamTest, TheEndOfAMinuteDoesNotHurtACallOfThatTurn) {
  ScriptedUpstream server;
  UseServer(server);
  Get();
  clock.Advance(absl::Seconds(61));
  auto call = NewCall("POST", "{}");
  loop.Post([&] {
    Start(call.get());
    loop.timers().Advance(loop.Now().monotonic_us);  // that turn's tick
  });
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 {}");
}

TEST_F(NativeUpstreamTest, StartsTheNextCallInsideTheCallback) {
  ScriptedUpstream server;
  UseServer(server);
  StartInsideCallback();
  EXPECT_EQ(server.connections(), 1u);
}

// --- Failures and what is sent again.

TEST_F(NativeUpstreamTest, SaysThatNobodyListens) {
  ScriptedUpstream server;
  server.StopListening();
  config.retries = 0;
  UseServer(server);
  const auto call = Get();
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_connect: cannot connect: Connection refused");
  EXPECT_EQ(stats().failures(Refusal::kUpstreamConnect).Get(), 1);
}

TEST_F(NativeUpstreamTest, SaysThatAUnixSocketIsMissingFromTheLoop) {
  test::TempDir dir;
  const std::string url = "unix:" + dir.File("none.sock");
  config.retries = 2;
  UseServers({ServerAt(url)});
  const auto call = Get();
  EXPECT_EQ(call->OutcomeAt(url),
            "upstream_connect: cannot connect: No such file or directory");
  EXPECT_EQ(call->handle->retries(), 2);
}

TEST_F(NativeUpstreamTest, SaysThatANameMeansNothing) {
  config.retries = 0;
  // ".invalid" never resolves (RFC 6761); a port of 0 could not be reached.
  UseServers({ServerAt("http://headgate.invalid:1")});
  auto call = Started();
  // With or without a resolver that answers.
  const test::Deadline patience(std::chrono::milliseconds(200));
  while (!call->over && !patience.passed()) TurnTicks(1);
  clock.Advance(absl::Seconds(2));
  TurnUntilOver(*call);
  EXPECT_EQ(call->failure, Refusal::kUpstreamConnect) << call->outcome();
}

TEST_F(NativeUpstreamTest, SendsAgainWhatAKeptConnectionDidNotTake) {
  ScriptedUpstream server;
  server.Next(Reply::Json(200, "{}"));
  UseServer(server);
  Get();
  server.Next(Reply().Close());
  auto call = Finished("POST", "{}");
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(call->handle->retries(), 1);
  EXPECT_EQ(server.connections(), 2u);
  EXPECT_EQ(server.last_request().message.body, "{}");
}

TEST_F(NativeUpstreamTest, SendsNothingAgainWithoutRetries) {
  ScriptedUpstream server;
  config.retries = 0;
  UseServer(server);
  Get();
  server.Next(Reply().Close());
  EXPECT_EQ(Get()->OutcomeAt(server.url()),
            "upstream_protocol: closed the connection before it answered");
}

TEST_F(NativeUpstreamTest, SendsNothingAgainThatANewConnectionDidNotTake) {
  ScriptedUpstream server;
  server.Next(Reply().Close());
  UseServer(server);
  const auto call = Get();
  EXPECT_EQ(call->failure, Refusal::kUpstreamProtocol);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(NativeUpstreamTest, SendsNothingAgainAfterAByteOfTheAnswer) {
  ScriptedUpstream server;
  UseServer(server);
  Get();
  server.Next(Reply::Raw("H").Close());
  const auto call = Get();
  EXPECT_EQ(call->failure, Refusal::kUpstreamProtocol);
  EXPECT_EQ(call->handle->retries(), 0);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(NativeUpstreamTest, SendsAStreamedBodyOnlyOnce) {
  ScriptedUpstream server;
  UseServer(server);
  Get();
  server.Next(Reply().Early().Close());
  auto call = StartedUpload(4);
  call->handle->SendBody("ab", false);
  TurnUntilOver(*call);
  EXPECT_EQ(call->failure, Refusal::kUpstreamProtocol);
  EXPECT_EQ(call->handle->retries(), 0);
}

TEST_F(NativeUpstreamTest, DeliversAnAnswerThatCameBeforeTheWholeRequest) {
  ScriptedUpstream server;
  server.Next(Reply::Json(413, "{}").Early());
  UseServer(server);
  auto call = StartedUpload(4);
  call->handle->SendBody("ab", false);
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "413 {}");
  EXPECT_EQ(stats().idle.Get(), 0);
  EXPECT_TRUE(call->handle->SendBody("cd", true));  // nobody wants it
}

// --- Timeouts.

TEST_F(NativeUpstreamTest, GivesUpOnAServerThatNeverAnswers) {
  ScriptedUpstream server;
  server.Next(Reply::Never());
  UseServer(server);
  auto call = Started();
  TurnUntilRequests(server, 1);
  clock.Advance(absl::Seconds(9));
  TurnTicks(2);
  EXPECT_FALSE(call->over);
  clock.Advance(absl::Seconds(1));
  TurnUntilOver(*call);
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_timeout: no answer within 10s");
  EXPECT_TRUE(server.WaitForOpenConnections(0));
}

TEST_F(NativeUpstreamTest, AHeadThatDripsGetsNoMoreTime) {
  ScriptedUpstream server;
  const auto go = MakeSignal();
  server.Next(Reply::Raw("HTTP/1.1 ").Wait(go).Send("2").Hang());
  UseServer(server);
  auto call = Started();
  TurnUntilRequests(server, 1);
  clock.Advance(absl::Seconds(9));
  go->Notify();
  TurnTicks(2);
  clock.Advance(absl::Seconds(1));
  TurnUntilOver(*call);
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_timeout: no answer within 10s");
}

TEST_F(NativeUpstreamTest, GivesUpOnSilenceInsideABody) {
  ScriptedUpstream server;
  server.Next(
      Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok").Hang());
  UseServer(server);
  auto call = Started();
  TurnUntilRequests(server, 1);
  TurnTicks(2);
  clock.Advance(absl::Seconds(10));
  TurnUntilOver(*call);
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_timeout: silence inside the answer for 10s");
}

TEST_F(NativeUpstreamTest, GivesUpOnABodyThatDrips) {
  ScriptedUpstream server;
  Reply reply = Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
  std::vector<test::SharedSignal> go, gone;
  for (int i = 0; i < 6; ++i) {
    go.push_back(MakeSignal());
    gone.push_back(MakeSignal());
    reply.Wait(go.back()).Send("x").Notify(gone.back());
  }
  server.Next(reply.Hang());
  UseServer(server);
  auto call = Started();
  TurnUntilRequests(server, 1);
  for (int i = 0; i < 6 && !call->over; ++i) {
    go[i]->Notify();
    ASSERT_TRUE(gone[i]->Wait());
    TurnTicks(1);
    clock.Advance(absl::Seconds(4));
    TurnTicks(1);
  }
  TurnUntilOver(*call);
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_timeout: the answer only drips: under 1 KiB within 10s");
  EXPECT_EQ(call->handle->broken_status(), 200);
}

TEST_F(NativeUpstreamTest, GivesUpOnAServerThatTakesNothing) {
  ScriptedUpstream server;
  server.OnConnect(Reply().Hang());
  UseServer(server);
  // Hang() still reads: only what the kernel holds shows a server that does
  // not. So this one is a bare listening socket that nobody accepts from.
  const int fd = test::ListenOn("127.0.0.1:0");
  ASSERT_GE(fd, 0);
  UseServers({ServerAt(StrCat("http://", test::LocalAddress(fd)))});
  auto call = Started("POST", std::string(16 << 20, 'x'));
  TurnTicks(3);
  clock.Advance(absl::Seconds(11));
  TurnUntilOver(*call);
  EXPECT_EQ(call->failure, Refusal::kUpstreamTimeout);
  EXPECT_TRUE(call->detail.ends_with("took nothing of the request for 10s"))
      << call->detail;
  close(fd);
}

// --- Cancelling.

TEST_F(NativeUpstreamTest, ACancelledCallHearsNothingAtAnyStage) {
  ScriptedUpstream server;
  const auto go = MakeSignal();
  server.Handle([&](const test::Message&) {
    return Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n")
        .Send(std::string(100000, 'x'))
        .Wait(go)
        .Send(std::string(200000, 'x'));
  });
  UseServer(server);
  CancelAtEveryStage(server);
  EXPECT_EQ(stats().idle.Get(), 0);
  go->Notify();
}

TEST_F(NativeUpstreamTest, ACallMayBeCancelledInsideItsCallbacks) {
  ScriptedUpstream server;
  server.Handle([&](const test::Message&) {
    return Reply::Text(200, "text/plain", std::string(1 << 20, 'x'));
  });
  UseServer(server);
  CancelInsideCallbacks();
}

}  // namespace
}  // namespace headgate::proxy
