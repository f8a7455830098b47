#include "service/agora_chat/room.h"

#include <algorithm>
#include <charconv>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "service/agora_chat/scopes.h"

namespace headgate::service::agora_chat {
namespace {

constexpr char kLastRoom[] = "room";
// How many entries one look into the store takes while a room is disbanded.
constexpr int64_t kSweep = 1000;

int64_t ToNumber(std::string_view text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void Read(std::string_view key, JsonValue value, RoomRecord* record) {
  using Kind = JsonValue::Kind;
  if (value.is_string()) {
    const std::string_view text = value.string();
    if (key == "name") record->name = text;
    if (key == "description") record->description = text;
    if (key == "owner") record->owner = text;
    if (key == "custom") record->custom = text;
  } else if (value.kind() == Kind::kInteger) {
    if (key == "maxusers") record->users_max = value.integer();
    if (key == "created") record->created_ms = value.integer();
  } else if (value.kind() == Kind::kBoolean && key == "mute") {
    record->muted = value.boolean();
  }
}

RoomRecord Decode(std::string_view text) {
  RoomRecord record;
  thread_local JsonReader reader;  // its buffers are used again
  const JsonValue root = reader.Read(text);
  if (!root || !root.is_object()) return record;
  for (const auto& [key, value] : root.members()) Read(key, value, &record);
  return record;
}

std::string Encode(const RoomRecord& record) {
  std::string text;
  JsonWriter writer(&text);
  writer.StartObject();
  writer.Member("name", record.name);
  writer.Member("description", record.description);
  writer.Member("owner", record.owner);
  writer.Member("maxusers", record.users_max);
  writer.Member("custom", record.custom);
  writer.Member("created", record.created_ms);
  writer.Member("mute", record.muted);
  writer.EndObject();
  return text;
}

}  // namespace

Room::Room(const Call& call, std::string_view id, Transaction& transaction)
    : call_(&call),
      transaction_(&transaction),
      id_(id),
      scope_(RoomScope(call, id)),
      members_(&transaction, scope_ + "/members"),
      admins_(&transaction, scope_ + "/admins"),
      blocks_(&transaction, scope_ + "/blocks"),
      allowed_(&transaction, scope_ + "/allowed") {}

std::optional<Room> Room::Find(const Call& call, std::string_view id,
                               Transaction& transaction) {
  const auto text = transaction.Get(Table::kRooms, AppScope(call), id);
  if (!text) return std::nullopt;
  Room room(call, id, transaction);
  room.record_ = Decode(*text);
  return room;
}

// Fourteen digits, as the hosted service's: milliseconds and one more, so that
// ids grow with time even where the counter was lost with an old backup.
Room Room::Make(const Call& call, Transaction& transaction) {
  const std::string scope = AppScope(call);
  const int64_t last = ToNumber(
      transaction.Get(Table::kCounters, scope, kLastRoom).value_or("0"));
  const std::string id =
      std::to_string(std::max(last + 1, call.now.unix_ms() * 10));
  transaction.Put(Table::kCounters, scope, kLastRoom, id);
  Room room(call, id, transaction);
  room.record_.created_ms = call.now.unix_ms();
  return room;
}

void Room::Save() {
  transaction_->Put(Table::kRooms, AppScope(*call_), id_, Encode(record_));
  NoteJoined(record_.owner);
}

void Room::Join(std::string_view user) {
  members_.Add(user);
  NoteJoined(user);
}

void Room::Leave(std::string_view user) {
  members_.Remove(user);
  admins_.Remove(user);
  allowed_.Remove(user);
  Unmute(user);
  ForgetJoined(user);
}

void Room::PassTo(std::string_view user) {
  const std::string before = record_.owner;
  members_.Remove(user);
  admins_.Remove(user);
  Unmute(user);
  record_.owner = user;
  members_.Add(before);
  Save();
}

void Room::Disband() {
  const int64_t count = members_.Count();
  for (int64_t offset = 0; offset < count; offset += kSweep) {
    for (const std::string& name : members_.Page(offset, kSweep)) {
      Unmute(name);
      ForgetJoined(name);
    }
  }
  ForgetJoined(record_.owner);
  members_.Clear();
  admins_.Clear();
  blocks_.Clear();
  allowed_.Clear();
  transaction_->Erase(Table::kRooms, AppScope(*call_), id_);
}

std::optional<int64_t> Room::MutedUntil(std::string_view user) const {
  auto text = transaction_->Get(Table::kMutes, scope_, user);
  if (!text) return std::nullopt;
  return MutedUntil(Entry{std::string(user), *std::move(text)});
}

std::optional<int64_t> Room::MutedUntil(const Entry& entry) const {
  const int64_t until_ms = ToNumber(entry.value);
  if (until_ms <= call_->now.unix_ms()) return std::nullopt;
  return until_ms;
}

void Room::Mute(std::string_view user, int64_t until_ms) {
  transaction_->Put(Table::kMutes, scope_, user, std::to_string(until_ms));
}

void Room::Unmute(std::string_view user) {
  transaction_->Erase(Table::kMutes, scope_, user);
}

void Room::NoteJoined(std::string_view user) {
  transaction_->Put(Table::kJoined, UserScope(*call_, user), id_, "");
}

void Room::ForgetJoined(std::string_view user) {
  transaction_->Erase(Table::kJoined, UserScope(*call_, user), id_);
}

}  // namespace headgate::service::agora_chat
