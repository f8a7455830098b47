#include "service/flipflop/member_tokens.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "service/tokens/revocations.h"

namespace headgate::service::flipflop {
namespace {

constexpr int64_t kRefreshLifetimes = 30;
// A revocation outlives tokens that were issued under a longer
// `tokens.lifetime` than today's.
constexpr int64_t kRevocationSecondsMin = int64_t{365} * 24 * 3600;

constexpr char kRole[] = "role";
constexpr char kGuest[] = "guest";
constexpr char kMember[] = "member";

int64_t LifetimeSeconds(const Tools& tools, TokenKind kind) {
  const int64_t lifetime_s = tools.tokens.lifetime_s();
  return kind == TokenKind::kMemberRefresh ? lifetime_s * kRefreshLifetimes
                                           : lifetime_s;
}

bool IsGuestToken(const TokenClaims& claims) {
  const std::pair<std::string, std::string> role(kRole, kGuest);
  return std::find(claims.texts.begin(), claims.texts.end(), role) !=
         claims.texts.end();
}

}  // namespace

TokenUser UserOf(const Member& member) {
  return {.id = member.app_user_id,
          .name = member.name.value_or(member.app_user_id)};
}

TokenUser GuestOf(std::string id, const std::optional<std::string>& name) {
  std::string shown = name ? *name : StrCat("GUEST_", id);
  return {.id = std::move(id), .name = std::move(shown), .is_guest = true};
}

std::string IssueToken(const Tools& tools, const Call& call, TokenKind kind,
                       const TokenUser& user) {
  TokenClaims claims;
  claims.kind = kind;
  claims.audience = AppIdOf(*call.app);
  claims.subject = user.id;
  claims.expires_s = Tokens::EndOf(call.now, LifetimeSeconds(tools, kind));
  claims.texts = {{"user_name", user.name},
                  {kRole, user.is_guest ? kGuest : kMember}};
  return tools.tokens.Issue(&claims, call.now);
}

absl::StatusOr<std::string> OpenGuestToken(const Tools& tools, const Call& call,
                                           std::string_view token) {
  auto claims = tools.tokens.Open(TokenKind::kMemberAccess, AppIdOf(*call.app),
                                  token, call.now);
  if (!claims.ok()) return claims.status();
  if (IsGuestToken(*claims)) return std::move(claims->subject);
  return absl::InvalidArgumentError("the token is a member's, no guest's");
}

void RevokeTokens(const Tools& tools, std::vector<std::string> user_ids,
                  Call* call, Transaction* transaction) {
  const std::string& audience = AppIdOf(*call->app);
  const int64_t now_ms = call->now.unix_ms();
  const int64_t forget_s =
      now_ms / 1000 +
      std::max(kRevocationSecondsMin,
               LifetimeSeconds(tools, TokenKind::kMemberRefresh));
  for (const std::string& user : user_ids) {
    Revocations::PutSubject(transaction, audience, user, now_ms, forget_s);
  }
  call->on_kept = [revocations = &tools.runtime.revocations(), audience,
                   users = std::move(user_ids), now_ms, forget_s] {
    for (const std::string& user : users) {
      revocations->EnforceSubject(audience, user, now_ms, forget_s);
    }
  };
}

}  // namespace headgate::service::flipflop
