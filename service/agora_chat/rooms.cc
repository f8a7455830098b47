// Making, changing and disbanding rooms.
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"
#include "service/agora_chat/scopes.h"
#include "service/agora_chat/user.h"

namespace headgate::service::agora_chat {
namespace {

// The app, or one of its super admins.
bool MayCreate(Call& call, Transaction& transaction) {
  if (call.caller.kind == policy::Identity::Kind::kApp) return true;
  return OrderedList(&transaction, SuperAdminScope(call))
             .Contains(call.caller.user) ||
         call.Refuse("group_authorization");
}

// Whether the owner and the members of a new room are registered, and not in
// too many rooms already. False: refused.
bool MayAllJoin(Call& call, const std::vector<std::string_view>& users,
                Transaction& transaction) {
  for (const std::string_view user : users) {
    if (UserExists(call, user, transaction)) continue;
    return call.Refuse("unknown_user_among_many", user);
  }
  for (const std::string_view user : users) {
    if (!MayJoinAnother(call, user, transaction)) return false;
  }
  return true;
}

void ReadRecord(const Body& body, RoomRecord* record) {
  record->name = body.Text("name").value_or(record->name);
  record->description = body.Text("description").value_or(record->description);
  record->custom = body.Text("custom").value_or(record->custom);
  record->users_max = body.Integer("maxusers").value_or(record->users_max);
}

struct Field {
  std::string_view key;
  std::string_view answer;
};
constexpr Field kFields[] = {{"name", "groupname"},
                             {"description", "description"},
                             {"maxusers", "maxusers"},
                             {"custom", "custom"}};
constexpr std::string_view kNewOwner = "newowner";

bool IsField(std::string_view key) {
  for (const Field& field : kFields) {
    if (field.key == key) return true;
  }
  return key == kNewOwner;
}

// False: a key means nothing, or none means anything.
bool CheckKeys(Call& call, const Body& body) {
  std::vector<std::string> unknown;
  const JsonValue root = body.root();
  if (!root || root.size() == 0) return call.Refuse("invalid_request");
  for (const auto& [key, value] : root.members()) {
    if (!IsField(key)) unknown.emplace_back(key);
  }
  return unknown.empty() || call.Refuse("unknown_fields", Join(unknown, ", "));
}

bool ChangeOwner(Call& call, Room& room, std::string_view user) {
  const bool may = call.caller.kind == policy::Identity::Kind::kApp ||
                   room.IsOwner(call.caller.user);
  if (!may) return call.Refuse("group_authorization");
  if (!room.HasUser(user)) return call.Refuse("not_in_room", user);
  if (!room.IsOwner(user)) room.PassTo(user);
  return true;
}

}  // namespace

bool CreateChatroom(const Tools&, Call& call, Transaction& transaction) {
  if (!MayCreate(call, transaction)) return false;
  const Body body(call);
  std::vector<std::string_view> users = body.Texts("members");
  users.insert(users.begin(), body.Text("owner").value_or(""));
  if (!MayAllJoin(call, users, transaction)) return false;
  Room room = Room::Make(call, transaction);
  ReadRecord(body, &room.record());
  room.record().owner = users.front();
  for (const std::string_view user : users) {
    if (!room.HasUser(user)) room.Join(user);
  }
  if (room.UserCount() > room.record().users_max) {
    return call.Refuse("room_full");
  }
  room.Save();
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartObject();
    writer.Member("id", room.id());
    writer.EndObject();
  });
}

bool UpdateChatroom(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  const Body body(call);
  if (!CheckKeys(call, body)) return false;
  ReadRecord(body, &room->record());
  room->Save();
  const auto owner = body.Text(kNewOwner);
  if (owner && !ChangeOwner(call, *room, *owner)) return false;
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartObject();
    for (const Field& field : kFields) {
      if (body.Has(field.key)) writer.Member(field.answer, true);
    }
    if (owner) writer.Member(kNewOwner, true);
    writer.EndObject();
  });
}

bool DeleteChatroom(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kOwner, transaction);
  if (!room) return false;
  room->Disband();
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartObject();
    writer.Member("success", true);
    writer.Member("id", room->id());
    writer.EndObject();
  });
}

}  // namespace headgate::service::agora_chat
