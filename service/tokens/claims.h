// What stands in a token: a JSON object of the claims that PASETO registers and
// the family's own.
//
//   {"iss":"headgate","typ":"chat-member","aud":"backend",
//    "sub":"123e4567-e89b-12d3-a456-426614174000",
//    "iat":"2026-11-21T12:00:00.123Z","nbf":"2026-11-21T12:00:00.123Z",
//    "exp":"2026-11-22T12:00:00Z","jti":"JhMNcRsKcaEOzDjnvcKcsg",
//    "chat_id":"...","permissions":["PermissionChatMute"],
//    "permission_numbers":[103],"metadata":{"mcuStream":"true"}}
//
// Times are RFC 3339 texts, as PASETO asks; `iat` has milliseconds, so that
// "all tokens of this user before now" is exact. docs/tokens.md tells the rest.
//
// Pure; thread-safe.
#ifndef HEADGATE_SERVICE_TOKENS_CLAIMS_H_
#define HEADGATE_SERVICE_TOKENS_CLAIMS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headgate::service {

// No token lives longer; what "for ever" means.
inline constexpr int64_t kTokenLifetimeMaxS = 4'294'967'295;

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
inline constexpr std::array kTokenKinds = {
    TokenKind::kAppAccess,    TokenKind::kUserAccess,
    TokenKind::kMemberAccess, TokenKind::kMemberRefresh,
    TokenKind::kMemberStream, TokenKind::kMemberChat,
    TokenKind::kChatMember,   TokenKind::kRoomMember};
// "app-access", ...: the purpose in the implicit assertion and in the claim
// `typ`.
std::string_view TokenPurpose(TokenKind kind);
std::optional<TokenKind> TokenKindFromPurpose(std::string_view purpose);

struct TokenClaims {
  using Texts = std::vector<std::pair<std::string, std::string>>;

  TokenKind kind = TokenKind::kAppAccess;
  std::string issuer;         // filled in by Issue
  std::string audience;       // the app: "acme#chat", "ffl-dev-1", "backend"
  std::string subject;        // the user; empty: the app itself
  int64_t issued_ms = 0;      // since 1970; filled in by Issue
  int64_t not_before_ms = 0;  // filled in by Issue
  int64_t expires_s = 0;
  std::string id;  // jti: 128 random bits; filled in by Issue
  // The family's own: names with texts, as "chat_id", "user_name". None of the
  // registered names.
  Texts texts;
  std::vector<std::string> permissions;
  std::vector<int64_t> permission_numbers;  // beside the names
  Texts metadata;
};

// 9999-12-31T23:59:59Z: the last second that can be written. For tokens "for
// ever".
inline constexpr int64_t kNeverExpires = 253402300799;

std::string WriteClaims(const TokenClaims& claims);
// Nothing if the payload is not an object, or lacks one of the claims that
// every token has (all above but `sub`), or has one of a wrong type. Claims
// that are neither known nor texts are left out.
std::optional<TokenClaims> ReadClaims(std::string_view payload);

// What issuer, purpose and audience are to a token: its implicit assertion. One
// per line; neither issuer nor purpose can hold a line feed.
std::string TokenAssertion(std::string_view issuer, TokenKind kind,
                           std::string_view audience);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_CLAIMS_H_
