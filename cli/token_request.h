// What `headgate token issue` is asked for, and the words in which it refuses:
// shared by the kinds (token_issue.h, token_argument.h).
//
// Pure functions; thread-safe.
#ifndef HEADGATE_CLI_TOKEN_REQUEST_H_
#define HEADGATE_CLI_TOKEN_REQUEST_H_

#include <string>
#include <string_view>
#include <vector>

#include "policy/catalogue.h"
#include "policy/value.h"
#include "service/tokens/claims.h"

namespace headgate::cli {

struct TokenRequest {
  service::TokenKind kind = service::TokenKind::kAppAccess;
  std::string user;                           // "": of the app itself
  std::string lifetime;                       // "15m"; "": the config's
  std::vector<std::string> claims, metadata;  // "NAME=VALUE"
  std::vector<std::string> permissions;
};

using Texts = service::TokenClaims::Texts;

// "NAME=VALUE" texts as pairs; "", or what is wrong.
std::string ReadPairs(std::string_view option,
                      const std::vector<std::string>& texts, Texts* pairs);
// Null: there is none of this name.
const std::string* FindText(const Texts& texts, std::string_view name);

// "a chat-member token"
std::string NameWithArticle(service::TokenKind kind);
// What the contract's error says to a person: the last text of its body that is
// more than a word. `error` may be null.
std::string SentenceOf(const policy::CatalogueError* error,
                       const policy::ErrorContext& context);
// What the value would take, to be put behind the sentence: "; it takes true,
// false". "": it cannot be said in a few words, or `value` is null.
std::string TakesOf(const policy::CompiledValue* value);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_TOKEN_REQUEST_H_
