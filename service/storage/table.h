// The tables of a store. Every entry has a scope (whose it is, as
// "agora-chat/acme#chat/rooms/1763766000012345/members"), a name that is unique
// in its scope, and a value: text all three, so that a person with the sqlite3
// tool can read them. What the values mean is written where they are made.
#ifndef HEADGATE_SERVICE_STORAGE_TABLE_H_
#define HEADGATE_SERVICE_STORAGE_TABLE_H_

#include <cstdint>
#include <string_view>

namespace headgate::service {

enum class Table : uint8_t {
  kCounters,     // the last number that was given out
  kUsers,        // agora-chat: users
  kRooms,        // agora-chat: rooms
  kJoined,       // agora-chat: the rooms of a user
  kMutes,        // agora-chat: muted members and until when
  kMembers,      // flipflop: members
  kRevocations,  // tokens: by jti and by subject
  kListItems,    // ordered lists (service/ordered_list.h): name -> place
  kListLeaves,   //   places -> names
  kListCounts,   //   how many names stand in which part
};
inline constexpr int kTables = static_cast<int>(Table::kListCounts) + 1;

// "users", "list_items": what the store calls it.
std::string_view TableName(Table table);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_TABLE_H_
