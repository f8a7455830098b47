#include "cli/token_tools.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "cli/terminal.h"
#include "config/diagnostic.h"
#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "service/tokens/key_file.h"
#include "service/tokens/subject.h"

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

// Of every service that makes tokens of the kind.
std::vector<TokenApp> AppsOf(const policy::Policy& policy, TokenKind kind) {
  std::vector<TokenApp> apps;
  for (const auto& service : policy.services()) {
    const policy::CompiledOperation* const maker =
        service::MakerOf(*service, kind);
    if (maker == nullptr) continue;
    for (const auto& app : service->apps) {
      apps.push_back({service.get(), maker, app.get()});
    }
  }
  return apps;
}

// The first bytes of standard input, which stay there: of a file, or of a pipe.
std::string PeekInput(size_t bytes) {
  std::string text(bytes, '\0');
  const off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
  if (at >= 0) {
    const ssize_t read = pread(STDIN_FILENO, text.data(), text.size(), at);
    text.resize(read > 0 ? static_cast<size_t>(read) : 0);
    return text;
  }
  std::array<int, 2> copy{};
  if (pipe2(copy.data(), O_CLOEXEC) != 0) return "";
  ssize_t copied = tee(STDIN_FILENO, copy[1], bytes, SPLICE_F_NONBLOCK);
  if (copied > 0) copied = read(copy[0], text.data(), text.size());
  close(copy[0]);
  close(copy[1]);
  text.resize(copied > 0 ? static_cast<size_t>(copied) : 0);
  return text;
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

absl::StatusOr<TokenApp> FindApp(const policy::Policy& policy, TokenKind kind,
                                 std::string_view name) {
  std::vector<std::string> names;
  const std::vector<TokenApp> apps = AppsOf(policy, kind);
  for (const TokenApp& found : apps) {
    const bool only = name.empty() && apps.size() == 1;
    if (only || found.app->name == name) return found;
    names.push_back(found.app->name);
  }
  if (names.empty()) {
    return absl::NotFoundError(
        StrCat("the config has no app for ", service::TokenPurpose(kind),
               " tokens; list one under the apps of ", FamilyOf(kind)));
  }
  const std::string known = StrCat("there are ", Join(names, ", "));
  if (name.empty()) {
    return absl::InvalidArgumentError(
        StrCat("which app? --app is missing; ", known));
  }
  return absl::NotFoundError(
      StrCat(FamilyOf(kind), " has no app ", config::Quote(name), "; ", known));
}

std::string InspectToken(const TokenTools& tools, std::string_view token,
                         service::TokenClaims* claims) {
  std::string why = "there is no app that it could be for";
  const Instant now = Clock::System().Now();
  for (const TokenKind kind : service::kTokenKinds) {
    for (const TokenApp& found : AppsOf(*tools.policy, kind)) {
      why = tools.tokens->Inspect({kind}, service::AudienceOf(kind, *found.app),
                                  token, now, claims);
      if (why.empty() || !claims->id.empty()) return why;
    }
  }
  return why;
}

std::string ReadToken(const std::string& argument) {
  if (!argument.empty() && argument != "-") return argument;
  std::string text(service::Tokens::kTokenBytesMax + 2, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), stdin));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

bool HasTokenAtInput() {
  constexpr std::string_view kBegin = "v4.";
  return PeekInput(kBegin.size()) == kBegin;
}

}  // namespace headgate::cli
