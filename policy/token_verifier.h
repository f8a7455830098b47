// Who can say what a bearer token is worth: the tokens that Headgate issues
// itself are made and opened in service/, which the policy does not know. The
// engine asks this interface.
//
// Thread-safe. Pure but for revocations, which come when they come.
#ifndef HEADGATE_POLICY_TOKEN_VERIFIER_H_
#define HEADGATE_POLICY_TOKEN_VERIFIER_H_

#include <cstdint>
#include <limits>
#include <string_view>

#include "base/clock.h"
#include "policy/identity.h"

namespace headgate::policy {

class CompiledService;  // policy/policy.h
struct CompiledApp;     // policy/policy.h

// Whose good credentials are, and from when until when (excluded), in
// microseconds since 1970, nothing but a revocation can change that.
struct VerifiedCaller {
  Identity identity;
  int64_t good_from_us = std::numeric_limits<int64_t>::min();
  int64_t good_until_us = std::numeric_limits<int64_t>::max();

  bool IsGoodAt(const Instant& now) const {
    return good_from_us <= now.unix_us && now.unix_us < good_until_us;
  }
};

class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;

  // Whether `token` is a live one, issued by us for calls to this app of this
  // service; then `caller` says whose. If not, `reason` is for the log only
  // ("expired", "revoked", "sealed by an unknown key"): callers see one answer
  // for every bad token. A static string.
  virtual bool Verify(const CompiledService& service, const CompiledApp& app,
                      std::string_view token, const Instant& now,
                      VerifiedCaller* caller,
                      std::string_view* reason) const = 0;
  // Another number after each revocation. A token that was verified since this
  // number was read, and still has it, has not been revoked.
  virtual uint64_t revision() const = 0;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_TOKEN_VERIFIER_H_
