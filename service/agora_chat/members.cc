// Listing the members of a room, and removing them, one and many.
#include <string>
#include <vector>

#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/change.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"

namespace headgate::service::agora_chat {
namespace {

constexpr int64_t kDefaultPage = 1000;
constexpr char kRemove[] = "remove_member";

// Who becomes the owner when the owner goes: the first admin, else the member
// who came first. Empty: nobody else is in the room.
std::string HeirOf(Room& room) {
  std::vector<std::string> first = room.admins().Page(0, 1);
  if (first.empty()) first = room.members().Page(0, 1);
  return first.empty() ? std::string() : first.front();
}

// Nor does an admin remove the owner: that admin might be the heir.
bool RemoveOwner(const Call& call, Room& room) {
  const std::string owner = room.record().owner;
  const std::string heir = HeirOf(room);
  const bool accept = Setting(call, "remove_owner") == "accept";
  if (!accept || heir.empty() || !MayManage(call, room, owner)) return false;
  room.PassTo(heir);
  room.Leave(owner);
  return true;
}

// An admin may leave, but not remove another one.
bool MayRemove(const Call& call, const Room& room, std::string_view user) {
  return user == call.caller.user || MayManage(call, room, user);
}

Reason Remove(const Call& call, Room& room, std::string_view user) {
  if (room.IsOwner(user)) {
    return RemoveOwner(call, room) ? Reason() : OwnerIsProtected();
  }
  if (!room.members().Contains(user)) return NotInRoom(room, user);
  if (!MayRemove(call, room, user)) return AdminIsProtected();
  room.Leave(user);
  return Reason();
}

}  // namespace

// The owner first, then the others in the order of their joining.
void ListMembers(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAnyone, transaction, "unknown_room_listed");
  if (!room) return;
  const Page page = PageOf(call, kDefaultPage);
  const bool with_owner = page.offset == 0 && page.size > 0;
  const std::vector<std::string> members =
      with_owner ? room->members().Page(0, page.size - 1)
                 : room->members().Page(page.offset - 1, page.size);
  const auto count = static_cast<int64_t>(members.size()) + with_owner;
  Reply(call, {.count = count}, [&](JsonWriter& writer) {
    writer.StartArray();
    if (with_owner) WriteAffiliation("owner", room->record().owner, &writer);
    for (const std::string& member : members) {
      WriteAffiliation("member", member, &writer);
    }
    writer.EndArray();
  });
}

bool RemoveMember(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  const std::string_view user = call.Variable("username");
  const bool owner = room->IsOwner(user);
  if (!owner && !MayRemove(call, *room, user)) {
    return call.Refuse("group_authorization");
  }
  if (!Remove(call, *room, user).empty()) {
    return owner ? call.Refuse("owner_protected")
                 : call.Refuse("not_a_member", user);
  }
  return Reply(call, [&](JsonWriter& writer) {
    WriteChange({kRemove, *room, user, Reason()}, &writer);
  });
}

bool RemoveMembers(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartArray();
    for (const std::string_view user : PathNames(call, "usernames")) {
      WriteChange({kRemove, *room, user, Remove(call, *room, user)}, &writer);
    }
    writer.EndArray();
  });
}

}  // namespace headgate::service::agora_chat
