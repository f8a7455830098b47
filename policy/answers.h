// Map: what an upstream answered -> what the client may see. A documented
// answer passes untouched; anything else becomes the documented error that the
// contract's `upstream_answers` name.
#ifndef HEADGATE_POLICY_ANSWERS_H_
#define HEADGATE_POLICY_ANSWERS_H_

#include <string_view>

#include "policy/catalogue.h"
#include "policy/policy.h"

namespace headgate::policy {

struct UpstreamAnswer {
  int status = 0;
  std::string_view content_type = "";
  // The whole body, or only its beginning if `streaming`: an answer too large
  // to hold is judged by status, content type and first bytes.
  std::string_view body = "";
  bool streaming = false;
  bool head_request = false;  // no body by rule
};

struct Mapped {
  const CatalogueError* error = nullptr;  // null: passes untouched
  // Why it was replaced, for metrics and the log: "undocumented_status",
  // "undocumented_error", "content_type", "body", "upstream_timeout", ...
  std::string_view reason;
};

// `operation` may be null (forwarded unmatched calls pass untouched).
Mapped MapAnswer(const CompiledService& service,
                 const CompiledOperation* operation,
                 const UpstreamAnswer& answer);
// `failure` is one of the kUpstream... refusals.
Mapped MapFailure(const CompiledService& service, Refusal failure);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_ANSWERS_H_
