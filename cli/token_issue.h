// What stands in a token that is issued by hand: the claims that a service
// would put there for the same wishes, or a sentence that says why it would put
// none. The rules are the contract's, as the config changes them: chat and room
// tokens are judged by their operation (token_argument.h), users of the other
// kinds by the contract's value.
//
// Pure functions; thread-safe. Mistakes are sentences for the operator.
#ifndef HEADGATE_CLI_TOKEN_ISSUE_H_
#define HEADGATE_CLI_TOKEN_ISSUE_H_

#include <string>

#include "base/clock.h"
#include "cli/token_request.h"
#include "cli/token_tools.h"

namespace headgate::cli {

// What is wrong whatever the config says; "": nothing.
std::string CheckRequest(const TokenRequest& request);

// Fills in `claims`; "", or what is wrong. REQUIRES: CheckRequest found
// nothing.
std::string MakeClaims(const TokenRequest& request, const TokenApp& app,
                       const Instant& now, service::TokenClaims* claims);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_TOKEN_ISSUE_H_
