#include "proxy/admin_limits.h"

#include <array>

#include "absl/status/status.h"
#include "base/crypto.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "proxy/admin_query.h"
#include "proxy/admin_rate.h"

namespace headgate::proxy {
namespace {

constexpr std::array<std::string_view, 3> kParameters = {"service", "app",
                                                         "operation"};

absl::Status Mistake(std::string_view what) {
  return absl::InvalidArgumentError(ToAbsl(what));
}

std::string ShowStats(const policy::Limiter::Stats& stats) {
  std::string text;
  JsonWriter writer(&text);
  writer.StartObject();
  writer.Member("keys", stats.keys);
  writer.Member("bytes", stats.bytes);
  writer.Member("overflow_calls", stats.overflow_calls);
  writer.Member("dropped_keys", stats.dropped_keys);
  writer.EndObject();
  return text;
}

// The operation of this name, in the service of that name if one is given.
absl::StatusOr<const policy::CompiledOperation*> FindOperation(
    const policy::Policy& policy, std::string_view service,
    std::string_view name) {
  const policy::CompiledOperation* found = nullptr;
  for (const auto& candidate : policy.services()) {
    if (!service.empty() && candidate->name != service) continue;
    for (const auto& operation : candidate->operations) {
      if (operation->name != name) continue;
      if (found != nullptr) {
        return Mistake(StrCat("several services have an operation \"", name,
                              "\": give \"service\" too"));
      }
      found = operation.get();
    }
  }
  if (found == nullptr) return Mistake("no such service or operation");
  return found;
}

const policy::CompiledApp* FindApp(const policy::CompiledService& service,
                                   std::string_view app) {
  for (const auto& listed : service.apps) {
    if (listed->name == app || listed->app_key == app) return listed.get();
  }
  return nullptr;
}

// The app's own limit, or the operation's.
const policy::RateLimit& LimitOf(const policy::CompiledOperation& operation,
                                 const policy::CompiledApp* app) {
  if (app == nullptr) return operation.limit;
  const auto& own = app->limits[static_cast<size_t>(operation.position)];
  return own != nullptr ? *own : operation.limit;
}

// What the engine counts an operation's calls under.
policy::LimiterKey KeyOf(const policy::Limiter& limiter,
                         const policy::CompiledOperation& operation,
                         std::string_view app_key) {
  return limiter.KeyFor(app_key,
                        StrCat(operation.service->name, ".", operation.name));
}

}  // namespace

absl::StatusOr<std::string> DescribeLimits(std::string_view query,
                                           const policy::Policy& policy,
                                           const policy::Limiter& limiter,
                                           const Instant& now) {
  absl::StatusOr<AdminQuery> read = ParseAdminQuery(query, kParameters);
  if (!read.ok()) return read.status();
  AdminQuery& asked = *read;
  if (asked.empty()) return ShowStats(limiter.GetStats());
  if (asked["app"].empty() || asked["operation"].empty()) {
    return Mistake("\"app\" and \"operation\" go together");
  }
  const absl::StatusOr<const policy::CompiledOperation*> found =
      FindOperation(policy, asked["service"], asked["operation"]);
  if (!found.ok()) return found.status();
  const policy::CompiledOperation& operation = **found;
  const policy::CompiledApp* app = FindApp(*operation.service, asked["app"]);
  if (app != nullptr && app->app_key.empty()) {
    return Mistake("of this app only its key's hash is known: give the key");
  }
  const std::string& app_key = app != nullptr ? app->app_key : asked["app"];

  std::string text;
  JsonWriter writer(&text);
  writer.StartObject();
  writer.Member("service", operation.service->name);
  writer.Member("operation", operation.name);
  // An app key is a secret in some families: only its hash is shown.
  writer.Member("app", app != nullptr
                           ? app->name
                           : HexEncode(AsBytes(Sha256(app_key)).substr(0, 4)));
  WriteRate(limiter.Peek(KeyOf(limiter, operation, app_key),
                         LimitOf(operation, app), now),
            &writer);
  writer.EndObject();
  return text;
}

}  // namespace headgate::proxy
