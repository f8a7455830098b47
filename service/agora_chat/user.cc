#include "service/agora_chat/user.h"

#include "base/json_reader.h"
#include "policy/rules.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/scopes.h"
#include "service/uuid.h"

namespace headgate::service::agora_chat {
std::optional<User> FindUser(const Call& call, std::string_view username,
                             Transaction& transaction) {
  const auto text = transaction.Get(Table::kUsers, AppScope(call), username);
  if (!text) return std::nullopt;
  thread_local JsonReader reader;  // its buffers are used again
  const JsonValue root = reader.Read(*text);
  User user;
  user.username = username;
  if (!root || !root.is_object()) return user;
  user.uuid = TextOf(root, "uuid");
  user.created_ms = NumberOf(root, "created");
  user.modified_ms = NumberOf(root, "modified");
  user.nickname = TextOf(root, "nickname");
  user.password_hash = TextOf(root, "password");
  return user;
}

bool UserExists(const Call& call, std::string_view username,
                Transaction& transaction) {
  return transaction.Has(Table::kUsers, AppScope(call), username);
}

void PutUser(const Call& call, const User& user, Transaction& transaction) {
  std::string text;
  JsonWriter writer(&text);
  writer.StartObject();
  writer.Member("uuid", user.uuid);
  writer.Member("created", user.created_ms);
  writer.Member("modified", user.modified_ms);
  if (!user.nickname.empty()) writer.Member("nickname", user.nickname);
  if (!user.password_hash.empty()) {
    writer.Member("password", user.password_hash);
  }
  writer.EndObject();
  transaction.Put(Table::kUsers, AppScope(call), user.username, text);
}

User NewUser(const Call& call, std::string_view username) {
  User user;
  user.username = username;
  user.uuid = NewUuid();
  user.created_ms = user.modified_ms = call.now.unix_ms();
  return user;
}

bool IsLegalName(const Call& call, std::string_view username) {
  const auto& values = call.service->rules->values;
  const auto value = values.find("username");
  if (value == values.end() || value->second == nullptr) return true;
  std::string scratch;
  return value->second->Check(username, &scratch) ==
         policy::CompiledValue::Verdict::kOk;
}

void WriteUser(const User& user, JsonWriter* writer) {
  writer->StartObject();
  writer->Member("uuid", user.uuid);
  writer->Member("type", "user");
  writer->Member("created", user.created_ms);
  writer->Member("modified", user.modified_ms);
  writer->Member("username", user.username);
  writer->Member("activated", true);
  if (!user.nickname.empty()) writer->Member("nickname", user.nickname);
  writer->EndObject();
}

}  // namespace headgate::service::agora_chat
