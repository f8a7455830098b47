// The tokens of members and guests: whom they name, and how long they live.
//
// `aud` is the app's id and `sub` the user's; `user_name` is the name to show,
// and `role` is "member" or "guest". Access, streaming and chat tokens live for
// `tokens.lifetime`, refresh tokens thirty times as long.
//
// Pure functions; thread-safe.
#ifndef HEADGATE_SERVICE_FLIPFLOP_MEMBER_TOKENS_H_
#define HEADGATE_SERVICE_FLIPFLOP_MEMBER_TOKENS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/flipflop/member.h"
#include "service/handler.h"
#include "service/tokens/tokens.h"

namespace headgate::service::flipflop {

struct TokenUser {
  std::string id;
  std::string name;  // to show
  bool is_guest = false;
};
// A member without a name is shown by its appUserId.
TokenUser UserOf(const Member& member);
// Without a name: "GUEST_2Mw...".
TokenUser GuestOf(std::string id, const std::optional<std::string>& name);

// Of the call's app.
std::string IssueToken(const Tools& tools, const Call& call, TokenKind kind,
                       const TokenUser& user);

// The guest's id in a live token of login-as-guest. INVALID_ARGUMENT: any other
// text; the message is for the log.
absl::StatusOr<std::string> OpenGuestToken(const Tools& tools, const Call& call,
                                           std::string_view token);

// All tokens of these users end: part of the transaction, and in force when it
// is kept.
void RevokeTokens(const Tools& tools, std::vector<std::string> user_ids,
                  Call* call, Transaction* transaction);

}  // namespace headgate::service::flipflop

#endif  // HEADGATE_SERVICE_FLIPFLOP_MEMBER_TOKENS_H_
