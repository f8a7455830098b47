// One argument of Create, which the policy has checked and folded, as the
// claims of its token:
//
//   {"user_id":U,"chat_id":C,"permissions":["PermissionChatMute"]}
//   -> sub U, chat_id C, permissions and their numbers, metadata
//
// Pure; thread-safe.
#ifndef HEADGATE_SERVICE_PRIVATE_SERVICES_ARGUMENT_H_
#define HEADGATE_SERVICE_PRIVATE_SERVICES_ARGUMENT_H_

#include <string_view>

#include "base/json_reader.h"
#include "policy/policy.h"
#include "service/tokens/claims.h"

namespace headgate::service::private_services {

// What tokens of the kind are for, the name of the argument's field and of the
// claim: "chat_id", "room_id". REQUIRES: kChatMember or kRoomMember.
std::string_view PlaceOf(TokenKind kind);

// What the contract asks for is there; an operator's own may ask for less: then
// texts are empty.
TokenClaims ClaimsOf(TokenKind kind, const policy::CompiledService& service,
                     const policy::CompiledApp& app, JsonValue argument);

}  // namespace headgate::service::private_services

#endif  // HEADGATE_SERVICE_PRIVATE_SERVICES_ARGUMENT_H_
