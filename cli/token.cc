// `headgate token`: makes keys, issues a token by hand, shows what stands in
// one, revokes one or all of a user.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "cli/choice.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "cli/token_issue.h"
#include "cli/token_tools.h"
#include "service/tokens/revoke.h"
#include "service/tokens/subject.h"

namespace headgate::cli {
namespace {

using service::TokenClaims;
using service::TokenKind;

struct TokenOptions {
  std::string config;
  std::string kind;
  std::string app;
  std::string user;
  std::string lifetime;
  std::string format = "local";
  std::string token;  // "": from standard input, too
  std::vector<std::string> claims, permissions, metadata;
};

int Fail(const absl::Status& status) {
  const std::string message(FromAbsl(status.message()));
  // Diagnostics come with all that they need.
  const bool config = absl::IsInvalidArgument(status);
  PrintError(config ? message : StrCat("headgate: ", message, "\n"));
  return config ? kInvalidConfig : kFailed;
}

int FailUsage(std::string_view what) {
  PrintError(StrCat("headgate: ", what, "\nTry `headgate token --help`.\n"));
  return kUsage;
}

std::string KindNames() {
  std::vector<std::string> names;
  for (const TokenKind kind : service::kTokenKinds) {
    names.emplace_back(TokenPurpose(kind));
  }
  return Join(names, ", ");
}

// "": it is one.
std::string CheckKind(const std::string& kind) {
  if (service::TokenKindFromPurpose(kind)) return "";
  return StrCat("--kind is ", kind.empty() ? "missing" : "none of those listed",
                ": ", KindNames());
}

// All tokens of a user, or of an app itself, and not a single one.
bool RevokesUser(const TokenOptions& options) {
  return !options.user.empty() || !options.kind.empty() || !options.app.empty();
}

int NewKey(const TokenOptions& options) {
  std::string key, id;
  if (options.format == "local") {
    const service::LocalKey local = service::NewLocalKey();
    key = ToPaserk(local);
    id = StrCat("id ", PaserkId(local));
  } else {
    const service::SecretKey secret = service::NewSecretKey();
    const service::PublicKey checks = PublicKeyOf(secret);
    key = ToPaserk(secret);
    id = StrCat("id ", PaserkId(checks), ", public key ", ToPaserk(checks));
  }
  PrintError(StrCat("headgate: a secret for tokens.keys; ", id, "\n"));
  return PrintOut(key + "\n") ? kOk : kFailed;
}

// An app that is not named is a mistake of the command line; one that the
// config lacks is not.
int FailToFind(const absl::Status& status) {
  return absl::IsInvalidArgument(status) ? FailUsage(FromAbsl(status.message()))
                                         : Fail(status);
}

int Issue(const TokenOptions& options) {
  std::string mistake = CheckKind(options.kind);
  if (!mistake.empty()) return FailUsage(mistake);
  const TokenKind kind = *service::TokenKindFromPurpose(options.kind);
  const TokenRequest request = {.kind = kind,
                                .user = options.user,
                                .lifetime = options.lifetime,
                                .claims = options.claims,
                                .metadata = options.metadata,
                                .permissions = options.permissions};
  mistake = CheckRequest(request);
  if (!mistake.empty()) return FailUsage(mistake);
  const auto tools = LoadTokenTools(options.config, nullptr);
  if (!tools.ok()) return Fail(tools.status());
  const auto app = FindApp(*tools->policy, kind, options.app);
  if (!app.ok()) return FailToFind(app.status());
  const Instant now = Clock::System().Now();
  TokenClaims claims;
  mistake = MakeClaims(request, *app, now, &claims);
  if (!mistake.empty()) return FailUsage(mistake);
  const std::string token = tools->tokens->Issue(&claims, now);
  if (token.size() > service::Tokens::kTokenBytesMax) {
    return FailUsage(StrCat(
        "the token would have ", token.size(), " bytes; who receives it takes ",
        service::Tokens::kTokenBytesMax, ": give it less metadata"));
  }
  return PrintOut(token + "\n") ? kOk : kFailed;
}

// The store, as long as no server has it.
absl::StatusOr<std::unique_ptr<service::Runtime>> OpenRuntime(
    const std::string& config) {
  auto tools = LoadTokenTools(config, nullptr);
  if (!tools.ok()) return tools.status();
  return service::Runtime::Open({.storage = tools->policy->config().storage});
}

int Inspect(const TokenOptions& options) {
  const auto runtime = OpenRuntime(options.config);
  if (!runtime.ok() && absl::IsInvalidArgument(runtime.status())) {
    return Fail(runtime.status());
  }
  const auto tools = LoadTokenTools(
      options.config, runtime.ok() ? &(*runtime)->revocations() : nullptr);
  if (!tools.ok()) return Fail(tools.status());
  TokenClaims claims;
  const std::string why =
      InspectToken(*tools, ReadToken(options.token), &claims);
  if (!claims.id.empty() && !PrintOut(WriteClaims(claims) + "\n")) {
    return kFailed;
  }
  if (!runtime.ok()) {
    PrintError(StrCat("headgate: whether it was revoked is not known: ",
                      FromAbsl(runtime.status().message()), "\n"));
  }
  PrintError(why.empty() ? std::string("headgate: good\n")
                         : StrCat("headgate: not good: ", why, "\n"));
  return why.empty() ? kOk : kFailed;
}

// What is wrong with the command line of a revocation; "": nothing.
std::string CheckRevoke(const TokenOptions& options) {
  if (!RevokesUser(options)) return "";
  if (!options.token.empty() || HasTokenAtInput()) {
    return "revoke takes a token, or --kind, --app and --user, not both";
  }
  std::string mistake = CheckKind(options.kind);
  if (!mistake.empty()) return mistake;
  const bool of_app =
      options.kind == service::TokenPurpose(TokenKind::kAppAccess);
  if (of_app == options.user.empty()) return "";
  return of_app ? "a token of an app has no --user"
                : "whose tokens? --user is missing";
}

int RevokeAllOf(const TokenOptions& options, const TokenTools& tools,
                service::Runtime* runtime) {
  const TokenKind kind = *service::TokenKindFromPurpose(options.kind);
  const auto app = FindApp(*tools.policy, kind, options.app);
  if (!app.ok()) return FailToFind(app.status());
  const absl::Status status =
      RevokeSubject(runtime, service::AudienceOf(kind, *app->app),
                    service::FoldUser(*app->service, kind, options.user),
                    Clock::System().Now());
  return status.ok() ? kOk : Fail(status);
}

int FailAsServed(std::string_view why) {
  PrintError(StrCat("headgate: ", why,
                    "\nA running server revokes by POST /revoke on its admin "
                    "listener.\n"));
  return kFailed;
}

int Revoke(const TokenOptions& options) {
  const std::string mistake = CheckRevoke(options);
  if (!mistake.empty()) return FailUsage(mistake);
  const auto runtime = OpenRuntime(options.config);
  if (absl::IsFailedPrecondition(runtime.status())) {
    return FailAsServed(FromAbsl(runtime.status().message()));
  }
  if (!runtime.ok()) return Fail(runtime.status());
  const auto tools = LoadTokenTools(options.config, &(*runtime)->revocations());
  if (!tools.ok()) return Fail(tools.status());
  if (tools->policy->config().storage == "memory") {
    return FailAsServed("storage is memory: nothing would be kept");
  }
  if (RevokesUser(options)) return RevokeAllOf(options, *tools, runtime->get());
  TokenClaims claims;
  const std::string why =
      InspectToken(*tools, ReadToken(options.token), &claims);
  if (!why.empty()) {
    PrintError(StrCat("headgate: not good, so nothing to revoke: ", why, "\n"));
    return kFailed;
  }
  const absl::Status status =
      RevokeToken(runtime->get(), claims, Clock::System().Now());
  return status.ok() ? kOk : Fail(status);
}

using Options = std::shared_ptr<TokenOptions>;

CLI::App* AddCommand(CLI::App* app, const char* name, const char* summary,
                     const char* examples) {
  CLI::App* command = app->add_subcommand(name, summary);
  command->footer(StrCat("Examples:\n", examples));
  return command;
}

void AddConfig(CLI::App* command, const Options& options) {
  command->add_option("config", options->config, "The config file")
      ->type_name("FILE")
      ->required();
}

void AddToken(CLI::App* command, const Options& options) {
  command
      ->add_option("token", options->token,
                   "The token; without it, or \"-\": from standard input")
      ->type_name("TOKEN");
}

void AddWhose(CLI::App* command, const Options& options) {
  command->add_option("--kind", options->kind, KindNames())->type_name("KIND");
  command
      ->add_option("--app", options->app,
                   "The app's name; may be left out if it is the only one")
      ->type_name("NAME");
  command->add_option("--user", options->user, "The user, its subject")
      ->type_name("USER");
}

CLI::App* AddNewKey(CLI::App* app, const Options& options) {
  CLI::App* command =
      AddCommand(app, "new-key", "Print a new secret for tokens.keys",
                 "  headgate token new-key > token-k2.key\n"
                 "  headgate token new-key --format public > signing.key");
  command
      ->add_option("--format", options->format,
                   "local: seals tokens; public: signs them")
      ->check(OneOf(std::vector<std::string>{"local", "public"}))
      ->capture_default_str();
  return command;
}

CLI::App* AddIssue(CLI::App* app, const Options& options) {
  CLI::App* command = AddCommand(
      app, "issue", "Issue a token by hand",
      "  headgate token issue headgate.yaml --kind app-access --app acme#chat\n"
      "  headgate token issue headgate.yaml --kind chat-member --user UUID \\\n"
      "      --claim chat_id=UUID --permission PermissionChat --lifetime 1h");
  AddConfig(command, options);
  AddWhose(command, options);
  command
      ->add_option("--lifetime", options->lifetime,
                   "How long it is good; default: tokens.lifetime")
      ->type_name("DURATION");
  command
      ->add_option("--claim", options->claims,
                   "A claim of the family's own: chat_id, room_id, user_name "
                   "or role")
      ->type_name("NAME=VALUE");
  command
      ->add_option("--permission", options->permissions,
                   "A permission, and what it implies")
      ->type_name("NAME");
  command->add_option("--metadata", options->metadata, "An entry of metadata")
      ->type_name("NAME=VALUE");
  return command;
}

CLI::App* AddInspect(CLI::App* app, const Options& options) {
  CLI::App* command = AddCommand(
      app, "inspect", "Show what stands in a token, and whether it is good",
      "  headgate token inspect headgate.yaml < token.txt");
  AddConfig(command, options);
  AddToken(command, options);
  return command;
}

CLI::App* AddRevoke(CLI::App* app, const Options& options) {
  CLI::App* command = AddCommand(
      app, "revoke", "Revoke a token, or all of a user, while no server runs",
      "  headgate token revoke headgate.yaml < token.txt\n"
      "  headgate token revoke headgate.yaml --kind user-access --user alice");
  AddConfig(command, options);
  AddToken(command, options);
  AddWhose(command, options);
  return command;
}

}  // namespace

std::function<int()> DeclareToken(CLI::App* app) {
  using Run = int (*)(const TokenOptions&);
  const auto options = std::make_shared<TokenOptions>();
  const auto chosen = std::make_shared<Run>(nullptr);
  const std::pair<CLI::App* (*)(CLI::App*, const Options&), Run> kCommands[] = {
      {AddNewKey, NewKey},
      {AddIssue, Issue},
      {AddInspect, Inspect},
      {AddRevoke, Revoke}};
  for (const auto& [add, run] : kCommands) {
    add(app, options)->callback([chosen, run = run] { *chosen = run; });
  }
  app->require_subcommand(1);
  return [options, chosen] { return (*chosen)(*options); };
}

}  // namespace headgate::cli
