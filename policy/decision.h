// The answer of the policy: allow, or deny with the error to send, the rule
// that denied and its place; and, for an allowed request, what is forwarded in
// the place of what was received (folded names, clamped numbers).
//
// One Decision lives in an exchange and is reused by the next one on the same
// connection: Clear() keeps the buffers, so that a warm connection allocates
// nothing.
#ifndef HEADGATE_POLICY_DECISION_H_
#define HEADGATE_POLICY_DECISION_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "config/diagnostic.h"
#include "policy/identity.h"
#include "policy/limiter.h"
#include "policy/refusal.h"

namespace headgate::policy {

class CompiledService;     // policy/policy.h
struct CompiledOperation;  // policy/policy.h
struct CompiledApp;        // policy/policy.h
struct CatalogueError;     // policy/catalogue.h
struct RateHeaderText;     // policy/rate_headers.h

struct Decision {
  enum class Outcome { kAllow, kDeny };
  Outcome outcome = Outcome::kAllow;

  // Route. Views and pointers are into the Policy, which the exchange pins.
  const CompiledService* service = nullptr;      // null: no family known
  const CompiledOperation* operation = nullptr;  // null: unmatched
  const CompiledApp* app = nullptr;              // null: not listed
  Identity caller;
  // Why the credentials are bad, for the log only: a static string.
  std::string_view credentials_reason;

  // Deny.
  Refusal refusal = Refusal::kInvalid;
  const CatalogueError* error = nullptr;  // null: no family; neutral shape
  std::string rule;  // "add_chatroom_members.body.usernames.items"
  // Where the rule stands, into the Policy; null: nowhere.
  const config::Location* rule_at = nullptr;
  // What the error's template may name: {value}, {location}, {limit}.
  std::string value;
  std::string location;  // "arguments[2].permissions[0]"
  int64_t bound = 0;     // the limit that was passed

  // Limit.
  bool limited = false;  // a limit was asked; `rate` is its answer
  // The constant part of the RateLimit fields of the limit that was asked (the
  // operation's or the app's own), into the Policy. Set whenever `limited` is.
  const RateHeaderText* rate_text = nullptr;
  RateDecision rate;
  LimiterKey limiter_key;

  // Validate: what is forwarded. `path` is always set when an operation
  // matched; `query` and `body` only if the flag says so.
  std::string path;
  bool query_rewritten = false;
  std::string query;
  bool body_rewritten = false;
  std::string body;
  // The body as it was read, names folded; "no value" where none was. It stands
  // in the engine's own buffers: valid until the engine decides again.
  JsonValue body_json;
  bool needs_body = false;  // EvaluateBody must see the whole body first
  // A secret in some families: never shown; see `app->name` and AppKeyHash().
  std::string app_key;
  bool app_key_secret = false;  // it was made of credentials
  // The path's variables, decoded and folded: names are the policy's, values
  // stand in `variable_text`.
  std::vector<std::pair<std::string_view, std::string_view>> variables;
  std::string variable_text;

  bool allowed() const { return outcome == Outcome::kAllow; }
  void Clear();
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_DECISION_H_
