#include "policy/rate_headers.h"

#include <string>

#include "gtest/gtest.h"

namespace headgate::policy {
namespace {

std::string PolicyValue(const std::string& name, int64_t limit,
                        int64_t window_us, std::string_view key = "") {
  RateLimit rate;
  rate.limit = limit;
  rate.window_us = window_us;
  std::string out;
  AppendRateLimitPolicy(MakeRateHeaderText(name, rate), key, &out);
  return out;
}

std::string LimitValue(const std::string& name, const RateDecision& decision,
                       std::string_view key = "") {
  std::string out;
  AppendRateLimit(MakeRateHeaderText(name, RateLimit()), decision, key, &out);
  return out;
}

TEST(RateHeadersTest, PolicyNamesTheOperationItsQuotaAndWindow) {
  EXPECT_EQ(PolicyValue("add_chatroom_member", 100, 1000000),
            "\"add_chatroom_member\";q=100;w=1");
  EXPECT_EQ(PolicyValue("daily", 0, 86400000000), "\"daily\";q=0;w=86400");
}

TEST(RateHeadersTest, LeavesOutAWindowThatIsNoWholeNumberOfSeconds) {
  EXPECT_EQ(PolicyValue("a", 5, 500000), "\"a\";q=5");
  EXPECT_EQ(PolicyValue("a", 5, 1500000), "\"a\";q=5");
}

TEST(RateHeadersTest, EscapesTheNameAsAStructuredString) {
  EXPECT_EQ(PolicyValue("a\"b\\c\n\xc3", 1, 1000000),
            "\"a\\\"b\\\\c??\";q=1;w=1");
}

TEST(RateHeadersTest, LimitSaysWhatRemainsAndRoundsTheTimeUp) {
  RateDecision decision;
  decision.remaining = 42;
  struct Row {
    int64_t us;
    std::string text;
  };
  for (const Row& row :
       {Row{0, "\"x\";r=42;t=0"}, Row{1, "\"x\";r=42;t=1"},
        Row{1000000, "\"x\";r=42;t=1"}, Row{1000001, "\"x\";r=42;t=2"}}) {
    decision.reset_after_us = row.us;
    EXPECT_EQ(LimitValue("x", decision), row.text);
  }
}

TEST(RateHeadersTest, NoIntegerHasMoreThanFifteenDigitsOrASign) {
  RateDecision decision;
  decision.remaining = 1000000000000000;
  decision.reset_after_us = -1;
  EXPECT_EQ(LimitValue("x", decision), "\"x\";r=999999999999999;t=0");
}

TEST(RateHeadersTest, PartitionKeyIsAByteSequenceOfATruncatedHmac) {
  // HMAC-SHA256("Jefe", "what do ya want for nothing?") = 5bdcc146bf60754e...
  const std::string key = PartitionKey("Jefe", "what do ya want for nothing?");
  EXPECT_EQ(key, ":W9zBRr9gdU4=:");
  EXPECT_EQ(PolicyValue("a", 1, 1000000, key),
            "\"a\";q=1;w=1;pk=:W9zBRr9gdU4=:");
  RateDecision decision;
  decision.remaining = 7;
  decision.reset_after_us = 1;
  EXPECT_EQ(LimitValue("a", decision, key), "\"a\";r=7;t=1;pk=:W9zBRr9gdU4=:");
}

TEST(RateHeadersTest, RetryAfterIsWholeSecondsAndAtLeastOne) {
  struct Row {
    int64_t retry_us, reset_us;
    std::string text;
  };
  for (const Row& row : {Row{0, 0, "1"}, Row{1, 1, "1"}, Row{1000000, 0, "1"},
                         Row{1000001, 0, "2"}, Row{86400000000, 0, "86400"},
                         // Not earlier than RateLimit's `t`, draft section 6.
                         Row{100000, 2500000, "3"}}) {
    RateDecision decision;
    decision.allowed = false;
    decision.retry_after_us = row.retry_us;
    decision.reset_after_us = row.reset_us;
    std::string out;
    AppendRetryAfter(decision, &out);
    EXPECT_EQ(out, row.text);
  }
}

TEST(RateHeadersTest, AppendsToWhatIsThere) {
  std::string out = "RateLimit: ";
  AppendRateLimit(MakeRateHeaderText("x", RateLimit()), RateDecision(), "",
                  &out);
  EXPECT_EQ(out, "RateLimit: \"x\";r=0;t=0");
}

}  // namespace
}  // namespace headgate::policy
