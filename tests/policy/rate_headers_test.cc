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

std::string PartitionKey(const SipHashKey& secret, std::string_view app_key) {
  std::string key;
  AppendPartitionKey(secret, app_key, &key);
  return key;
}

// The first vector of the authors of SipHash: the key 00 01 .. 0f and no bytes
// give a3817f04ba25a8e6..., which is o4F/BLolqOY= in base64.
TEST(RateHeadersTest, PartitionKeyIsAByteSequenceOfATruncatedHash) {
  const SipHashKey secret = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
  const std::string key = PartitionKey(secret, "");
  EXPECT_EQ(key, ":o4F/BLolqOY=:");
  EXPECT_EQ(PolicyValue("a", 1, 1000000, key),
            "\"a\";q=1;w=1;pk=:o4F/BLolqOY=:");
  RateDecision decision;
  decision.remaining = 7;
  decision.reset_after_us = 1;
  EXPECT_EQ(LimitValue("a", decision, key), "\"a\";r=7;t=1;pk=:o4F/BLolqOY=:");
}

TEST(RateHeadersTest, PartitionKeyDependsOnTheProcessAndTheApp) {
  const SipHashKey secret = NewSipHashKey();
  const std::string key = PartitionKey(secret, "acme#chat");
  EXPECT_EQ(PartitionKey(secret, "acme#chat"), key);
  EXPECT_NE(PartitionKey(secret, "acme#mail"), key);
  EXPECT_NE(PartitionKey(NewSipHashKey(), "acme#chat"), key);
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
