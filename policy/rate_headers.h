// The fields that tell a client where it stands: `RateLimit-Policy` and
// `RateLimit` after draft-ietf-httpapi-ratelimit-headers-10, `Retry-After`
// after RFC 9110 10.2.3.
//
//     RateLimit-Policy: "add_chatroom_member";q=100;w=1;pk=:3q2+78r+ur4=:
//     RateLimit: "add_chatroom_member";r=42;t=1;pk=:3q2+78r+ur4=:
//     Retry-After: 1
//
// The item is the operation's name, a structured-field String (RFC 8941). All
// times are whole seconds, rounded up: whoever waits that long is let in.
// `w` is left out for a window that is no whole number of seconds, since the
// draft knows no smaller unit. The partition key is a keyed hash of the app
// key, never the key itself; `pk` is optional, and left out if it is empty.
//
// What stays the same from call to call is made once, when a policy is
// compiled; the Append functions write values (no field name, no CRLF) into a
// buffer that the caller keeps, and allocate nothing once it is warm.
#ifndef HEADGATE_POLICY_RATE_HEADERS_H_
#define HEADGATE_POLICY_RATE_HEADERS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "policy/limiter.h"

namespace headgate::policy {

struct RateHeaderText {
  std::string policy;  // "\"name\";q=100;w=1"
  std::string item;    // "\"name\""
};
RateHeaderText MakeRateHeaderText(std::string_view operation,
                                  const RateLimit& limit);

// ":3q2+78r+ur4=:", the first 8 bytes of SipHash-2-4-128: less work than to
// look it up would be. `secret` is the process's, so that a client cannot link
// apps across servers or restarts.
void AppendPartitionKey(const SipHashKey& secret, std::string_view app_key,
                        std::string* out);

void AppendRateLimitPolicy(const RateHeaderText& text,
                           std::string_view partition_key, std::string* out);
void AppendRateLimit(const RateHeaderText& text, const RateDecision& decision,
                     std::string_view partition_key, std::string* out);

// At least 1, and never before the RateLimit field's `t` (the draft, 6).
int64_t RetryAfterSeconds(const RateDecision& decision);
void AppendRetryAfter(const RateDecision& decision, std::string* out);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_RATE_HEADERS_H_
