// Listing the members of a room, and removing them, one and many.
#include <string>
#include <vector>

#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"

namespace headgate::service::agora_chat {
namespace {

constexpr int64_t kDefaultPage = 1000;
constexpr char kOwnerProtected[] = "Forbidden operation on group owner!";

// Why a member was not removed; empty: was.
using Reason = std::string;

void WriteRemoved(const Room& room, std::string_view user, const Reason& reason,
                  JsonWriter* writer) {
  writer->StartObject();
  writer->Member("result", reason.empty());
  writer->Member("action", "remove_member");
  if (!reason.empty()) writer->Member("reason", reason);
  writer->Member("user", user);
  writer->Member("id", room.id());
  writer->EndObject();
}

// Who becomes the owner when the owner goes: the first admin, else the member
// who came first. Empty: nobody else is in the room.
std::string HeirOf(Room& room) {
  std::vector<std::string> first = room.admins().Page(0, 1);
  if (first.empty()) first = room.members().Page(0, 1);
  return first.empty() ? std::string() : first.front();
}

bool RemoveOwner(const Call& call, Room& room) {
  const std::string owner = room.record().owner;
  const std::string heir = HeirOf(room);
  if (Setting(call, "remove_owner") != "accept" || heir.empty()) return false;
  room.PassTo(heir);
  room.Leave(owner);
  return true;
}

Reason Remove(const Call& call, Room& room, std::string_view user) {
  if (room.IsOwner(user)) {
    return RemoveOwner(call, room) ? Reason() : Reason(kOwnerProtected);
  }
  if (!room.members().Contains(user)) {
    return StrCat("user: ", user, " doesn't exist in group: ", room.id());
  }
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
  if (!Remove(call, *room, user).empty()) {
    return owner ? call.Refuse("owner_protected")
                 : call.Refuse("not_a_member", user);
  }
  return Reply(call, [&](JsonWriter& writer) {
    WriteRemoved(*room, user, Reason(), &writer);
  });
}

bool RemoveMembers(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartArray();
    for (const std::string_view user : PathNames(call, "usernames")) {
      WriteRemoved(*room, user, Remove(call, *room, user), &writer);
    }
    writer.EndArray();
  });
}

}  // namespace headgate::service::agora_chat
