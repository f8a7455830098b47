// `headgate db seed`: demo users and rooms in the store of a config.
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/strings.h"
#include "cli/db.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "service/agora_chat/seed.h"
#include "service/storage/store.h"

namespace headgate::cli {
namespace {

constexpr char kService[] = "agora-chat";

struct SeedCommand {
  std::string config;
  std::string app;
  service::SeedOptions seed;
};

int Fail(int code, std::string_view message) {
  PrintError(StrCat("headgate: ", message, "\n"));
  return code;
}

const policy::CompiledService* FindService(const policy::Policy& policy) {
  for (const auto& service : policy.services()) {
    if (service->name == kService && !service->spec.upstream) {
      return service.get();
    }
  }
  return nullptr;
}

// By name; the first where none is named.
const policy::CompiledApp* FindApp(const policy::CompiledService& service,
                                   const std::string& name) {
  for (const auto& app : service.apps) {
    if (name.empty() || app->name == name) return app.get();
  }
  return nullptr;
}

int SeedStore(const SeedCommand& command, const policy::Policy& policy) {
  const policy::CompiledService* const service = FindService(policy);
  if (service == nullptr) {
    return Fail(kFailed, StrCat(command.config, ": no service ", kService,
                                " without an upstream to be filled"));
  }
  const policy::CompiledApp* const app = FindApp(*service, command.app);
  if (app == nullptr) {
    return Fail(kFailed,
                command.app.empty()
                    ? StrCat(command.config, ": ", kService, " has no app")
                    : StrCat(command.config, ": ", kService, " has no app ",
                             command.app));
  }
  const std::string& storage = policy.config().storage;
  if (storage == "memory") {
    return Fail(kFailed,
                "storage is memory: nothing would be kept; give "
                "`storage: sqlite:PATH`");
  }
  auto store = service::Store::Open(storage);
  if (!store.ok()) return Fail(kFailed, FromAbsl(store.status().message()));
  absl::Status status;
  {
    Progress progress("seeding");
    status = service::SeedAgoraChat(
        *service, *app, command.seed, Clock::System().Now(), store->get(),
        [&](int64_t done, int64_t all) { progress.Show(done, all); });
  }
  if (!status.ok()) return Fail(kFailed, FromAbsl(status.message()));
  const service::SeedOptions& seed = command.seed;
  return PrintOut(StrCat(storage, ": ", seed.users, " users and ", seed.rooms,
                         " rooms of ", seed.members, " in ", app->name, "\n"))
             ? kOk
             : kFailed;
}

int Seed(const SeedCommand& command) {
  if (command.seed.rooms > 0 && command.seed.members > command.seed.users) {
    return Fail(kUsage,
                "a room of more members than there are users; give "
                "--users at least as many as --members");
  }
  config::Diagnostics diagnostics;
  const auto config = config::Load(
      command.config, config::SystemEnvironment(policy::BuiltinContracts()),
      &diagnostics);
  std::shared_ptr<const policy::Policy> policy;
  if (config) policy = policy::Policy::Compile(*config, &diagnostics);
  if (policy != nullptr) return SeedStore(command, *policy);
  PrintError(diagnostics.ToString(ErrorsTakeColor()));
  return kInvalidConfig;
}

}  // namespace

std::function<int()> DeclareDbSeed(CLI::App* app) {
  auto command = std::make_shared<SeedCommand>();
  app->add_option("config", command->config, "The config file")
      ->type_name("FILE")
      ->required();
  app->add_option("--app", command->app,
                  "The app's name; default: the first of agora-chat")
      ->type_name("NAME");
  app->add_option("--users", command->seed.users, "Users demo1, demo2, ...")
      ->check(CLI::Range(int64_t{1}, service::kSeedUsersMax))
      ->capture_default_str();
  app->add_option("--rooms", command->seed.rooms, "New rooms")
      ->check(CLI::Range(int64_t{0}, service::kSeedRoomsMax))
      ->capture_default_str();
  app->add_option("--members", command->seed.members, "Members of each room")
      ->check(CLI::Range(int64_t{1}, service::kSeedMembersMax))
      ->capture_default_str();
  return [command] { return Seed(*command); };
}

}  // namespace headgate::cli
