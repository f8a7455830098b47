#include "policy/decision.h"

namespace headgate::policy {

void Decision::Clear() {
  outcome = Outcome::kAllow;
  service = nullptr;
  operation = nullptr;
  app = nullptr;
  caller.kind = Identity::Kind::kNone;
  caller.user.clear();
  credentials_reason = {};
  body_json = JsonValue();
  refusal = Refusal::kInvalid;
  error = nullptr;
  rule.clear();
  rule_at = nullptr;
  value.clear();
  location.clear();
  bound = 0;
  limited = false;
  rate_text = nullptr;
  rate = RateDecision();
  limiter_key = LimiterKey();
  path.clear();
  query_rewritten = false;
  query.clear();
  body_rewritten = false;
  body.clear();
  needs_body = false;
  app_key.clear();
  app_key_secret = false;
  variables.clear();
  variable_text.clear();
}

}  // namespace headgate::policy
