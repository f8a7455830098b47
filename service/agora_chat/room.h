// A chat room, as the store keeps it, with the people in it.
//
// kRooms, scope of the app: the room's id ->
//   {"name","description","owner","maxusers","custom","created","mute"}
// and lists in the room's scope: members (all but the owner, in the order of
// their joining), admins, blocks, allowed. The rooms of a user stand in
// kJoined, so that a user who goes is found everywhere.
//
// Belongs to its transaction.
#ifndef HEADGATE_SERVICE_AGORA_CHAT_ROOM_H_
#define HEADGATE_SERVICE_AGORA_CHAT_ROOM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "service/call.h"
#include "service/ordered_list.h"
#include "service/storage/transaction.h"

namespace headgate::service::agora_chat {

inline constexpr int64_t kAdminsMax = 99;
inline constexpr int64_t kDefaultUsersMax = 1000;

struct RoomRecord {
  std::string name;
  std::string description;
  std::string owner;
  int64_t users_max = kDefaultUsersMax;  // with the owner
  std::string custom;
  int64_t created_ms = 0;
  bool muted = false;  // nobody but owner and admins may send
};

class Room {
 public:
  // nullopt: there is no such room.
  static std::optional<Room> Find(const Call& call, std::string_view id,
                                  Transaction& transaction);
  // A new one, kept by Save; ids are numbers that grow.
  static Room Make(const Call& call, Transaction& transaction);

  const std::string& id() const { return id_; }
  RoomRecord& record() { return record_; }
  const RoomRecord& record() const { return record_; }
  OrderedList& members() { return members_; }
  OrderedList& admins() { return admins_; }
  const OrderedList& admins() const { return admins_; }
  OrderedList& blocks() { return blocks_; }
  OrderedList& allowed() { return allowed_; }

  bool IsOwner(std::string_view user) const { return user == record_.owner; }
  // The owner is in the room too.
  bool HasUser(std::string_view user) const {
    return IsOwner(user) || members_.Contains(user);
  }
  int64_t UserCount() const { return members_.Count() + 1; }

  void Save();
  // REQUIRES: not in the room.
  void Join(std::string_view user);
  // Out of the room and all its lists. REQUIRES: a member.
  void Leave(std::string_view user);
  // The owner becomes a member and the member the owner.
  void PassTo(std::string_view user);
  // The room and all that belongs to it.
  void Disband();

  // Until when the user is muted, in ms since 1970; nullopt: is not.
  std::optional<int64_t> MutedUntil(std::string_view user) const;
  // The same of the value of an entry that was read.
  std::optional<int64_t> MutedUntil(const Entry& entry) const;
  void Mute(std::string_view user, int64_t until_ms);
  void Unmute(std::string_view user);

 private:
  Room(const Call& call, std::string_view id, Transaction& transaction);
  void NoteJoined(std::string_view user);
  void ForgetJoined(std::string_view user);

  const Call* call_;
  Transaction* transaction_;
  std::string id_;
  std::string scope_;
  RoomRecord record_;
  OrderedList members_, admins_, blocks_, allowed_;
};

}  // namespace headgate::service::agora_chat

#endif  // HEADGATE_SERVICE_AGORA_CHAT_ROOM_H_
