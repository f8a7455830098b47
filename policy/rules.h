// What the engine decides by, for each operation, service, app and route: the
// compiled parts of policy/policy.h that nobody else looks at.
//
// Immutable once compiled; shared by all threads.
#ifndef HEADGATE_POLICY_RULES_H_
#define HEADGATE_POLICY_RULES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/app_key.h"
#include "policy/app_table.h"
#include "policy/body.h"
#include "policy/credentials.h"
#include "policy/grants.h"
#include "policy/path.h"
#include "policy/placed_value.h"
#include "policy/policy.h"
#include "policy/query.h"
#include "policy/rate_headers.h"
#include "policy/rule.h"

namespace headgate::policy {

struct OperationRules {
  std::string limiter_name;  // "agora-chat.add_chatroom_member"
  CredentialKind credentials = CredentialKind::kNone;
  Rule limit;
  RateHeaderText rate_text;
  std::optional<Rule> deny;
  CompiledQuery query;
  CompiledBody body;
  GrantsPath grants;
};

struct AppRules {
  // By the operation's position.
  std::vector<Rule> limits;
  std::vector<RateHeaderText> rate_texts;
  std::optional<SecretDigest> api_key, api_secret;
  std::optional<Grants> grants;  // none: everything
};

struct ServiceRules {
  ValueTable values;
  AppTable apps;
  bool verifies = false;                      // credentials are checked here
  Rule no_operation, wrong_method, bad_path;  // "route"
  // "agora-chat.authenticate"
  Rule no_credentials, malformed_credentials, bad_credentials, unknown_app;
};

// One template of one operation: its own path, or one through an alias.
struct CompiledRoute {
  const CompiledOperation* operation = nullptr;
  CompiledPath path;
  AppKeyTemplate app_key;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_RULES_H_
