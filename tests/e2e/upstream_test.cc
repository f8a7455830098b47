// The hop to the upstream through the config: several servers, what is sent
// again and what is not, and the limiter's ways to say no or later.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

std::string Servers(const std::string& list) {
  return StrCat(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "workers: 1\n"
      "services:\n"
      "  agora-chat:\n"
      "    upstream: {servers: [\"",
      list, "\"], response_timeout: 500ms}\n", kForward);
}

std::string TwoServers(const ScriptedUpstream& first,
                       const ScriptedUpstream& second) {
  return Servers(StrCat(first.url(), "\", \"", second.url()));
}

TEST(UpstreamTest, SendsToTheSecondServerWhatTheFirstRefuses) {
  ScriptedUpstream first;
  ScriptedUpstream second;
  first.StopListening();
  HeadgateProcess headgate(TwoServers(first, second));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  for (int i = 0; i < 10; ++i) {
    const Message answer =
        headgate.Call(Request("POST /a", "", "{\"a\":1}"), "POST");
    ASSERT_EQ(answer.status, 200) << answer;
  }
  EXPECT_EQ(second.requests().size(), 10u);
  EXPECT_EQ(second.last_request().message.body, "{\"a\":1}");
}

TEST(UpstreamTest, SpreadsCallsOverServers) {
  ScriptedUpstream first;
  ScriptedUpstream second;
  const SharedSignal go = MakeSignal();
  for (ScriptedUpstream* upstream : {&first, &second}) {
    upstream->Next(
        Reply().Wait(go).Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  }
  HeadgateProcess headgate(TwoServers(first, second));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient one(headgate.address());
  RawClient two(headgate.address());
  one.Send(Request("GET /a"));
  two.Send(Request("GET /b"));
  EXPECT_TRUE(first.WaitForRequests(1));
  EXPECT_TRUE(second.WaitForRequests(1));
  go->Notify();
  EXPECT_EQ(one.ReadAnswer().status, 200);
  EXPECT_EQ(two.ReadAnswer().status, 200);
}

TEST(UpstreamTest, SendsAgainWhatAReusedConnectionDidNotTake) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(SidecarConfig(upstream, kForward, "workers: 1\n"));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient client(headgate.address());
  EXPECT_EQ(client.Call(Request("GET /a")).status, 200);
  // The kept connection takes the request and closes without a byte.
  upstream.Next(Reply().Close());
  EXPECT_EQ(client.Call(Request("GET /b")).status, 200);
  EXPECT_EQ(upstream.connections(), 2u);
  EXPECT_EQ(upstream.requests().size(), 3u);
}

TEST(UpstreamTest, AnswersATimeoutAndARefusedConnectionAsDocumented) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(Servers(upstream.url()));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  upstream.Next(Reply::Never());
  const Message late = headgate.Call(Request("GET /a"));
  EXPECT_EQ(late.status, 504) << late;
  EXPECT_TRUE(IsChatError(late, "gateway_timeout")) << late;
  upstream.StopListening();
  upstream.CloseConnections();
  ASSERT_TRUE(upstream.WaitForOpenConnections(0));
  const Message down = headgate.Call(Request("GET /a"));
  EXPECT_EQ(down.status, 503) << down;
  EXPECT_TRUE(IsChatError(down, "service_unavailable")) << down;
  EXPECT_TRUE(EndsWell(&headgate));
}

TEST(UpstreamTest, PassesOnWhenToComeAgainBesideADocumentedError) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(
      SidecarConfig(upstream, "    limits: {default: 100/h}\n"));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const auto call = [&](int status, std::string_view retry_after) {
    upstream.Next(Reply::Text(status, "text/html", "<p>later</p>",
                              StrCat("Retry-After: ", retry_after, "\r\n")));
    return headgate.Call(AddMember("bob"), "POST");
  };
  Message answer = call(429, "7");
  EXPECT_EQ(answer.status, 429) << answer;
  EXPECT_TRUE(IsChatError(answer, "reach_limit")) << answer;
  EXPECT_EQ(answer.Header("Retry-After"), "7");
  EXPECT_FALSE(answer.HasHeader("RateLimit")) << "98 left, by ours";
  EXPECT_FALSE(answer.HasHeader("RateLimit-Policy"));
  answer = call(503, "Sun, 06 Nov 2044 08:49:37 GMT");
  EXPECT_EQ(answer.status, 503) << answer;
  EXPECT_TRUE(IsChatError(answer, "service_unavailable")) << answer;
  EXPECT_EQ(answer.Header("Retry-After"), "Sun, 06 Nov 2044 08:49:37 GMT");
  EXPECT_TRUE(answer.HasHeader("RateLimit"));
  answer = call(429, "soon");
  EXPECT_TRUE(IsChatError(answer, "reach_limit")) << answer;
  EXPECT_FALSE(answer.HasHeader("Retry-After"));
  EXPECT_EQ(headgate.Call(AddMember("bob"), "POST").status, 200);
}

TEST(UpstreamTest, SendsNoHopByHopFieldAndSaysWhoAsked) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(SidecarConfig(upstream));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const Message answer = headgate.Call(Request(
      "GET /a",
      "Connection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n"
      "Proxy-Connection: close\r\nTE: trailers\r\nX-Forwarded-For: 6.6.6.6\r\n"
      "X-Kept: yes\r\nX-Request-ID: abc-123\r\n"));
  EXPECT_EQ(answer.Header("X-Request-ID"), "abc-123");
  const Message sent = upstream.last_request().message;
  for (const std::string_view name :
       {"X-Hop", "Keep-Alive", "Proxy-Connection", "TE"}) {
    EXPECT_FALSE(sent.HasHeader(name)) << sent;
  }
  EXPECT_EQ(sent.Header("X-Kept"), "yes");
  EXPECT_EQ(sent.Header("X-Forwarded-For"), "127.0.0.1");
  EXPECT_EQ(sent.Header("X-Request-ID"), "abc-123");
  EXPECT_EQ(sent.Header("Host"), "chat.example");
}

// ---- The limiter through the config ----------------------------------------

std::string Limit(std::string_view settings) {
  return StrCat("    limits:\n      add_chatroom_member: {", settings, "}\n");
}

TEST(LimiterTest, DelaysInsteadOfRefusing) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(
      SidecarConfig(upstream, Limit("limit: 2, window: 1s, on_exceed: delay,"
                                    " max_delay: 5s, max_queue: 10")));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const auto start = steady_clock::now();
  RawClient client(headgate.address());
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(client.Call(AddMember("bob"), "POST").status, 200);
  }
  EXPECT_GE(steady_clock::now() - start, milliseconds(1900));
  EXPECT_EQ(upstream.requests().size(), 6u);
  // Who leaves while it waits is not forwarded. (The last two have just filled
  // the window: there is a second of waiting.)
  RawClient leaver(headgate.address());
  leaver.Send(AddMember("gone"));
  leaver.Reset();
  EXPECT_EQ(client.Call(AddMember("bob"), "POST").status, 200);
  for (const ReceivedRequest& request : upstream.requests()) {
    EXPECT_EQ(request.message.target.find("gone"), std::string::npos);
  }
  EXPECT_TRUE(EndsWell(&headgate));
}

TEST(LimiterTest, RefusesWhatWouldWaitTooLong) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(
      SidecarConfig(upstream, Limit("limit: 1, window: 1h, on_exceed: delay,"
                                    " max_delay: 100ms, max_queue: 10")));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient client(headgate.address());
  EXPECT_EQ(client.Call(AddMember("bob"), "POST").status, 200);
  const Message refused = client.Call(AddMember("bob"), "POST");
  EXPECT_EQ(refused.status, 429) << refused;
  EXPECT_TRUE(refused.HasHeader("Retry-After")) << refused;
}

TEST(LimiterTest, ReportsAndDoesNotRefuseInShadowMode) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(
      SidecarConfig(upstream, Limit("limit: 2, window: 1h, shadow: true")));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient client(headgate.address());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.Call(AddMember("bob"), "POST").status, 200);
  }
  const std::vector<std::string> log = headgate.AccessLog(3);
  ASSERT_EQ(log.size(), 3u);
  EXPECT_EQ(log[1].find("shadow_denied"), std::string::npos) << log[1];
  EXPECT_THAT(log[2], HasSubstr("\"shadow_denied\":true"));
}

TEST(LimiterTest, JudgesACandidateBesideTheLimit) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(
      SidecarConfig(upstream, Limit("limit: 3, window: 1h, candidate: 2")));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient client(headgate.address());
  for (const int status : {200, 200, 200, 429}) {
    EXPECT_EQ(client.Call(AddMember("bob"), "POST").status, status);
  }
  const std::vector<std::string> log = headgate.AccessLog(4);
  ASSERT_EQ(log.size(), 4u);
  EXPECT_EQ(log[1].find("candidate_denied"), std::string::npos) << log[1];
  EXPECT_THAT(log[2], HasSubstr("\"candidate_denied\":true"));
}

TEST(LimiterTest, LimitsEachAppByItsOwnAndRefusesUnlistedOnes) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(SidecarConfig(
      upstream,
      "    limits: {default: 1/h}\n"
      "    apps: [{org_name: acme, app_name: chat, limits: {default: 3/h}},\n"
      "           {org_name: acme, app_name: small}]\n"
      "    unlisted_apps: deny\n"));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const auto status = [&](std::string_view app) {
    return headgate
        .Call(Request(StrCat("POST /", app, "/chatrooms/1/users/bob"),
                      "Authorization: Bearer t\r\n"),
              "POST")
        .status;
  };
  for (const int expected : {200, 200, 200, 429}) {
    EXPECT_EQ(status("acme/chat"), expected);
  }
  EXPECT_EQ(status("acme/small"), 200);
  EXPECT_EQ(status("acme/small"), 429);
  EXPECT_EQ(status("other/chat"), 404);
  EXPECT_EQ(upstream.requests().size(), 4u);
}

TEST(LimiterTest, IsSharedByAllWorkers) {
  ScriptedUpstream upstream;
  HeadgateProcess headgate(SidecarConfig(
      upstream, "    limits: {default: 100/h}\n", "workers: 2\n"));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  constexpr int kThreads = 8;
  constexpr int kCalls = 25;
  std::atomic<int> allowed = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < kCalls; ++call) {
        const int status = headgate.Call(AddMember("bob"), "POST").status;
        if (status == 200) ++allowed;
        if (status == 429) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 100);
  EXPECT_EQ(refused, kThreads * kCalls - 100);
}

}  // namespace
}  // namespace headgate::test
