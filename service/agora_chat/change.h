// What became of one user in a call that removes or lists one or many:
//
//   {"result":true,"action":"remove_member","user":"bob","id":"1763766000"}
//   {"result":false,"action":"remove_member","reason":"user: bob doesn't exist
//    in group: 1763766000","user":"bob","id":"1763766000"}
#ifndef HEADGATE_SERVICE_AGORA_CHAT_CHANGE_H_
#define HEADGATE_SERVICE_AGORA_CHAT_CHANGE_H_

#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "service/agora_chat/room.h"

namespace headgate::service::agora_chat {

// Why nothing was done; empty: it was done.
using Reason = std::string;

Reason OwnerIsProtected();
Reason NotInRoom(const Room& room, std::string_view user);
// The user is an admin, and the caller may not manage admins.
Reason AdminIsProtected();

struct Change {
  const char* action;
  const Room& room;
  std::string_view user;
  Reason reason;
};
void WriteChange(const Change& change, JsonWriter* writer);

}  // namespace headgate::service::agora_chat

#endif  // HEADGATE_SERVICE_AGORA_CHAT_CHANGE_H_
