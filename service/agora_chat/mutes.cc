// Muted members, and rooms where all are muted.
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"
#include "service/agora_chat/scopes.h"

namespace headgate::service::agora_chat {
namespace {

// What the hosted service answers for "for ever": 2117-01-01.
constexpr int64_t kForEverMs = 4'638'873'600'000;
constexpr size_t kListed = 10'000;  // no room has more members

// False: one of them is not in the room, or is above the caller.
bool MayMute(Call& call, Room& room,
             const std::vector<std::string_view>& users) {
  std::vector<std::string> strangers;
  for (const std::string_view user : users) {
    if (room.IsOwner(user)) return call.Refuse("owner_protected");
    if (!MayManage(call, room, user)) return call.Refuse("group_authorization");
    if (!room.HasUser(user)) strangers.emplace_back(user);
  }
  return strangers.empty() ||
         call.Refuse("not_a_member_to_mute", Join(strangers, ", "));
}

int64_t Until(const Call& call, int64_t duration_ms) {
  const int64_t now_ms = call.now.unix_ms();
  if (duration_ms < 0 || duration_ms > kForEverMs - now_ms) return kForEverMs;
  return now_ms + duration_ms;
}

bool SetMuted(Call& call, Transaction& transaction, bool muted) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  room->record().muted = muted;
  room->Save();
  return Reply(call, [muted](JsonWriter& writer) {
    writer.StartObject();
    writer.Member("mute", muted);
    writer.EndObject();
  });
}

}  // namespace

bool AddMutes(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  const Body body(call);
  const std::vector<std::string_view> users = body.Texts("usernames");
  if (!MayMute(call, *room, users)) return false;
  const int64_t until_ms =
      Until(call, body.Integer("mute_duration").value_or(-1));
  for (const std::string_view user : users) room->Mute(user, until_ms);
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartArray();
    for (const std::string_view user : users) {
      writer.StartObject();
      writer.Member("result", true);
      writer.Member("expire", until_ms);
      writer.Member("user", user);
      writer.EndObject();
    }
    writer.EndArray();
  });
}

void ListMutes(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return;
  std::vector<std::pair<std::string, int64_t>> muted;
  for (Entry& entry : transaction.Scan(
           Table::kMutes, RoomScope(call, room->id()), "", kListed)) {
    const auto until_ms = room->MutedUntil(entry);
    if (!until_ms) continue;  // it has run out
    muted.emplace_back(std::move(entry.name), *until_ms);
  }
  const auto count = static_cast<int64_t>(muted.size());
  Reply(call, {.count = count}, [&](JsonWriter& writer) {
    writer.StartArray();
    for (const auto& [user, until_ms] : muted) {
      writer.StartObject();
      writer.Member("expire", until_ms);
      writer.Member("user", user);
      writer.EndObject();
    }
    writer.EndArray();
  });
}

// One and many answer alike: an array.
bool RemoveMutes(const Tools&, Call& call, Transaction& transaction) {
  auto room = OpenRoom(call, Role::kAdmin, transaction);
  if (!room) return false;
  const bool one = call.Variable("usernames").empty();
  const std::vector<std::string_view> users =
      PathNames(call, one ? "username" : "usernames");
  if (!MayMute(call, *room, users)) return false;
  for (const std::string_view user : users) room->Unmute(user);
  return Reply(call, [&](JsonWriter& writer) {
    writer.StartArray();
    for (const std::string_view user : users) {
      writer.StartObject();
      writer.Member("result", true);
      writer.Member("user", user);
      writer.EndObject();
    }
    writer.EndArray();
  });
}

bool MuteRoom(const Tools&, Call& call, Transaction& transaction) {
  return SetMuted(call, transaction, true);
}

bool UnmuteRoom(const Tools&, Call& call, Transaction& transaction) {
  return SetMuted(call, transaction, false);
}

}  // namespace headgate::service::agora_chat
