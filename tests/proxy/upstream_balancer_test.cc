#include "proxy/upstream_balancer.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "tests/proxy/upstream_harness.h"

namespace headgate::proxy {
namespace {

using policy::Refusal;
using test::MakeSignal;
using test::Reply;
using test::ScriptedUpstream;

class BalancerTest : public UpstreamTest {
 protected:
  void UseAll() {
    std::vector<config::Server> all;
    for (const ScriptedUpstream& server : servers) {
      all.push_back(ServerAt(server.url()));
    }
    UseServers(all);
  }
  // One server, which has been asked whether it is well and says nothing.
  void StartACheckThatHangs() {
    servers.resize(1);
    config.health = config::Health{"/", absl::Seconds(5)};
    servers[0].Next(Reply::Never());
    UseAll();
    TurnTicks(1);
    TurnUntil([&] { return Counts()[0] == 1; });
  }
  std::vector<size_t> Counts() const {
    std::vector<size_t> counts;
    for (const ScriptedUpstream& server : servers) {
      counts.push_back(server.requests().size());
    }
    return counts;
  }
  std::deque<ScriptedUpstream> servers;
};

TEST_F(BalancerTest, TakesTurnsWhileNothingIsInFlight) {
  servers.resize(3);
  UseAll();
  for (int i = 0; i < 9; ++i) EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(Counts(), (std::vector<size_t>{3, 3, 3}));
}

TEST_F(BalancerTest, PrefersTheServerWithTheFewestInFlight) {
  servers.resize(2);
  const auto go = MakeSignal();
  UseAll();
  servers[0].Handle([&](const test::Message&) {
    return Reply().Wait(go).Send(
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  // Two calls stick to the slow one at most; all others go past it.
  std::vector<std::unique_ptr<TestCall>> calls;
  for (int i = 0; i < 10; ++i) {
    calls.push_back(NewCall());
    Start(calls.back().get());
    TurnTicks(1);
  }
  EXPECT_EQ(stats(0).in_flight.Get(), 1);
  EXPECT_EQ(Counts()[1], 9u);
  go->Notify();
  for (const auto& call : calls) TurnUntilOver(*call);
  EXPECT_EQ(stats(0).in_flight.Get(), 0);
}

TEST_F(BalancerTest, GoesToAnotherServerWhereNobodyListens) {
  servers.resize(2);
  servers[0].StopListening();
  UseAll();
  int retries = 0;
  for (int i = 0; i < 20; ++i) {
    const auto call = Get();
    EXPECT_EQ(call->outcome(), "200 {}");
    EXPECT_EQ(call->handle->server(), servers[1].url());
    retries += call->handle->retries();
  }
  // Three failures, and it is left out.
  EXPECT_EQ(retries, ServerHealth::kFailuresMax);
  EXPECT_EQ(stats(0).failures(Refusal::kUpstreamConnect).Get(), 3);
  EXPECT_EQ(stats(0).up.Get(), 0);
  EXPECT_EQ(stats(1).retries.Get(), 3);
  EXPECT_EQ(stats(1).up.Get(), 1);
}

TEST_F(BalancerTest, OneProbeLetsAServerInAgain) {
  servers.resize(2);
  servers[0].StopListening();
  UseAll();
  for (int i = 0; i < 8; ++i) Get();
  EXPECT_EQ(stats(0).up.Get(), 0);
  servers[0].Listen();
  for (int i = 0; i < 4; ++i) Get();
  EXPECT_EQ(Counts()[0], 0u);  // the back-off is not over
  clock.Advance(absl::Seconds(1));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_GE(Counts()[0], 1u);
  EXPECT_EQ(stats(0).up.Get(), 1);
}

TEST_F(BalancerTest, TriesTheOneThatFailedLongestAgoWhenAllAreOut) {
  servers.resize(2);
  config.retries = 0;
  for (ScriptedUpstream& server : servers) server.StopListening();
  UseAll();
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(Get()->failure, Refusal::kUpstreamConnect);
    clock.Advance(absl::Milliseconds(10));
  }
  EXPECT_EQ(stats(0).up.Get() + stats(1).up.Get(), 0);
  servers[0].Listen();
  servers[1].Listen();
  EXPECT_EQ(Get()->outcome(), "200 {}");
}

TEST_F(BalancerTest, SendsAgainAtMostAsOftenAsConfigured) {
  servers.resize(3);
  config.retries = 2;
  for (ScriptedUpstream& server : servers) server.StopListening();
  UseAll();
  const auto call = Get();
  EXPECT_EQ(call->failure, Refusal::kUpstreamConnect);
  EXPECT_EQ(call->handle->retries(), 2);
  int64_t sent = 0;
  for (int i = 0; i < 3; ++i) sent += stats(i).requests.Get();
  EXPECT_EQ(sent, 3);
}

TEST_F(BalancerTest, NeverSendsAgainWhatTimedOutOrWasAnswered) {
  servers.resize(2);
  servers[0].Next(Reply::Never());
  servers[1].Next(Reply::Raw("HTTP/1.1 nonsense\r\n\r\n"));
  UseAll();
  for (int i = 0; i < 2; ++i) {
    auto call = Started();
    TurnUntil([&] {
      const std::vector<size_t> counts = Counts();
      return counts[0] + counts[1] == static_cast<size_t>(i) + 1;
    });
    clock.Advance(absl::Seconds(11));
    TurnUntilOver(*call);
    EXPECT_TRUE(call->failure) << call->outcome();
    EXPECT_EQ(call->handle->retries(), 0);
  }
  EXPECT_EQ(Counts(), (std::vector<size_t>{1, 1}));
}

TEST_F(BalancerTest, ChecksHealthOverAConnectionOfItsOwn) {
  servers.resize(2);
  config.health = config::Health{"/health", absl::Seconds(5)};
  servers[0].On("GET /health", Reply::Json(500, "{}"));
  servers[1].On("GET /health", Reply::Json(404, "{}"));
  UseAll();
  TurnTicks(1);
  const auto checks = [&](int64_t count) {
    return TurnUntil([&] {
      return stats(0).health_checks.Get() == count &&
             stats(1).health_checks.Get() == count;
    });
  };
  ASSERT_TRUE(checks(1));
  EXPECT_EQ(stats(0).up.Get(), 1);  // one failed check may be chance
  clock.Advance(absl::Seconds(6));
  ASSERT_TRUE(checks(2));
  EXPECT_EQ(stats(0).up.Get(), 0);
  EXPECT_EQ(stats(1).up.Get(), 1);
  EXPECT_EQ(stats(0).health_check_failures.Get(), 2);
  EXPECT_EQ(servers[0].last_request().message.wire,
            StrCat("GET /health HTTP/1.1\r\nHost: ", servers[0].address(),
                   "\r\nUser-Agent: headgate\r\nConnection: close\r\n\r\n"));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(Get()->handle->server(), servers[1].url());
  }
  servers[0].On("GET /health", Reply::Json(200, "{}"));
  clock.Advance(absl::Seconds(6));
  ASSERT_TRUE(checks(3));
  EXPECT_EQ(stats(0).up.Get(), 1);
}

TEST_F(BalancerTest, KeepsNoConnectionOfAHealthCheck) {
  servers.resize(1);
  config.health = config::Health{"/health", absl::Seconds(5)};
  UseAll();
  KeepsNoConnectionOfAHealthCheck(servers[0]);
  EXPECT_EQ(stats().idle.Get(), 1);
}

TEST_F(BalancerTest, AHealthCheckThatHangsFails) {
  StartACheckThatHangs();
  clock.Advance(absl::Seconds(11));
  TurnUntil([&] { return stats(0).health_check_failures.Get() == 1; });
}

TEST_F(BalancerTest, MayGoWhileChecksAreUnderWay) {
  StartACheckThatHangs();
  upstream.reset();
  TurnTicks(1);
  EXPECT_TRUE(servers[0].WaitForOpenConnections(0));
}

TEST_F(BalancerTest, ARetiredOneEndsItsCallsAndCountsNoServerAsIn) {
  servers.resize(1);
  const auto go = MakeSignal();
  config.health = config::Health{"/health", absl::Seconds(5)};
  UseAll();
  TurnTicks(1);
  TurnUntil([&] { return stats().health_checks.Get() == 1; });
  servers[0].Next(Reply().Wait(go).Send(
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast"));
  auto call = Started();
  ASSERT_TRUE(TurnUntilRequests(servers[0], 2));
  upstream->Retire();
  EXPECT_EQ(stats().up.Get(), 0);
  EXPECT_EQ(stats().in_flight.Get(), 1);
  clock.Advance(absl::Seconds(6));
  TurnTicks(2);
  go->Notify();
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 last");
  EXPECT_EQ(stats().up.Get(), 0);
  EXPECT_EQ(servers[0].requests().size(), 2u) << "no check after it";
}

TEST_F(BalancerTest, MayRetireWhileACheckIsUnderWay) {
  StartACheckThatHangs();
  upstream->Retire();
  TurnTicks(1);
  EXPECT_TRUE(servers[0].WaitForOpenConnections(0));
}

TEST_F(BalancerTest, StatsOutliveTheUpstream) {
  servers.resize(1);
  UseAll();
  Get();
  const std::shared_ptr<const UpstreamStats> kept = upstream->stats();
  upstream.reset();
  EXPECT_EQ(kept->servers[0].requests.Get(), 1);
  EXPECT_EQ(kept->servers[0].idle.Get(), 0);
}

}  // namespace
}  // namespace headgate::proxy
