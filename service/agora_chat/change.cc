#include "service/agora_chat/change.h"

#include "base/strings.h"

namespace headgate::service::agora_chat {

Reason OwnerIsProtected() { return "Forbidden operation on group owner!"; }

Reason NotInRoom(const Room& room, std::string_view user) {
  return StrCat("user: ", user, " doesn't exist in group: ", room.id());
}

// As group_authorization of the catalogue says it.
Reason AdminIsProtected() {
  return "you have no permission to do this, group admin permission is "
         "required";
}

void WriteChange(const Change& change, JsonWriter* writer) {
  writer->StartObject();
  writer->Member("result", change.reason.empty());
  writer->Member("action", change.action);
  if (!change.reason.empty()) writer->Member("reason", change.reason);
  writer->Member("user", change.user);
  writer->Member("id", change.room.id());
  writer->EndObject();
}

}  // namespace headgate::service::agora_chat
