#include "cli/token_tools.h"

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "cli/terminal.h"
#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "service/tokens/key_file.h"

namespace headgate::cli {
namespace {

using service::TokenKind;

absl::StatusOr<std::shared_ptr<const policy::Policy>> LoadPolicy(
    const std::string& file) {
  config::Diagnostics diagnostics;
  const auto config =
      config::Load(file, config::SystemEnvironment(policy::BuiltinContracts()),
                   &diagnostics);
  std::shared_ptr<const policy::Policy> policy;
  if (config) policy = policy::Policy::Compile(*config, &diagnostics);
  if (policy != nullptr) return policy;
  return absl::InvalidArgumentError(diagnostics.ToString(ErrorsTakeColor()));
}

// Those beside the database.
absl::StatusOr<std::vector<std::string>> OwnKeysOf(
    const config::Config& config) {
  if (!config.tokens.keys.empty()) return std::vector<std::string>();
  const std::string path = service::KeyFileOf(config.storage);
  if (path.empty()) {
    return absl::FailedPreconditionError(
        "storage is memory and there are no tokens.keys: the server alone "
        "knows the keys that it has made");
  }
  auto keys = service::LoadKeyFile(path);
  if (!absl::IsNotFound(keys.status())) return keys;
  return absl::NotFoundError(
      StrCat(path,
             ": there is no key yet; the first `headgate serve` makes "
             "it, or list tokens.keys"));
}

const policy::CompiledService* ServiceOf(const policy::Policy& policy,
                                         TokenKind kind) {
  for (const auto& service : policy.services()) {
    if (service->name == FamilyOf(kind)) return service.get();
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<TokenTools> LoadTokenTools(
    const std::string& file, const service::Revocations* revocations) {
  TokenTools tools;
  auto policy = LoadPolicy(file);
  if (!policy.ok()) return policy.status();
  tools.policy = *std::move(policy);
  const config::Config& config = tools.policy->config();
  const auto keys = OwnKeysOf(config);
  if (!keys.ok()) return keys.status();
  auto tokens = service::Tokens::Create(config.tokens, *keys, revocations);
  if (!tokens.ok())
    return absl::FailedPreconditionError(tokens.status().message());
  tools.tokens = *std::move(tokens);
  return tools;
}

std::string_view FamilyOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::kAppAccess:
    case TokenKind::kUserAccess:
      return "agora-chat";
    case TokenKind::kMemberAccess:
    case TokenKind::kMemberRefresh:
    case TokenKind::kMemberStream:
    case TokenKind::kMemberChat:
      return "flipflop";
    case TokenKind::kChatMember:
    case TokenKind::kRoomMember:
      return "private-services";
  }
  return {};
}

std::string AudienceOf(TokenKind kind, const policy::CompiledApp& app) {
  const std::string_view family = FamilyOf(kind);
  if (family == "agora-chat") return app.app_key;
  const bool by_id = family == "flipflop" && !app.spec.app_id.empty();
  return by_id ? app.spec.app_id : app.name;
}

absl::StatusOr<const policy::CompiledApp*> FindApp(const policy::Policy& policy,
                                                   TokenKind kind,
                                                   std::string_view name) {
  const policy::CompiledService* service = ServiceOf(policy, kind);
  std::vector<std::string> names;
  if (service != nullptr) {
    for (const auto& app : service->apps) {
      const bool only = name.empty() && service->apps.size() == 1;
      if (only || app->name == name) return app.get();
      names.push_back(app->name);
    }
  }
  const std::string known =
      names.empty() ? "it lists none" : StrCat("there are ", Join(names, ", "));
  const std::string which =
      name.empty() ? "say which app with --app"
                   : StrCat(FamilyOf(kind), " has no app \"", name, "\"");
  return absl::NotFoundError(StrCat(which, "; ", known));
}

std::string InspectToken(const TokenTools& tools, std::string_view token,
                         service::TokenClaims* claims) {
  std::string why = "there is no app that it could be for";
  const Instant now = Clock::System().Now();
  for (const TokenKind kind : service::kTokenKinds) {
    const policy::CompiledService* service = ServiceOf(*tools.policy, kind);
    if (service == nullptr) continue;
    for (const auto& app : service->apps) {
      why = tools.tokens->Inspect({kind}, AudienceOf(kind, *app), token, now,
                                  claims);
      if (why.empty() || !claims->id.empty()) return why;
    }
  }
  return why;
}

std::string ReadToken(const std::string& argument) {
  if (argument != "-") return argument;
  std::string text(service::Tokens::kTokenBytesMax + 2, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), stdin));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace headgate::cli
