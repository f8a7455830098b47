#include "service/tokens/tokens.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "base/crypto.h"
#include "base/strings.h"

namespace headgate::service {
namespace {

constexpr size_t kIdBytes = 16;

int64_t SecondsOf(const Instant& now) { return now.unix_us / 1000000; }

std::vector<KeyRing::Source> SourcesOf(
    const config::Tokens& options, const std::vector<std::string>& own_keys) {
  std::vector<KeyRing::Source> sources;
  for (const config::TokenKey& key : options.keys) {
    sources.push_back({key.at.ToString(), key.secret.Reveal()});
  }
  if (!sources.empty()) return sources;
  for (const std::string& key : own_keys) {
    sources.push_back({"the key that was made here", key});
  }
  return sources;
}

}  // namespace

Tokens::Tokens() = default;
Tokens::~Tokens() = default;

absl::StatusOr<std::unique_ptr<Tokens>> Tokens::Create(
    const config::Config& config, Runtime* runtime) {
  std::vector<std::string> own_keys;
  if (config.tokens.keys.empty()) {
    auto made = runtime->OwnTokenKeys();
    if (!made.ok()) return made.status();
    own_keys = *std::move(made);
  }
  return Create(config.tokens, own_keys, &runtime->revocations());
}

absl::StatusOr<std::unique_ptr<Tokens>> Tokens::Create(
    const config::Tokens& options, const std::vector<std::string>& own_keys,
    const Revocations* revocations) {
  auto keys = KeyRing::Create(SourcesOf(options, own_keys), options.format);
  if (!keys.ok()) return keys.status();
  std::unique_ptr<Tokens> tokens(new Tokens);
  tokens->lifetime_s_ = absl::ToInt64Seconds(options.lifetime);
  tokens->issuer_ = options.issuer;
  tokens->revocations_ = revocations;
  tokens->keys_ = *std::move(keys);
  return tokens;
}

std::string Tokens::Issue(TokenClaims* claims, const Instant& now) const {
  claims->issuer = issuer_;
  claims->issued_ms = now.unix_ms();
  // Not earlier by a part of a second: paseto-ts refuses nbf before iat.
  claims->not_before_ms = claims->issued_ms;
  if (claims->expires_s == 0) claims->expires_s = EndOf(now, lifetime_s_);
  claims->expires_s = std::min(claims->expires_s, kNeverExpires);
  claims->id = Base64Encode(RandomBytes(kIdBytes), Base64Alphabet::kUrl);
  return keys_->Seal(WriteClaims(*claims),
                     TokenAssertion(issuer_, claims->kind, claims->audience));
}

std::string_view Tokens::WhyNotLive(const TokenClaims& claims,
                                    const Instant& now) const {
  const int64_t now_s = SecondsOf(now);
  if (now_s >= claims.expires_s) return "expired";
  if (now.unix_ms() + kSkewSeconds * 1000 < claims.not_before_ms) {
    return "not good yet";
  }
  if (revocations_ != nullptr &&
      revocations_->IsRevoked(claims.id, claims.audience, claims.subject,
                              claims.issued_ms)) {
    return "revoked";
  }
  return "";
}

std::string_view Tokens::OpenOrWhy(const std::vector<TokenKind>& kinds,
                                   std::string_view audience,
                                   std::string_view token, const Instant& now,
                                   TokenClaims* claims) const {
  if (token.size() > kTokenBytesMax) return "too long";
  const std::optional<Paseto> paseto = ParsePaseto(token, kTokenBytesMax);
  if (!paseto) return "not a token of ours";
  if (!keys_->Knows(*paseto)) return "sealed with an unknown key";
  std::optional<std::string> payload;
  auto kind = kinds.begin();
  for (; kind != kinds.end(); ++kind) {
    payload = keys_->Open(*paseto, TokenAssertion(issuer_, *kind, audience));
    if (payload) break;
  }
  if (!payload) return "altered, or of another kind, app or issuer";
  std::optional<TokenClaims> read = ReadClaims(*payload);
  // The assertion says the same; whoever else has the key may err.
  if (!read || read->issuer != issuer_ || read->audience != audience ||
      read->kind != *kind) {
    return "claims missing or not those of its purpose";
  }
  *claims = *std::move(read);
  return WhyNotLive(*claims, now);
}

absl::StatusOr<TokenClaims> Tokens::Open(TokenKind kind,
                                         std::string_view audience,
                                         std::string_view token,
                                         const Instant& now) const {
  return OpenAnyOf({kind}, audience, token, now);
}

absl::StatusOr<TokenClaims> Tokens::OpenAnyOf(
    const std::vector<TokenKind>& kinds, std::string_view audience,
    std::string_view token, const Instant& now) const {
  TokenClaims claims;
  const std::string_view why = OpenOrWhy(kinds, audience, token, now, &claims);
  if (!why.empty()) return absl::InvalidArgumentError(ToAbsl(why));
  return claims;
}

bool Tokens::Verify(const policy::CompiledService& service,
                    const policy::CompiledApp& app, std::string_view token,
                    const Instant& now, policy::VerifiedCaller* caller,
                    std::string_view* reason) const {
  static const std::vector<TokenKind> kinds = {TokenKind::kUserAccess,
                                               TokenKind::kAppAccess};
  static_cast<void>(service);  // the app key is its own in every family
  TokenClaims claims;
  *reason = OpenOrWhy(kinds, app.app_key, token, now, &claims);
  if (!reason->empty()) return false;
  const bool app_token = claims.kind == TokenKind::kAppAccess;
  caller->identity.kind =
      app_token ? policy::Identity::Kind::kApp : policy::Identity::Kind::kUser;
  caller->identity.user = claims.subject;
  caller->good_from_us = (claims.not_before_ms - kSkewSeconds * 1000) * 1000;
  caller->good_until_us = claims.expires_s * 1000000;
  return true;
}

}  // namespace headgate::service
