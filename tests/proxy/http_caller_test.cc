// The request goes out as it was given, and the final answer comes back.
#include "proxy/http_caller.h"

#include <string>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/scripted_upstream.h"

namespace headgate::proxy {
namespace {

using test::Reply;
using test::ScriptedUpstream;

constexpr absl::Duration kTimeout = absl::Seconds(10);

TEST(HttpCallerTest, SendsWhatItIsGivenAndNothingElse) {
  ScriptedUpstream server;
  HttpCaller caller(server.url(), kTimeout);
  for (const std::string body : {"", "{}"}) {
    const auto answer =
        caller.Call({.method = "PURGE",
                     .target = "/a/../%7e?b=%2F",
                     .fields = {{"Host", "a.example"}, {"X-Empty", ""}},
                     .body = body});
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "{}");
    const test::Message sent = server.last_request().message;
    EXPECT_EQ(sent.target, "/a/../%7e?b=%2F");
    EXPECT_EQ(sent.method, "PURGE");
    EXPECT_EQ(sent.Header("Host"), "a.example");
    EXPECT_TRUE(sent.HasHeader("X-Empty"));
    EXPECT_EQ(sent.body, body);
    for (const char* name : {"Accept", "User-Agent", "Content-Type"}) {
      EXPECT_FALSE(sent.HasHeader(name)) << name;
    }
  }
  EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpCallerTest, GivesTheHeadOfTheFinalAnswer) {
  ScriptedUpstream server;
  server.Next(
      Reply::Raw("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
                 "HTTP/1.1 302 Found\r\nLocation: /b\r\n"
                 "Content-Length: 0\r\n\r\n"));
  HttpCaller caller(server.url(), kTimeout);
  const auto answer = caller.Call({});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(answer->head,
            "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
}

TEST(HttpCallerTest, NoAnswerIsAnError) {
  std::string url;
  {
    ScriptedUpstream server;
    url = server.url();
  }
  const auto answer = HttpCaller(url, kTimeout).Call({});
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
}

TEST(HttpCallerTest, UrlsAreAHostAndAPort) {
  for (const char* good : {"http://127.0.0.1:8080", "https://a.example"}) {
    EXPECT_TRUE(HttpCaller::CheckUrl(good).ok()) << good;
  }
  for (const char* bad : {"", "127.0.0.1:8080", "ftp://a", "http://",
                          "http://a/b", "http://a/", "http://a?b"}) {
    EXPECT_FALSE(HttpCaller::CheckUrl(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace headgate::proxy
