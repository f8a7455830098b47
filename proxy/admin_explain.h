// POST /explain: why a request is allowed or denied, step by step, without
// counting it.
//
//   {"method": "GET", "path": "/acme/chat/chatrooms/1/users?pagesize=5",
//    "headers": {"Authorization": "Bearer ..."}, "body": {...}}
//
// `body` is a string (the bytes) or any other JSON value (its text).
#ifndef HEADGATE_PROXY_ADMIN_EXPLAIN_H_
#define HEADGATE_PROXY_ADMIN_EXPLAIN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/json_writer.h"
#include "policy/decision.h"
#include "policy/engine.h"
#include "policy/policy.h"
#include "policy/trace.h"

namespace headgate::proxy {

// JSON: the decision and its trace. An error is a sentence for the caller.
// Never shows a credential. `engine` asks the limiter without counting.
absl::StatusOr<std::string> ExplainRequest(std::string_view body,
                                           const policy::Policy& policy,
                                           policy::Engine* engine,
                                           const Instant& now);

// The decision and its trace as one JSON object.
std::string DecisionAsJson(const policy::Decision& decision,
                           const policy::Trace& trace);

// The member "trace": each step with its rule, its place and its value.
void WriteTrace(const policy::Trace& trace, JsonWriter* writer);

// The decision and its trace as members of an object that is begun.
void WriteDecision(const policy::Decision& decision, const policy::Trace& trace,
                   JsonWriter* writer);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_ADMIN_EXPLAIN_H_
