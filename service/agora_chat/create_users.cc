// Registering users: one, or up to sixty in an array. Of one, what is wrong is
// the answer; of several, those that fail are named beside those that were
// made. Passwords are hashed off the loop before the transaction.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"
#include "service/agora_chat/user.h"
#include "service/steps.h"

namespace headgate::service::agora_chat {
namespace {

constexpr size_t kPasswordBytesMax = 1024;
constexpr size_t kNicknameBytesMax = 1024;

struct Wanted {
  std::string username;
  std::string nickname;
  std::string password;       // wiped by the hashing
  std::string password_hash;  // empty: none was given
  std::string failure;        // of several: why not; empty: none
};

struct Registration {
  bool several = false;
  std::vector<Wanted> users;
  size_t hashed = 0;
};

// The charset rule, for the elements that the policy does not look into.
std::string CheckName(const Call& call, std::string* username) {
  if (username->empty()) {
    return "Entity 'user' requires a property named username.";
  }
  if (!IsLegalName(call, *username)) {
    return StrCat("username [", *username, "] is not legal");
  }
  *username = AsciiLower(*username);
  return "";
}

// Without one there is a user whom no password fits: for that it must be left
// out, not be something else.
std::string CheckPassword(JsonValue password) {
  const bool good = !password || (password.is_string() && password.size() > 0 &&
                                  password.size() <= kPasswordBytesMax);
  if (good) return "";
  return StrCat("password must be a text of 1 to ", kPasswordBytesMax,
                " bytes");
}

std::string CheckNickname(JsonValue nickname) {
  const bool good =
      !nickname || nickname.is_null() ||
      (nickname.is_string() && nickname.size() <= kNicknameBytesMax);
  if (good) return "";
  return StrCat("nickname must be a text of at most ", kNicknameBytesMax,
                " bytes");
}

Wanted ReadUser(const Call& call, JsonValue object) {
  Wanted wanted;
  if (!object.is_object()) {
    wanted.failure = "Entity 'user' requires a property named username.";
    return wanted;
  }
  wanted.username = TextOf(object, "username");
  wanted.nickname = TextOf(object, "nickname");
  wanted.password = TextOf(object, "password");
  std::string& failure = wanted.failure;
  failure = CheckName(call, &wanted.username);
  if (failure.empty()) failure = CheckPassword(object.Find("password"));
  if (failure.empty()) failure = CheckNickname(object.Find("nickname"));
  return wanted;
}

Registration Read(const Call& call) {
  Registration registration;
  const Body body(call);
  if (!body.root().is_array()) {
    registration.users.push_back(ReadUser(call, body.root()));
    return registration;
  }
  registration.several = true;
  for (const JsonValue item : body.root().items()) {
    registration.users.push_back(ReadUser(call, item));
  }
  return registration;
}

bool RefuseDuplicate(Call& call, std::string_view username) {
  call.Refuse("duplicate_username", username);
  call.answer.variables = {{"application", ApplicationUuid(*call.app)}};
  return false;
}

bool ReplyMade(Call& call, const Registration& registration,
               const std::vector<User>& made) {
  return ReplyBoth(
      call, {.path = "/users"},
      [&](JsonWriter& writer) {
        writer.StartArray();
        for (const User& user : made) WriteUser(user, &writer);
        writer.EndArray();
      },
      [&](JsonWriter& writer) {
        writer.StartArray();
        for (const Wanted& wanted : registration.users) {
          if (wanted.failure.empty()) continue;
          writer.StartObject();
          writer.Member("username", wanted.username);
          writer.Member("registerUserFailReason", wanted.failure);
          writer.EndObject();
        }
        writer.EndArray();
      });
}

bool Register(Call& call, Registration& registration,
              Transaction& transaction) {
  std::vector<User> made;
  for (Wanted& wanted : registration.users) {
    if (!wanted.failure.empty()) continue;
    if (UserExists(call, wanted.username, transaction)) {
      if (!registration.several) return RefuseDuplicate(call, wanted.username);
      wanted.failure = StrCat("the ", wanted.username, " already exists");
      continue;
    }
    User user = NewUser(call, wanted.username);
    user.nickname = wanted.nickname;
    user.password_hash = wanted.password_hash;
    PutUser(call, user, transaction);
    made.push_back(std::move(user));
  }
  return ReplyMade(call, registration, made);
}

// Hashes one password after the other, then registers all.
void HashNext(const Tools& tools, std::unique_ptr<Call> call,
              std::unique_ptr<Registration> registration, Gateway::Done done) {
  std::vector<Wanted>& users = registration->users;
  size_t& next = registration->hashed;
  while (next < users.size() &&
         (users[next].password.empty() || !users[next].failure.empty())) {
    ++next;
  }
  if (next == users.size()) {
    return RunWrite(
        tools, std::move(call),
        [registration = std::move(registration)](Call& asked,
                                                 Transaction& transaction) {
          return Register(asked, *registration, transaction);
        },
        std::move(done));
  }
  Wanted& wanted = users[next];
  tools.runtime.passwords().Hash(
      std::move(wanted.password),
      [tools, call = std::move(call), registration = std::move(registration),
       done = std::move(done)](absl::StatusOr<std::string> hash) mutable {
        if (!hash.ok()) {
          RefuseUnavailable(hash.status(), call.get());
          return done(std::move(call));
        }
        registration->users[registration->hashed++].password_hash =
            *std::move(hash);
        HashNext(tools, std::move(call), std::move(registration),
                 std::move(done));
      });
}

}  // namespace

void CreateUsers(const Tools& tools, std::unique_ptr<Call> call,
                 Gateway::Done done) {
  auto registration = std::make_unique<Registration>(Read(*call));
  if (!RequireApp(*call)) return done(std::move(call));
  const Wanted& first = registration->users.front();
  if (!registration->several && !first.failure.empty()) {
    call->Refuse("invalid_request");
    return done(std::move(call));
  }
  HashNext(tools, std::move(call), std::move(registration), std::move(done));
}

}  // namespace headgate::service::agora_chat
