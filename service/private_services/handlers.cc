#include "service/private_services/handlers.h"

#include "service/private_services/operations.h"

namespace headgate::service {
namespace {

constexpr Handler kHandlers[] = {
    {.name = "create_chat_member_token",
     .direct = &private_services::CreateChatMemberTokens},
    {.name = "create_room_member_token",
     .direct = &private_services::CreateRoomMemberTokens},
    {.name = "revoke_chat_member_token",
     .write = &private_services::RevokeTokens},
    {.name = "revoke_room_member_token",
     .write = &private_services::RevokeTokens},
    {.name = "introspect_token", .direct = &private_services::IntrospectToken},
    {.name = "list_paseto_keys",
     .direct = &private_services::ListPasetoKeys,
     .needs_app = false},
};

}  // namespace

absl::Span<const Handler> PrivateServicesHandlers() { return kHandlers; }

}  // namespace headgate::service
