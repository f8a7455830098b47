// What the tests of the upstreams share: a loop that the test turns by hand, a
// sink that remembers what it was told, and calls.
//
// The loop's clock is fake: nothing times out until the test says so. (libcurl
// has a clock of its own.) Belongs to one thread.
#ifndef HEADGATE_TESTS_PROXY_UPSTREAM_HARNESS_H_
#define HEADGATE_TESTS_PROXY_UPSTREAM_HARNESS_H_

#include <gtest/gtest.h>

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
  static config::Server ServerAt(const test::ScriptedUpstream& upstream) {
    return ServerAt(upstream.url());
  }
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
  void UseServer(const test::ScriptedUpstream& server) {
    UseServers({ServerAt(server)});
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
  // `head` asks for a chunked body unless it has a Content-Length.
  void StartStreaming(TestCall* call, bool chunked) {
    UpstreamRequest request;
    request.head = call->head;
    request.body_streams = true;
    request.body_chunked = chunked;
    StartWith(request, call);
  }
  void StartWith(const UpstreamRequest& request, TestCall* call) {
    call->in_start = true;
    call->handle = upstream->Start(request, call);
    call->in_start = false;
  }
  std::unique_ptr<TestCall> Get() {
    auto call = NewCall();
    Start(call.get());
    TurnUntilOver(*call);
    return call;
  }

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
