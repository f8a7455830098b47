// What `headgate token` works with: a config's apps and token keys, without the
// server that runs by the same file.
//
// Belongs to one thread. Errors are sentences for the operator.
#ifndef HEADGATE_CLI_TOKEN_TOOLS_H_
#define HEADGATE_CLI_TOKEN_TOOLS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/policy.h"
#include "service/tokens/tokens.h"

namespace headgate::cli {

struct TokenTools {
  std::shared_ptr<const policy::Policy> policy;
  std::unique_ptr<service::Tokens> tokens;
};

// Reads the file and its keys, or those beside its database; makes none of
// either. `revocations` null: none are known. INVALID_ARGUMENT: the config is
// wrong, the message holds every diagnostic.
absl::StatusOr<TokenTools> LoadTokenTools(
    const std::string& file, const service::Revocations* revocations);

// The built-in contract whose tokens are of this kind: "flipflop".
std::string_view FamilyOf(service::TokenKind kind);

// An app, the service that makes its tokens of a kind, and the operation that
// does it. They are the policy's.
struct TokenApp {
  const policy::CompiledService* service = nullptr;
  const policy::CompiledOperation* maker = nullptr;
  const policy::CompiledApp* app = nullptr;
};
// NOT_FOUND: there is no such app; the message tells which there are. With one
// app alone, its name may be left out; else INVALID_ARGUMENT: say which.
absl::StatusOr<TokenApp> FindApp(const policy::Policy& policy,
                                 service::TokenKind kind,
                                 std::string_view name);

// Opens a token whatever its kind and app: why it is not good ("": it is).
std::string InspectToken(const TokenTools& tools, std::string_view token,
                         service::TokenClaims* claims);

// The argument, or standard input for "" and "-": secrets are better not on the
// command line, where others can see them.
std::string ReadToken(const std::string& argument);
// Whether standard input begins with a token of ours; nothing is taken from it.
// A pipe that nobody has written to yet has none.
bool HasTokenAtInput();

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_TOKEN_TOOLS_H_
