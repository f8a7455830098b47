// Whose token: which services make the tokens of a kind, what these call the
// app, and how they spell the user. For whoever names an app and a user by
// hand: the command line and the admin listener.
//
//   agora-chat folds user names, flipflop does not:
//   ("acme#chat", "Amy") -> "amy"      ("ffl-dev-1", "Amy") -> "Amy"
//
// A service is known by the handlers of its operations, not by its name: a
// contract of the operator's own may extend a built-in one.
//
// Pure functions; thread-safe.
#ifndef HEADGATE_SERVICE_TOKENS_SUBJECT_H_
#define HEADGATE_SERVICE_TOKENS_SUBJECT_H_

#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.h"
#include "policy/value.h"
#include "service/tokens/claims.h"

namespace headgate::service {

// The operation of the service whose answer holds a token of this kind. Null:
// the service makes none.
const policy::CompiledOperation* MakerOf(const policy::CompiledService& service,
                                         TokenKind kind);

// What tokens of this kind call the app: their `aud`.
std::string AudienceOf(TokenKind kind, const policy::CompiledApp& app);

// The contract's value at the field of this name, or at the path's variable,
// or of this name itself. Null: any text.
const policy::CompiledValue* ValueOf(const policy::CompiledOperation& operation,
                                     std::string_view field);
// The one for the user in tokens of this kind. REQUIRES: the service makes
// them.
const policy::CompiledValue* UserValueOf(const policy::CompiledService& service,
                                         TokenKind kind);
// The user as those tokens spell it: their `sub`.
std::string FoldUser(const policy::CompiledService& service, TokenKind kind,
                     std::string_view user);

// The audiences of all tokens that are opened here, sorted.
std::vector<std::string> Audiences(const policy::Policy& policy);
// The user as the tokens of this audience spell it: once, or more often where
// services that differ in it have an app of the same name. Empty: there is no
// such audience.
std::vector<std::string> SubjectsOf(const policy::Policy& policy,
                                    std::string_view audience,
                                    std::string_view user);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_SUBJECT_H_
