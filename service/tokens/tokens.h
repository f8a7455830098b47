// Issues and opens the tokens of the standalone services: PASETO v4 with the
// claims that they share. Opaque to clients; what stands in one is for those
// who receive it.
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
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "policy/policy.h"
#include "policy/token_verifier.h"
#include "service/runtime.h"

namespace headgate::service {

enum class TokenKind {
  kAppAccess,      // agora-chat: acts for the app
  kUserAccess,     // agora-chat: acts for a user
  kMemberAccess,   // flipflop: login, login-as-guest
  kMemberRefresh,  // flipflop
  kMemberStream,   // flipflop: streamingToken
  kMemberChat,     // flipflop: chatToken
  kChatMember,     // private-services: chat
  kRoomMember,     // private-services: room
};
// "app-access", ...: the purpose in the implicit assertion and in the claim
// `typ`.
std::string_view TokenPurpose(TokenKind kind);

struct TokenClaims {
  TokenKind kind = TokenKind::kAppAccess;
  std::string audience;   // the app: "acme#chat", "ffl-dev-1", "backend"
  std::string subject;    // the user; empty: the app itself
  int64_t issued_ms = 0;  // since 1970; filled in by Issue
  int64_t expires_s = 0;
  std::string id;  // jti: 128 random bits; filled in by Issue
  // The family's own: names with texts or lists of texts, as "room", "chat",
  // "user_name", "permissions", "metadata".
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<std::string> permissions;
  std::vector<std::pair<std::string, std::string>> metadata;
};

class Tokens final : public policy::TokenVerifier {
 public:
  static constexpr size_t kTokenBytesMax = 16 * 1024;

  // INVALID_ARGUMENT: a key of the config cannot be used; the message has its
  // place in the file.
  static absl::StatusOr<std::unique_ptr<Tokens>> Create(
      const config::Config& config, Runtime* runtime);
  ~Tokens() override;

  // tokens.lifetime, in seconds.
  int64_t lifetime_s() const { return lifetime_s_; }
  // Fills in issued_ms, id and, where it is 0, expires_s.
  std::string Issue(TokenClaims* claims, const Instant& now) const;
  // The claims of a live token of this kind and audience. INVALID_ARGUMENT: any
  // bad token; the message is the reason, for the log only.
  absl::StatusOr<TokenClaims> Open(TokenKind kind, std::string_view audience,
                                   std::string_view token,
                                   const Instant& now) const;

  // TokenVerifier: agora-chat's bearer tokens.
  bool Verify(const policy::CompiledService& service,
              const policy::CompiledApp& app, std::string_view token,
              const Instant& now, policy::Identity* identity,
              std::string_view* reason) const override;

 private:
  Tokens();
  int64_t lifetime_s_ = 0;
  class Revocations* revocations_ = nullptr;
  std::unique_ptr<class KeyRing> keys_;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_TOKENS_H_
