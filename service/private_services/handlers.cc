#include "service/private_services/handlers.h"

#include "service/private_services/operations.h"

namespace headgate::service {
namespace {

// Every key belongs to an app. An operator's contract may let in who has none.
bool HasApp(Call* call) {
  return call->app != nullptr || call->Refuse("unauthenticated");
}

template <void (*kOperation)(const Tools&, Call&)>
void Direct(const Tools& tools, Call& call) {
  if (HasApp(&call)) kOperation(tools, call);
}
template <bool (*kOperation)(const Tools&, Call&, Transaction&)>
bool Write(const Tools& tools, Call& call, Transaction& transaction) {
  return HasApp(&call) && kOperation(tools, call, transaction);
}

constexpr Handler kHandlers[] = {
    {.name = "create_chat_member_token",
     .direct = Direct<private_services::CreateChatMemberTokens>},
    {.name = "create_room_member_token",
     .direct = Direct<private_services::CreateRoomMemberTokens>},
    {.name = "revoke_chat_member_token",
     .write = Write<private_services::RevokeTokens>},
    {.name = "revoke_room_member_token",
     .write = Write<private_services::RevokeTokens>},
    {.name = "introspect_token",
     .direct = Direct<private_services::IntrospectToken>},
    {.name = "list_paseto_keys", .direct = private_services::ListPasetoKeys},
};

}  // namespace

absl::Span<const Handler> PrivateServicesHandlers() { return kHandlers; }

}  // namespace headgate::service
