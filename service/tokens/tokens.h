// Issues and opens the tokens of the standalone services: PASETO v4 with the
// claims that they share (service/tokens/claims.h). Opaque to clients; what
// stands in one is for those who receive it.
//
// Each kind has its own purpose, which with issuer and audience is the implicit
// assertion: a token of one kind or app never opens as another.
//
// One Tokens per policy (the key ring is the config's). Immutable, thread-safe
// but for the revocations, which are the runtime's.
#ifndef HEADGATE_SERVICE_TOKENS_TOKENS_H_
#define HEADGATE_SERVICE_TOKENS_TOKENS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "policy/policy.h"
#include "policy/token_verifier.h"
#include "service/runtime.h"
#include "service/tokens/claims.h"
#include "service/tokens/key_ring.h"
#include "service/tokens/revocations.h"

namespace headgate::service {

class Tokens final : public policy::TokenVerifier {
 public:
  // Longer texts are refused unread. The longest that is issued: a room token
  // with 4 KiB of metadata, every byte of it escaped as six.
  static constexpr size_t kTokenBytesMax = 40 * 1024;
  // A token that begins to be good later than now by more than this is refused:
  // clocks of two machines differ. Its end is exact.
  static constexpr int64_t kSkewSeconds = 30;

  // INVALID_ARGUMENT: a key of the config cannot be used; the message has its
  // place in the file. Without keys there, the runtime's own are used; an error
  // of theirs is passed on.
  static absl::StatusOr<std::unique_ptr<Tokens>> Create(
      const config::Config& config, Runtime* runtime);
  // The same without a runtime, for the command line: the keys that were made
  // here as a list; `revocations` null: none are known.
  static absl::StatusOr<std::unique_ptr<Tokens>> Create(
      const config::Tokens& options, const std::vector<std::string>& own_keys,
      const Revocations* revocations);
  ~Tokens() override;

  // The end of a token that is to live so long from now on. `exp` has whole
  // seconds: it lives up to one longer, never shorter than was promised.
  static int64_t EndOf(const Instant& now, int64_t lifetime_s) {
    return (now.unix_us + 999999) / 1000000 + lifetime_s;
  }
  // tokens.lifetime, in seconds.
  int64_t lifetime_s() const { return lifetime_s_; }
  const std::string& issuer() const { return issuer_; }
  std::vector<KeyRing::Published> published() const {
    return keys_->published();
  }

  // Fills in issuer, issued_ms, not_before_ms, id and, where it is 0, expires_s
  // (what cannot be written becomes kNeverExpires).
  std::string Issue(TokenClaims* claims, const Instant& now) const;
  // The claims of a live token of this kind and audience. INVALID_ARGUMENT: any
  // bad token; the message is the reason, for the log only.
  absl::StatusOr<TokenClaims> Open(TokenKind kind, std::string_view audience,
                                   std::string_view token,
                                   const Instant& now) const;
  // The same where the kind is one of several.
  absl::StatusOr<TokenClaims> OpenAnyOf(const std::vector<TokenKind>& kinds,
                                        std::string_view audience,
                                        std::string_view token,
                                        const Instant& now) const;

  // For an operator: why the token is not good ("": it is), and what stands in
  // it, which is more than the defaults (an id) as soon as a key opens it,
  // whether it is still live or not.
  std::string_view Inspect(const std::vector<TokenKind>& kinds,
                           std::string_view audience, std::string_view token,
                           const Instant& now, TokenClaims* claims) const {
    return OpenOrWhy(kinds, audience, token, now, claims);
  }

  // TokenVerifier: agora-chat's bearer tokens, of apps and of users.
  bool Verify(const policy::CompiledService& service,
              const policy::CompiledApp& app, std::string_view token,
              const Instant& now, policy::VerifiedCaller* caller,
              std::string_view* reason) const override;
  uint64_t revision() const override {
    return revocations_ == nullptr ? 0 : revocations_->revision();
  }

 private:
  Tokens();
  // Why not, or "" and the claims.
  std::string_view OpenOrWhy(const std::vector<TokenKind>& kinds,
                             std::string_view audience, std::string_view token,
                             const Instant& now, TokenClaims* claims) const;
  std::string_view WhyNotLive(const TokenClaims& claims,
                              const Instant& now) const;

  int64_t lifetime_s_ = 0;
  std::string issuer_;
  const Revocations* revocations_ = nullptr;  // null: none are known
  std::unique_ptr<KeyRing> keys_;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_TOKENS_H_
