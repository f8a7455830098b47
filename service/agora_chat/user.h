// A user of an app, as the store keeps it and as answers show it.
//
// kUsers, scope of the app: the user name (folded) ->
//   {"uuid","created","modified","nickname"?,"password"?}    times in ms
//
// `password` is an Argon2id text (service/passwords.h) and is never shown.
#ifndef HEADGATE_SERVICE_AGORA_CHAT_USER_H_
#define HEADGATE_SERVICE_AGORA_CHAT_USER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "service/call.h"
#include "service/storage/transaction.h"

namespace headgate::service::agora_chat {

struct User {
  std::string username;
  std::string uuid;
  int64_t created_ms = 0;
  int64_t modified_ms = 0;
  std::string nickname;
  std::string password_hash;  // empty: none, no password fits
};

std::optional<User> FindUser(const Call& call, std::string_view username,
                             Transaction& transaction);
bool UserExists(const Call& call, std::string_view username,
                Transaction& transaction);
void PutUser(const Call& call, const User& user, Transaction& transaction);
User NewUser(const Call& call, std::string_view username);

// The charset rule, for names that stand where the policy does not look.
bool IsLegalName(const Call& call, std::string_view username);

// {"uuid","type":"user","created","modified","username","activated"}
void WriteUser(const User& user, JsonWriter* writer);

}  // namespace headgate::service::agora_chat

#endif  // HEADGATE_SERVICE_AGORA_CHAT_USER_H_
