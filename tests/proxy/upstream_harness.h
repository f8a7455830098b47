// What the tests of the upstreams share: a loop that the test turns by hand, a
// sink that remembers what it was told, and calls.
//
// The loop's clock is fake: nothing times out until the test says so. (libcurl
// has a clock of its own.) Belongs to one thread.
#ifndef HEADGATE_TESTS_PROXY_UPSTREAM_HARNESS_H_
#define HEADGATE_TESTS_PROXY_UPSTREAM_HARNESS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "proxy/upstream_factory.h"
#include "tests/support/deadline.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_upstream.h"

namespace headgate::proxy {

// One call and all that came of it.
struct TestCall final : AnswerSink {
  void OnAnswer(const http::ResponseHead& answer, std::string_view bytes,
                bool is_complete) override {
    EXPECT_FALSE(in_start) << "a callback from inside Start()";
    EXPECT_FALSE(over) << "a callback after the end";
    status = answer.status;
    reason = answer.reason;
    for (const http::Field& field : answer.fields) {
      StrAppend(&fields, field.name, ": ", field.value, "\n");
    }
    body += bytes;
    complete = is_complete;
    over = is_complete;
    if (on_answer) on_answer();
  }
  void OnAnswerBody(std::string_view piece, bool last) override {
    EXPECT_FALSE(over) << "a callback after the end";
    EXPECT_NE(status, 0) << "a body without a head";
    ++pieces;
    body += piece;
    over = last;
    if (on_answer) on_answer();
  }
  void OnAnswerFailed(policy::Refusal kind, std::string_view text) override {
    EXPECT_FALSE(in_start) << "a callback from inside Start()";
    EXPECT_FALSE(over) << "a callback after the end";
    failure = kind;
    detail = text;
    over = true;
    if (on_answer) on_answer();
  }
  void OnRequestBodyWanted() override { ++wanted; }

  std::string outcome() const {
    if (failure) return StrCat(policy::RefusalName(*failure), ": ", detail);
    return over ? StrCat(status, " ", body) : "pending";
  }
  // The same without the server's name, which every failure must say first.
  std::string OutcomeAt(const std::string& url) const {
    if (!failure) return outcome();
    const std::string name = StrCat(url, ": ");
    EXPECT_TRUE(detail.starts_with(name)) << detail;
    return StrCat(policy::RefusalName(*failure), ": ",
                  detail.substr(std::min(name.size(), detail.size())));
  }

  // The request: what the views of the call point to.
  std::string head, request_body;
  UpstreamCallHandle handle;
  bool in_start = false;
  // The answer.
  int status = 0;
  std::string reason, fields, body;
  bool complete = false;  // came whole, in one piece
  int pieces = 0;         // after the first
  int wanted = 0;
  std::optional<policy::Refusal> failure;
  std::string detail;
  bool over = false;
  std::function<void()> on_answer;  // after each callback
};

class UpstreamTest : public testing::Test {
 protected:
  // "http://host:port", "https://host:port" or "unix:/path".
  static config::Server ServerAt(const std::string& url) {
    config::Server server;
    server.url = url;
    if (url.starts_with("unix:")) {
      server.scheme = config::Server::Scheme::kUnix;
      server.unix_path = url.substr(5);
      return server;
    }
    const size_t host = url.find("://") + 3;
    const size_t colon = url.rfind(':');
    server.scheme = url.starts_with("https") ? config::Server::Scheme::kHttps
                                             : config::Server::Scheme::kHttp;
    server.host = url.substr(host, colon - host);
    server.port = static_cast<uint16_t>(std::stoi(url.substr(colon + 1)));
    return server;
  }
  void UseServers(const std::vector<config::Server>& servers) {
    config.servers = servers;
    upstream = MakeUpstream(config, &loop);
  }
  // A ScriptedUpstream, or whatever else has a url().
  template <typename Server>
  void UseServer(const Server& server) {
    UseServers({ServerAt(server.url())});
  }

  std::unique_ptr<TestCall> NewCall(std::string method = "GET",
                                    std::string body = "") {
    auto call = std::make_unique<TestCall>();
    call->head = StrCat(method, " /a?b=c HTTP/1.1\r\nHost: up.example\r\n");
    if (!body.empty()) {
      StrAppend(&call->head, "Content-Type: application/json\r\n",
                "Content-Length: ", body.size(), "\r\n");
    }
    call->head += "\r\n";
    call->request_body = std::move(body);
    return call;
  }
  void Start(TestCall* call) {
    UpstreamRequest request;
    request.head = call->head;
    request.body = call->request_body;
    request.head_method = call->head.starts_with("HEAD ");
    StartWith(request, call);
  }
  void StartWith(const UpstreamRequest& request, TestCall* call) {
    call->in_start = true;
    call->handle = upstream->Start(request, call);
    call->in_start = false;
  }
  std::unique_ptr<TestCall> Started(std::string method = "GET",
                                    std::string body = "") {
    auto call = NewCall(std::move(method), std::move(body));
    Start(call.get());
    return call;
  }
  std::vector<std::unique_ptr<TestCall>> Started(int count) {
    std::vector<std::unique_ptr<TestCall>> calls;
    for (int i = 0; i < count; ++i) calls.push_back(Started());
    return calls;
  }
  // Its body is sent by the test: so many bytes, or in chunks.
  std::unique_ptr<TestCall> StartedUpload(std::optional<size_t> bytes) {
    auto call = NewCall();
    call->head = StrCat("POST / HTTP/1.1\r\nHost: a\r\n",
                        bytes ? StrCat("Content-Length: ", *bytes)
                              : "Transfer-Encoding: chunked",
                        "\r\n\r\n");
    UpstreamRequest request;
    request.head = call->head;
    request.body_streams = true;
    request.body_chunked = !bytes;
    StartWith(request, call.get());
    return call;
  }
  // Has begun to answer, and pauses at each piece of the answer.
  std::unique_ptr<TestCall> StartedPausing() {
    auto call = NewCall();
    call->on_answer = [pauses = call.get()] {
      if (!pauses->over) pauses->handle->PauseAnswer();
    };
    Start(call.get());
    TurnUntil([&] { return call->status != 0; });
    return call;
  }
  // Has its answer, or its failure.
  std::unique_ptr<TestCall> Finished(std::string method, std::string body) {
    auto call = Started(std::move(method), std::move(body));
    TurnUntilOver(*call);
    return call;
  }
  std::unique_ptr<TestCall> Get() { return Finished("GET", ""); }

  // Turns the loop until `done`; false, and a failure, if it takes too long.
  bool TurnUntil(const std::function<bool()>& done) {
    const test::Deadline deadline;
    while (!done()) {
      if (deadline.passed()) {
        ADD_FAILURE() << "the loop was turned in vain";
        return false;
      }
      loop.RunTurn(/*wait=*/true);
    }
    return true;
  }
  bool TurnUntilOver(const TestCall& call) {
    return TurnUntil([&] { return call.over; });
  }
  template <typename Server>
  bool TurnUntilRequests(const Server& server, size_t count) {
    return TurnUntil([&] { return server.requests().size() >= count; });
  }
  // A few ticks, so that what is due now happens.
  void TurnTicks(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      bool ticked = false;
      WheelTimer timer([](void* flag) { *static_cast<bool*>(flag) = true; },
                       &ticked);
      clock.Advance(absl::Microseconds(TimerWheel::kTickUs));
      timer.Set(&loop.timers(), loop.Now().monotonic_us);
      TurnUntil([&] { return ticked; });
    }
  }

  // --- What holds for every client of a server.

  // Sends a body of `bytes` and waits as often as it is told to, which is said.
  int SendInPieces(size_t bytes, TestCall* call) {
    const std::string piece(64 * 1024, 'x');
    int waits = 0;
    for (size_t given = 0; given < bytes;) {
      given += piece.size();
      const int wanted = call->wanted;
      if (call->handle->SendBody(piece, given == bytes)) continue;
      if (given == bytes) break;
      ++waits;
      TurnUntil([&] { return call->wanted > wanted; });
    }
    return waits;
  }
  // The rest of a call that pauses: nothing comes by itself, nothing is lost.
  void ResumeUntilOver(TestCall* call) {
    while (!call->over) {
      const int pieces = call->pieces;
      call->handle->ResumeAnswer();
      EXPECT_EQ(call->pieces, pieces) << "a callback from inside Resume";
      if (!TurnUntil([&] { return call->pieces > pieces; })) return;
      EXPECT_EQ(call->pieces, pieces + 1);
    }
  }
  // A health check says that its connection is closed after it: nothing else
  // may go over that one, nor may it be left open. REQUIRES: config.health,
  // with the path /health.
  template <typename Server>
  void KeepsNoConnectionOfAHealthCheck(const Server& server) {
    TurnTicks(1);
    for (int i = 1; i <= 3; ++i) {
      TurnUntil([&] { return stats().health_checks.Get() == i; });
      EXPECT_EQ(Get()->outcome(), "200 {}");
      clock.Advance(config.health->interval);
    }
    TurnUntil([&] { return stats().health_checks.Get() == 4; });
    EXPECT_TRUE(server.WaitForOpenConnections(1));
    std::string seen;
    for (const test::ReceivedRequest& request : server.requests()) {
      StrAppend(&seen, request.message.target, " ", request.connection, "\n");
    }
    EXPECT_EQ(seen,
              "/health 0\n/a?b=c 1\n/health 2\n/a?b=c 1\n"
              "/health 3\n/a?b=c 1\n/health 4\n");
  }
  void StartInsideCallback() {
    auto first = NewCall();
    auto second = NewCall();
    first->on_answer = [&] {
      first->handle.reset();
      Start(second.get());
      // The answer is still there, though its connection is busy again.
      EXPECT_EQ(first->body, "{}");
    };
    Start(first.get());
    TurnUntilOver(*second);
    EXPECT_EQ(second->outcome(), "200 {}");
  }
  // Nothing is heard of a cancelled call. REQUIRES: `server` has more to answer
  // than 100,000 bytes.
  template <typename Server>
  void CancelAtEveryStage(const Server& server) {
    const std::vector<std::function<bool(TestCall*)>> stages = {
        [](TestCall*) { return true; },  // before the loop turned once
        [&](TestCall*) { return server.requests().size() >= 1; },
        [](TestCall* call) { return call->status != 0; },
        [](TestCall* call) { return call->body.size() >= 100'000; },
    };
    for (const auto& stage : stages) {
      auto call = Started();
      TurnUntil([&] { return stage(call.get()); });
      call->handle.reset();
      call->over = true;  // what comes now is a failure
      TurnTicks(2);
      EXPECT_EQ(upstream->in_flight(), 0);
      EXPECT_EQ(stats().in_flight.Get(), 0);
    }
  }
  // The same. REQUIRES: an answer is told in three callbacks at least.
  void CancelInsideCallbacks() {
    for (int callbacks = 1; callbacks <= 3; ++callbacks) {
      auto call = NewCall();
      int seen = 0;
      call->on_answer = [&] {
        if (++seen == callbacks) call->handle.reset();
      };
      Start(call.get());
      TurnUntil([&] { return seen == callbacks; });
      TurnTicks(1);
      EXPECT_EQ(seen, callbacks);
      EXPECT_EQ(upstream->in_flight(), 0);
    }
  }

  const ServerStats& stats(size_t server = 0) const {
    return upstream->stats()->servers[server];
  }

  test::FakeClock clock;
  EventLoop loop{clock};
  config::Upstream config;
  std::unique_ptr<ConfiguredUpstream> upstream;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_TESTS_PROXY_UPSTREAM_HARNESS_H_
