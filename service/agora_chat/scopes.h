// Whose an entry of the store is: the scopes of agora-chat's tables.
//
//   agora-chat/acme#chat                          users, rooms, counters
//   agora-chat/acme#chat/users/amy                the rooms that she is in
//   agora-chat/acme#chat/rooms/17637660000123     mutes
//   agora-chat/acme#chat/rooms/17637660000123/members   a list
//
// Names of apps, users and rooms hold no '/' that could make two scopes one:
// user names and room ids by their charset, and an app key is the operator's.
#ifndef HEADGATE_SERVICE_AGORA_CHAT_SCOPES_H_
#define HEADGATE_SERVICE_AGORA_CHAT_SCOPES_H_

#include <string>
#include <string_view>

#include "base/strings.h"
#include "service/call.h"

namespace headgate::service::agora_chat {

inline std::string AppScope(const Call& call) {
  return StrCat("agora-chat/", call.app->app_key);
}
inline std::string UserScope(const Call& call, std::string_view user) {
  return StrCat(AppScope(call), "/users/", user);
}
inline std::string RoomScope(const Call& call, std::string_view room_id) {
  return StrCat(AppScope(call), "/rooms/", room_id);
}
inline std::string SuperAdminScope(const Call& call) {
  return StrCat(AppScope(call), "/super_admins");
}

}  // namespace headgate::service::agora_chat

#endif  // HEADGATE_SERVICE_AGORA_CHAT_SCOPES_H_
