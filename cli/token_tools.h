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

// The contract whose tokens are of this kind: "flipflop".
std::string_view FamilyOf(service::TokenKind kind);
// The app of the kind's service; NOT_FOUND tells which there are. With one app
// alone, its name may be left out.
absl::StatusOr<const policy::CompiledApp*> FindApp(const policy::Policy& policy,
                                                   service::TokenKind kind,
                                                   std::string_view name);
// What tokens of this kind call the app.
std::string AudienceOf(service::TokenKind kind, const policy::CompiledApp& app);

// Opens a token whatever its kind and app: why it is not good ("": it is).
std::string InspectToken(const TokenTools& tools, std::string_view token,
                         service::TokenClaims* claims);

// The argument, or standard input for "-": secrets are better not on the
// command line, where others can see them.
std::string ReadToken(const std::string& argument);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_TOKEN_TOOLS_H_
