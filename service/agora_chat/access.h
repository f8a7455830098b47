// Who may do what to a room (contract page "agora-chat", "Role rules"): only an
// app token, the owner or an admin manages regular members; only an app token
// or the owner manages admins and disbands the room.
#ifndef HEADGATE_SERVICE_AGORA_CHAT_ACCESS_H_
#define HEADGATE_SERVICE_AGORA_CHAT_ACCESS_H_

#include <optional>
#include <string>
#include <string_view>

#include "service/agora_chat/room.h"
#include "service/call.h"

namespace headgate::service::agora_chat {

enum class Role { kAnyone, kAdmin, kOwner };

// The room that the path names, if the caller has the role; an app token has
// every role. nullopt: the call is refused, with `unknown` where there is no
// such room.
std::optional<Room> OpenRoom(Call& call, Role role, Transaction& transaction,
                             std::string_view unknown = "unknown_room");
// Whether a caller who manages the room's members may act on this user: on an
// admin or the owner, only an app token or the owner may.
bool MayManage(const Call& call, const Room& room, std::string_view user);

// For calls that are the app's, not a room's. False: the call is refused.
bool RequireApp(Call& call);
// The app, or this user.
bool RequireAppOr(Call& call, std::string_view user);

// What the operator chose where the contract leaves a choice; else its first.
std::string_view Setting(const Call& call, const std::string& name);
// Whether the user may be in one room more (the setting rooms_per_user_max).
// False: the call is refused.
bool MayJoinAnother(Call& call, std::string_view user,
                    Transaction& transaction);

}  // namespace headgate::service::agora_chat

#endif  // HEADGATE_SERVICE_AGORA_CHAT_ACCESS_H_
