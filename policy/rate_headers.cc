#include "policy/rate_headers.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/appender.h"
#include "base/strings.h"

namespace headgate::policy {
namespace {

constexpr int64_t kSecondUs = 1000000;
constexpr size_t kPartitionKeyBytes = 8;
// Room for one of the fields.
constexpr size_t kFieldBytes = 128;
// RFC 8941 3.3.1: an Integer has at most 15 digits.
constexpr int64_t kIntegerMax = 999999999999999;

int64_t SecondsRoundedUp(int64_t us) {
  return us <= 0 ? 0 : (us - 1) / kSecondUs + 1;
}

int64_t Integer(int64_t value) {
  return std::clamp<int64_t>(value, 0, kIntegerMax);
}

// What stands before a partition key.
std::string_view KeyName(std::string_view partition_key) {
  return partition_key.empty() ? "" : ";pk=";
}

// RFC 8941 3.3.3: printable ASCII in quotes, with \" and \\. Names of
// operations are no more than that; another byte is shown as '?'.
std::string StringItem(std::string_view text) {
  std::string item = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') item.push_back('\\');
    item.push_back(c >= ' ' && c <= '~' ? c : '?');
  }
  item.push_back('"');
  return item;
}

}  // namespace

RateHeaderText MakeRateHeaderText(std::string_view operation,
                                  const RateLimit& limit) {
  RateHeaderText text;
  text.item = StringItem(operation);
  text.policy = text.item;
  StrAppend(&text.policy, ";q=", Integer(limit.limit));
  if (limit.window_us % kSecondUs == 0) {
    StrAppend(&text.policy, ";w=", Integer(limit.window_us / kSecondUs));
  }
  return text;
}

void AppendPartitionKey(const SipHashKey& secret, std::string_view app_key,
                        std::string* out) {
  const auto bytes = std::bit_cast<std::array<char, kPartitionKeyBytes>>(
      SipHash128(secret, app_key)[0]);
  out->push_back(':');
  AppendBase64(AsBytes(bytes), Base64Alphabet::kStandard, out);
  out->push_back(':');
}

void AppendRateLimitPolicy(const RateHeaderText& text,
                           std::string_view partition_key, std::string* out) {
  Appender(out, kFieldBytes)
      .Add(text.policy, KeyName(partition_key), partition_key);
}

void AppendRateLimit(const RateHeaderText& text, const RateDecision& decision,
                     std::string_view partition_key, std::string* out) {
  Appender(out, kFieldBytes)
      .Add(text.item, ";r=", Integer(decision.remaining),
           ";t=", Integer(SecondsRoundedUp(decision.reset_after_us)),
           KeyName(partition_key), partition_key);
}

int64_t RetryAfterSeconds(const RateDecision& decision) {
  return std::max<int64_t>({1, SecondsRoundedUp(decision.retry_after_us),
                            SecondsRoundedUp(decision.reset_after_us)});
}

void AppendRetryAfter(const RateDecision& decision, std::string* out) {
  StrAppend(out, Integer(RetryAfterSeconds(decision)));
}

}  // namespace headgate::policy
