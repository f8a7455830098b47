// Users: looking one up, deleting one, and the rooms that one is in.
#include <string>
#include <vector>

#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"
#include "service/agora_chat/scopes.h"
#include "service/agora_chat/user.h"
#include "service/tokens/tokens.h"

namespace headgate::service::agora_chat {
namespace {

constexpr int64_t kDefaultPage = 1000;
constexpr size_t kSweep = 1000;

bool ReplyUser(Call& call, const User& user) {
  return Reply(call, {.path = "/users", .entities = true},
               [&](JsonWriter& writer) {
                 writer.StartArray();
                 WriteUser(user, &writer);
                 writer.EndArray();
               });
}

// The user's own rooms end with the user; the others lose a member.
void LeaveRooms(const Call& call, std::string_view user,
                Transaction& transaction) {
  const std::string scope = UserScope(call, user);
  for (auto entries = transaction.Scan(Table::kJoined, scope, "", kSweep);
       !entries.empty();
       entries = transaction.Scan(Table::kJoined, scope, "", kSweep)) {
    for (const Entry& entry : entries) {
      auto room = Room::Find(call, entry.name, transaction);
      if (room && room->IsOwner(user)) {
        room->Disband();
      } else if (room) {
        room->Leave(user);
      }
      transaction.Erase(Table::kJoined, scope, entry.name);
    }
  }
}

// Tokens end with the user: a namesake who registers later must not find the
// old ones good.
void RevokeTokens(const Tools& tools, Call& call, std::string_view user,
                  Transaction& transaction) {
  const int64_t now_ms = call.now.unix_ms();
  const int64_t forget_s = now_ms / 1000 + kTokenLifetimeMaxS;
  const std::string audience = call.app->app_key;
  Revocations::PutSubject(&transaction, audience, user, now_ms, forget_s);
  call.on_kept = [&revocations = tools.runtime.revocations(), audience,
                  user = std::string(user), now_ms, forget_s] {
    revocations.EnforceSubject(audience, user, now_ms, forget_s);
  };
}

}  // namespace

void GetUser(const Tools&, Call& call, Transaction& transaction) {
  const auto user = FindUser(call, call.Variable("username"), transaction);
  if (!user) {
    call.Refuse("service_not_found");
  } else {
    ReplyUser(call, *user);
  }
}

bool DeleteUser(const Tools& tools, Call& call, Transaction& transaction) {
  if (!RequireApp(call)) return false;
  const std::string_view name = call.Variable("username");
  const auto user = FindUser(call, name, transaction);
  if (!user) return call.Refuse("service_not_found");
  LeaveRooms(call, name, transaction);
  OrderedList(&transaction, SuperAdminScope(call)).Remove(name);
  RevokeTokens(tools, call, name, transaction);
  transaction.Erase(Table::kUsers, AppScope(call), name);
  return ReplyUser(call, *user);
}

void ListJoinedChatrooms(const Tools&, Call& call, Transaction& transaction) {
  const std::string_view user = call.Variable("username");
  if (!RequireAppOr(call, user)) return;
  if (!UserExists(call, user, transaction)) {
    call.Refuse("service_not_found");
    return;
  }
  const Page page = PageOf(call, kDefaultPage);
  std::vector<Entry> joined = transaction.Scan(
      Table::kJoined, UserScope(call, user), "",
      static_cast<size_t>(page.offset) + static_cast<size_t>(page.size));
  const size_t first =
      std::min(joined.size(), static_cast<size_t>(page.offset));
  joined.erase(joined.begin(), joined.begin() + static_cast<ptrdiff_t>(first));
  const auto count = static_cast<int64_t>(joined.size());
  Reply(call, {.count = count}, [&](JsonWriter& writer) {
    writer.StartArray();
    for (const Entry& entry : joined) {
      const auto room = Room::Find(call, entry.name, transaction);
      writer.StartObject();
      writer.Member("id", entry.name);
      writer.Member("name", room ? room->record().name : "");
      writer.EndObject();
    }
    writer.EndArray();
  });
}

}  // namespace headgate::service::agora_chat
