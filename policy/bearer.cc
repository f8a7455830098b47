#include "policy/bearer.h"

#include "base/strings.h"
#include "policy/access_token2.h"

namespace headgate::policy {
namespace {

// Empty: a good one.
std::string_view WhyBad(AccessToken2Check check) {
  switch (check) {
    case AccessToken2Check::kValid:
      return "";
    case AccessToken2Check::kOtherApp:
      return "AccessToken2 of another app";
    case AccessToken2Check::kBadSignature:
      return "AccessToken2 with a bad signature";
    case AccessToken2Check::kExpired:
      return "AccessToken2 that has expired";
  }
  return "AccessToken2 that cannot be judged";
}

std::string_view VerifyAccessToken2(const BearerToken& bearer,
                                    const Instant& now,
                                    VerifiedCaller* verified) {
  const config::App& app = bearer.app.spec;
  if (app.certificate.empty()) return "AccessToken2, and no certificate";
  const absl::StatusOr<AccessToken2> token = ParseAccessToken2(bearer.text);
  if (!token.ok()) return "AccessToken2 that cannot be read";
  const std::string_view bad = WhyBad(
      CheckAccessToken2(*token, app.app_id, app.certificate.Reveal(), now));
  if (!bad.empty()) return bad;
  const std::optional<ChatCaller> caller = ChatCallerOf(*token, now);
  if (!caller) return "AccessToken2 without a live chat privilege";
  verified->identity.kind =
      caller->app ? Identity::Kind::kApp : Identity::Kind::kUser;
  verified->identity.user = AsciiLower(caller->user);
  verified->good_until_us = caller->until_us;
  return "";
}

}  // namespace

bool VerifyBearer(const BearerToken& token, const TokenVerifier* tokens,
                  const Instant& now, VerifiedCaller* caller,
                  std::string_view* reason) {
  if (IsAccessToken2(token.text)) {
    *reason = VerifyAccessToken2(token, now, caller);
    return reason->empty();
  }
  if (tokens == nullptr) {
    *reason = "no AccessToken2, and no tokens are issued here";
    return false;
  }
  return tokens->Verify(token.service, token.app, token.text, now, caller,
                        reason);
}

}  // namespace headgate::policy
