// The block list and the allow list of a room. Both take members only; who is
// blocked loses the membership and cannot come in again, who is allowed may
// send while all are muted.
#include <string>
#include <vector>

#include "base/strings.h"
#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/change.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"

namespace headgate::service::agora_chat {
namespace {

constexpr int64_t kListed = 10'000;

struct Kind {
  const char* add;  // the answers' `action`
  const char* remove;
  const char* name;  // in reasons
  OrderedList& (Room::*list)();
  bool excludes;  // who is on the list is out of the room
};
constexpr Kind kBlocks = {"add_blocks", "remove_blocks", "blacklist",
                          &Room::blocks, true};
constexpr Kind kAllowed = {"add_user_whitelist", "remove_user_whitelist",
                           "whitelist", &Room::allowed, false};

Reason Add(const Kind& kind, const Call& call, Room& room,
           std::string_view user) {
  if (kind.excludes && room.IsOwner(user)) return OwnerIsProtected();
  if (!room.HasUser(user)) return NotInRoom(room, user);
  if (kind.excludes && !MayManage(call, room, user)) return AdminIsProtected();
  (room.*kind.list)().Add(user);
  if (kind.excludes) room.Leave(user);
  return Reason();
}

Reason Remove(const Kind& kind, const Call&, Room& room,
              std::string_view user) {
  if ((room.*kind.list)().Remove(user)) return Reason();
  return StrCat("user: ", user, " doesn't exist in ", kind.name,
                " of group: ", room.id());
}

void List(const Kind& kind, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (room) ReplyNames(call, ((*room).*kind.list)().Page(0, kListed));
}

bool AddOne(const Kind& kind, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  const std::string_view user = call.Variable("username");
  if (kind.excludes && room->IsOwner(user)) {
    return call.Refuse("owner_protected");
  }
  if (kind.excludes && !MayManage(call, *room, user)) {
    return call.Refuse("group_authorization");
  }
  if (!Add(kind, call, *room, user).empty()) {
    return call.Refuse("not_a_member", user);
  }
  return Reply(call, [&](JsonWriter& writer) {
    WriteChange({kind.add, *room, user, Reason()}, &writer);
  });
}

bool RemoveOne(const Kind& kind, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  const std::string_view user = call.Variable("username");
  const Reason reason = Remove(kind, call, *room, user);
  return Reply(call, [&](JsonWriter& writer) {
    WriteChange({kind.remove, *room, user, reason}, &writer);
  });
}

using Apply = Reason (*)(const Kind& kind, const Call& call, Room& room,
                         std::string_view user);

bool ChangeMany(const Kind& kind, Apply apply, const char* action,
                const std::vector<std::string_view>& users, Room& room,
                Call& call) {
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartArray();
    for (const std::string_view user : users) {
      WriteChange({action, room, user, apply(kind, call, room, user)}, &writer);
    }
    writer.EndArray();
  });
}

bool AddMany(const Kind& kind, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  const Body body(call);
  return ChangeMany(kind, &Add, kind.add, body.Texts("usernames"), *room, call);
}

bool RemoveMany(const Kind& kind, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  return ChangeMany(kind, &Remove, kind.remove, PathNames(call, "usernames"),
                    *room, call);
}

}  // namespace

void ListBlocks(const Tools&, Call& call, Transaction& transaction) {
  List(kBlocks, call, transaction);
}
bool AddBlock(const Tools&, Call& call, Transaction& transaction) {
  return AddOne(kBlocks, call, transaction);
}
bool AddBlocks(const Tools&, Call& call, Transaction& transaction) {
  return AddMany(kBlocks, call, transaction);
}
bool RemoveBlock(const Tools&, Call& call, Transaction& transaction) {
  return RemoveOne(kBlocks, call, transaction);
}
bool RemoveBlocks(const Tools&, Call& call, Transaction& transaction) {
  return RemoveMany(kBlocks, call, transaction);
}

void ListAllowed(const Tools&, Call& call, Transaction& transaction) {
  List(kAllowed, call, transaction);
}
bool AddAllowed(const Tools&, Call& call, Transaction& transaction) {
  return AddOne(kAllowed, call, transaction);
}
bool AddAllowedMany(const Tools&, Call& call, Transaction& transaction) {
  return AddMany(kAllowed, call, transaction);
}
bool RemoveAllowed(const Tools&, Call& call, Transaction& transaction) {
  return RemoveOne(kAllowed, call, transaction);
}
bool RemoveAllowedMany(const Tools&, Call& call, Transaction& transaction) {
  return RemoveMany(kAllowed, call, transaction);
}

}  // namespace headgate::service::agora_chat
