// Adding members to a room, one and many.
#include <algorithm>
#include <string>
#include <vector>

#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"
#include "service/agora_chat/user.h"

namespace headgate::service::agora_chat {
namespace {

bool ReplyAdded(Call& call, const Room& room, std::string_view user) {
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartObject();
    writer.Member("result", true);
    writer.Member("action", "add_member");
    writer.Member("id", room.id());
    writer.Member("user", user);
    writer.EndObject();
  });
}

bool ReplyAddedMany(Call& call, const Room& room,
                    const std::vector<std::string_view>& users) {
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartObject();
    writer.Key("newmembers");
    writer.StartArray();
    for (const std::string_view user : users) writer.String(user);
    writer.EndArray();
    writer.Member("action", "add_member");
    writer.Member("id", room.id());
    writer.EndObject();
  });
}

// Whether the user may come in, room or no room left. False: refused.
bool MayJoin(Call& call, Room& room, std::string_view user,
             Transaction& transaction) {
  if (room.blocks().Contains(user)) return call.Refuse("blocked", user);
  return MayJoinAnother(call, user, transaction);
}

bool HasPlace(Call& call, const Room& room, size_t newcomers) {
  const int64_t after = room.UserCount() + static_cast<int64_t>(newcomers);
  return after <= room.record().users_max || call.Refuse("room_full");
}

// The names that are not in the room yet, each once.
std::vector<std::string_view> NewcomersOf(
    const std::vector<std::string_view>& names, const Room& room) {
  std::vector<std::string_view> newcomers;
  for (const std::string_view name : names) {
    const bool seen =
        std::find(newcomers.begin(), newcomers.end(), name) != newcomers.end();
    if (!seen && !room.HasUser(name)) newcomers.push_back(name);
  }
  return newcomers;
}

}  // namespace

bool AddMember(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  const std::string_view user = call.Variable("username");
  if (!UserExists(call, user, transaction)) {
    const bool as_404 = Setting(call, "unknown_user_status") == "404";
    return call.Refuse(as_404 ? "unknown_user_among_many" : "unknown_user",
                       user);
  }
  if (room->HasUser(user)) {
    if (Setting(call, "already_member") != "accept") {
      return call.Refuse("already_member", user);
    }
    return ReplyAdded(call, *room, user);
  }
  if (!MayJoin(call, *room, user, transaction) || !HasPlace(call, *room, 1)) {
    return false;
  }
  room->Join(user);
  return ReplyAdded(call, *room, user);
}

bool AddMembers(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  const Body body(call);
  const std::vector<std::string_view> names = body.Texts("usernames");
  for (const std::string_view name : names) {
    if (!UserExists(call, name, transaction)) {
      return call.Refuse("unknown_user_among_many", name);
    }
  }
  const std::vector<std::string_view> newcomers = NewcomersOf(names, *room);
  for (const std::string_view name : newcomers) {
    if (!MayJoin(call, *room, name, transaction)) return false;
  }
  if (!HasPlace(call, *room, newcomers.size())) return false;
  for (const std::string_view name : newcomers) room->Join(name);
  return ReplyAddedMany(call, *room, names);
}

}  // namespace headgate::service::agora_chat
