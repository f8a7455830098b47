// Demo data for an app of agora-chat: users demo1, demo2, ... and rooms of
// them. For a first look, and to see how a large app behaves: users who are
// there already are left alone, rooms are always new.
#ifndef HEADGATE_SERVICE_AGORA_CHAT_SEED_H_
#define HEADGATE_SERVICE_AGORA_CHAT_SEED_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "base/clock.h"
#include "policy/policy.h"
#include "service/storage/store.h"

namespace headgate::service {

struct SeedOptions {
  int64_t users = 100;
  int64_t rooms = 10;
  int64_t members = 20;  // of each room, with the owner
};
inline constexpr int64_t kSeedUsersMax = 10'000'000;
inline constexpr int64_t kSeedRoomsMax = 1'000'000;
inline constexpr int64_t kSeedMembersMax = 10'000;

// Waits for the store. `show(done, all)` tells how far it has come.
// REQUIRES: members <= users, or rooms is 0.
absl::Status SeedAgoraChat(const policy::CompiledService& service,
                           const policy::CompiledApp& app,
                           const SeedOptions& options, const Instant& now,
                           Store* store,
                           absl::FunctionRef<void(int64_t, int64_t)> show);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_AGORA_CHAT_SEED_H_
