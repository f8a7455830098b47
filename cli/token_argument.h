// Chat and room tokens that are issued by hand. The command line becomes the
// argument of the operation that would issue the token to a client, and is
// judged by it:
//
//   --user UUID --claim chat_id=UUID --permission PermissionChat
//   -> {"arguments":[{"user_id":UUID,"chat_id":UUID,"permissions":[...]}]}
//
// Pure; thread-safe.
#ifndef HEADGATE_CLI_TOKEN_ARGUMENT_H_
#define HEADGATE_CLI_TOKEN_ARGUMENT_H_

#include <string>

#include "cli/token_request.h"
#include "cli/token_tools.h"

namespace headgate::cli {

// Fills in `claims` as the operation would; "", or a sentence that says which
// option it refuses and why. REQUIRES: the kind is one of private-services; the
// texts are UTF-8.
std::string MakeArgumentClaims(const TokenRequest& request, const TokenApp& app,
                               service::TokenClaims* claims);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_TOKEN_ARGUMENT_H_
