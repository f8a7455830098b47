#include "service/agora_chat/access.h"

#include <charconv>
#include <string>
#include <system_error>

#include "service/agora_chat/scopes.h"

namespace headgate::service::agora_chat {
namespace {

bool IsApp(const Call& call) {
  return call.caller.kind == policy::Identity::Kind::kApp;
}

bool Has(const Call& call, Role role, const Room& room) {
  if (IsApp(call) || role == Role::kAnyone) return true;
  const std::string& user = call.caller.user;
  return room.IsOwner(user) ||
         (role == Role::kAdmin && room.admins().Contains(user));
}

// How many rooms a user may be in; nullopt: any number.
std::optional<size_t> RoomsPerUserMax(const Call& call) {
  const std::string_view text = Setting(call, "rooms_per_user_max");
  size_t most = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), most);
  return error == std::errc() ? std::optional(most) : std::nullopt;
}

}  // namespace

std::optional<Room> OpenRoom(Call& call, Role role, Transaction& transaction,
                             std::string_view unknown) {
  const std::string_view id = call.Variable("chatroom_id");
  std::optional<Room> room = Room::Find(call, id, transaction);
  if (!room) {
    call.Refuse(unknown, id);
  } else if (!Has(call, role, *room)) {
    call.Refuse("group_authorization");
    room.reset();
  }
  return room;
}

bool MayManage(const Call& call, const Room& room, std::string_view user) {
  const bool regular = !room.IsOwner(user) && !room.admins().Contains(user);
  return regular || Has(call, Role::kOwner, room);
}

bool RequireApp(Call& call) { return IsApp(call) || call.Refuse("forbidden"); }

bool RequireAppOr(Call& call, std::string_view user) {
  return call.caller.user == user || RequireApp(call);
}

std::string_view Setting(const Call& call, const std::string& name) {
  const auto& chosen = call.service->spec.settings;
  if (const auto found = chosen.find(name); found != chosen.end()) {
    return found->second;
  }
  const auto& choices = call.service->contract.settings;
  const auto found = choices.find(name);
  return found == choices.end() ? std::string_view() : found->second.front();
}

bool MayJoinAnother(Call& call, std::string_view user,
                    Transaction& transaction) {
  const std::optional<size_t> most = RoomsPerUserMax(call);
  if (!most) return true;
  const auto rooms =
      transaction.Scan(Table::kJoined, UserScope(call, user), "", *most);
  return rooms.size() < *most || call.Refuse("too_many_rooms", user);
}

}  // namespace headgate::service::agora_chat
