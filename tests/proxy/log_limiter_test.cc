#include "proxy/log_limiter.h"

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace headgate::proxy {
namespace {

Instant At(int64_t us) { return {.monotonic_us = us, .unix_us = us}; }

TEST(LogLimiterTest, LetsTheFirstPassAndThenOnePerInterval) {
  LogLimiter limiter;
  EXPECT_EQ(limiter.Admit("a", At(1)), 0);
  EXPECT_EQ(limiter.Admit("a", At(2)), std::nullopt);
  EXPECT_EQ(limiter.Admit("a", At(3)), std::nullopt);
  EXPECT_EQ(limiter.Admit("a", At(LogLimiter::kIntervalUs)), std::nullopt);
  EXPECT_EQ(limiter.Admit("a", At(LogLimiter::kIntervalUs + 1)), 3);
  EXPECT_EQ(limiter.Admit("a", At(3 * LogLimiter::kIntervalUs)), 0);
}

TEST(LogLimiterTest, KeysDoNotSilenceEachOther) {
  LogLimiter limiter;
  EXPECT_EQ(limiter.Admit("a", At(1)), 0);
  EXPECT_EQ(limiter.Admit("b", At(1)), 0);
}

TEST(LogLimiterTest, TooManyKeysShareOne) {
  LogLimiter limiter;
  for (size_t i = 0; i < LogLimiter::kKeysMax; ++i) {
    EXPECT_EQ(limiter.Admit(StrCat("key", i), At(1)), 0);
  }
  EXPECT_EQ(limiter.Admit("one more", At(1)), 0);
  EXPECT_EQ(limiter.Admit("and another", At(1)), std::nullopt);
}

TEST(UpstreamWarningTest, TellsWhatReallyCame) {
  policy::CompiledService service;
  service.name = "agora-chat";
  policy::Decision decision;
  decision.service = &service;
  ExchangeRecord record;
  record.decision = &decision;
  record.request_id = "req-1";
  record.method = "GET";
  record.path = "/acme/chat/chatrooms/1";
  record.upstream = "http://127.0.0.1:9001";
  record.upstream_status = 200;
  record.status = 500;
  record.mapped = "content_type";
  record.detail = "text/html: <html>\n";
  EXPECT_EQ(UpstreamWarning(record, 0),
            "undocumented answer of http://127.0.0.1:9001 (service agora-chat, "
            "GET /acme/chat/chatrooms/1, request req-1): content_type, status "
            "200, text/html: <html>\\x0a; answered 500");
  EXPECT_TRUE(UpstreamWarning(record, 7).ends_with(
      "; answered 500 (7 more like it since the last warning)"));
}

}  // namespace
}  // namespace headgate::proxy
