// The rooms of an app, page by page, and the details of some.
#include <string>
#include <vector>

#include "base/crypto.h"
#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"
#include "service/agora_chat/scopes.h"

namespace headgate::service::agora_chat {
namespace {

constexpr int64_t kDefaultLimit = 10;

// A cursor is the last id of the page before, in base64 so that nobody counts
// on what it says.
std::string CursorAfter(std::string_view id) {
  return Base64Encode(id, Base64Alphabet::kUrl);
}

// False: it is none of ours.
bool ReadCursor(const Call& call, std::string* after) {
  const std::string cursor = QueryText(call, "cursor");
  return cursor.empty() || Base64Decode(cursor, Base64Alphabet::kUrl, after);
}

void WriteListed(const Room& room, JsonWriter* writer) {
  writer->StartObject();
  writer->Member("id", room.id());
  writer->Member("name", room.record().name);
  writer->Member("owner", room.record().owner);
  writer->Member("affiliations_count", room.UserCount());
  writer->Member("disabled", false);
  writer->EndObject();
}

void WriteDetails(Room& room, JsonWriter* writer) {
  const RoomRecord& record = room.record();
  writer->StartObject();
  writer->Member("id", room.id());
  writer->Member("name", record.name);
  writer->Member("description", record.description);
  writer->Member("membersonly", false);
  writer->Member("allowinvites", false);
  writer->Member("maxusers", record.users_max);
  writer->Member("owner", record.owner);
  writer->Member("created", record.created_ms);
  writer->Member("custom", record.custom);
  writer->Member("mute", record.muted);
  writer->Member("affiliations_count", room.UserCount());
  writer->Key("affiliations");
  writer->StartArray();
  for (const std::string& member :
       room.members().Page(0, room.members().Count())) {
    WriteAffiliation("member", member, writer);
  }
  WriteAffiliation("owner", record.owner, writer);
  writer->EndArray();
  writer->Member("public", true);
  writer->EndObject();
}

}  // namespace

void ListChatrooms(const Tools&, Call& call, Transaction& transaction) {
  std::string after;
  if (!ReadCursor(call, &after)) {
    call.Refuse("invalid_parameter", QueryText(call, "cursor"));
    call.answer.location = "cursor";
    return;
  }
  const auto limit =
      static_cast<size_t>(QueryInteger(call, "limit", kDefaultLimit));
  // One more than is shown says whether there are more.
  std::vector<Entry> rooms =
      transaction.Scan(Table::kRooms, AppScope(call), after, limit + 1);
  const bool more = rooms.size() > limit;
  if (more) rooms.pop_back();
  const Envelope envelope = {
      .count = static_cast<int64_t>(rooms.size()),
      .cursor = more ? CursorAfter(rooms.back().name) : ""};
  Reply(call, envelope, [&](JsonWriter& writer) {
    writer.StartArray();
    for (const Entry& entry : rooms) {
      const auto room = Room::Find(call, entry.name, transaction);
      if (room) WriteListed(*room, &writer);
    }
    writer.EndArray();
  });
}

// One or many: an array either way.
void GetChatrooms(const Tools&, Call& call, Transaction& transaction) {
  const bool one = call.Variable("chatroom_ids").empty();
  std::vector<Room> rooms;
  for (const std::string_view id :
       PathNames(call, one ? "chatroom_id" : "chatroom_ids")) {
    auto room = Room::Find(call, id, transaction);
    if (!room) {
      call.Refuse("unknown_room_listed", id);
      return;
    }
    rooms.push_back(*std::move(room));
  }
  const auto count = static_cast<int64_t>(rooms.size());
  Reply(call, {.count = count}, [&](JsonWriter& writer) {
    writer.StartArray();
    for (Room& room : rooms) WriteDetails(room, &writer);
    writer.EndArray();
  });
}

}  // namespace headgate::service::agora_chat
