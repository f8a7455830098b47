// The admins of a room: at most 99, each a member.
#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"

namespace headgate::service::agora_chat {
namespace {

// "success" is a text, not a boolean: clients test for it.
bool ReplySuccess(Call& call, std::string_view key, std::string_view user) {
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartObject();
    writer.Member("result", "success");
    writer.Member(key, user);
    writer.EndObject();
  });
}

}  // namespace

bool AddAdmin(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kOwner, transaction);
  if (!room) return false;
  const Body body(call);
  const std::string_view user = body.Text("newadmin").value_or("");
  if (!room->HasUser(user)) return call.Refuse("not_in_room", user);
  // Who is an admin or the owner already need not be made one.
  if (!room->IsOwner(user) && !room->admins().Contains(user)) {
    if (room->admins().Count() >= kAdminsMax) {
      return call.Refuse("too_many_admins", {}, kAdminsMax);
    }
    room->admins().Add(user);
  }
  return ReplySuccess(call, "newadmin", user);
}

void ListAdmins(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAnyone, transaction);
  if (!room) return;
  ReplyNames(call, room->admins().Page(0, kAdminsMax));
}

bool RemoveAdmin(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kOwner, transaction);
  if (!room) return false;
  const std::string_view user = call.Variable("oldadmin");
  if (!room->admins().Remove(user)) return call.Refuse("not_an_admin", user);
  return ReplySuccess(call, "oldadmin", user);
}

}  // namespace headgate::service::agora_chat
