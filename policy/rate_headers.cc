#include "policy/rate_headers.h"

#include <algorithm>
#include <charconv>

#include "base/crypto.h"
#include "base/strings.h"

namespace headgate::policy {
namespace {

constexpr int64_t kSecondUs = 1000000;
constexpr size_t kPartitionKeyBytes = 8;
// RFC 8941 3.3.1: an Integer has at most 15 digits.
constexpr int64_t kIntegerMax = 999999999999999;

int64_t SecondsRoundedUp(int64_t us) {
  return us <= 0 ? 0 : (us - 1) / kSecondUs + 1;
}

void AppendInteger(int64_t value, std::string* out) {
  char digits[20];
  const std::to_chars_result end =
      std::to_chars(digits, digits + sizeof(digits),
                    std::clamp<int64_t>(value, 0, kIntegerMax));
  out->append(digits, end.ptr);
}

void AppendParameter(std::string_view name, int64_t value, std::string* out) {
  out->append(name);
  AppendInteger(value, out);
}

void AppendPartitionKey(std::string_view partition_key, std::string* out) {
  if (!partition_key.empty()) out->append(";pk=").append(partition_key);
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
  AppendParameter(";q=", limit.limit, &text.policy);
  if (limit.window_us % kSecondUs == 0) {
    AppendParameter(";w=", limit.window_us / kSecondUs, &text.policy);
  }
  return text;
}

std::string PartitionKey(std::string_view secret, std::string_view app_key) {
  const Sha256Digest mac = HmacSha256(secret, app_key);
  std::string text = ":";
  AppendBase64(AsBytes(mac).substr(0, kPartitionKeyBytes),
               Base64Alphabet::kStandard, &text);
  text.push_back(':');
  return text;
}

void AppendRateLimitPolicy(const RateHeaderText& text,
                           std::string_view partition_key, std::string* out) {
  out->append(text.policy);
  AppendPartitionKey(partition_key, out);
}

void AppendRateLimit(const RateHeaderText& text, const RateDecision& decision,
                     std::string_view partition_key, std::string* out) {
  out->append(text.item);
  AppendParameter(";r=", decision.remaining, out);
  AppendParameter(";t=", SecondsRoundedUp(decision.reset_after_us), out);
  AppendPartitionKey(partition_key, out);
}

int64_t RetryAfterSeconds(const RateDecision& decision) {
  return std::max<int64_t>({1, SecondsRoundedUp(decision.retry_after_us),
                            SecondsRoundedUp(decision.reset_after_us)});
}

void AppendRetryAfter(const RateDecision& decision, std::string* out) {
  AppendInteger(RetryAfterSeconds(decision), out);
}

}  // namespace headgate::policy
