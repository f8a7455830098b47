#include "service/agora_chat/seed.h"

#include <algorithm>
#include <string>

#include "base/strings.h"
#include "service/agora_chat/room.h"
#include "service/agora_chat/user.h"
#include "service/storage/wait.h"

namespace headgate::service {
namespace {

// So many entries are one transaction.
constexpr int64_t kAtOnce = 2000;

std::string NameOf(int64_t number) { return StrCat("demo", number); }

void SeedUsers(const Call& call, int64_t first, int64_t last,
               Transaction& transaction) {
  for (int64_t number = first; number <= last; ++number) {
    const std::string name = NameOf(number);
    if (agora_chat::UserExists(call, name, transaction)) continue;
    agora_chat::PutUser(call, agora_chat::NewUser(call, name), transaction);
  }
}

// Room n is owned by user n, and the users after that one are in it.
void SeedRoom(const Call& call, const SeedOptions& options, int64_t number,
              Transaction& transaction) {
  agora_chat::Room room = agora_chat::Room::Make(call, transaction);
  room.record().name = StrCat("demo room ", number);
  room.record().users_max =
      std::max(agora_chat::kDefaultUsersMax, options.members);
  const auto user = [&](int64_t offset) {
    return NameOf((number - 1 + offset) % options.users + 1);
  };
  room.record().owner = user(0);
  for (int64_t i = 1; i < options.members; ++i) room.Join(user(i));
  room.Save();
}

}  // namespace

absl::Status SeedAgoraChat(const policy::CompiledService& service,
                           const policy::CompiledApp& app,
                           const SeedOptions& options, const Instant& now,
                           Store* store,
                           absl::FunctionRef<void(int64_t, int64_t)> show) {
  Call call;
  call.service = &service;
  call.app = &app;
  call.now = now;
  const int64_t all = options.users + options.rooms * options.members;
  for (int64_t done = 0; done < options.users; done += kAtOnce) {
    const int64_t last = std::min(done + kAtOnce, options.users);
    const absl::Status status = WriteAndWait(store, [&](Transaction& writes) {
      SeedUsers(call, done + 1, last, writes);
    });
    if (!status.ok()) return status;
    show(last, all);
  }
  const int64_t rooms_at_once =
      std::max<int64_t>(1, kAtOnce / std::max<int64_t>(1, options.members));
  for (int64_t done = 0; done < options.rooms; done += rooms_at_once) {
    const int64_t last = std::min(done + rooms_at_once, options.rooms);
    const absl::Status status = WriteAndWait(store, [&](Transaction& writes) {
      for (int64_t number = done + 1; number <= last; ++number) {
        SeedRoom(call, options, number, writes);
      }
    });
    if (!status.ok()) return status;
    show(options.users + last * options.members, all);
  }
  return absl::OkStatus();
}

}  // namespace headgate::service
