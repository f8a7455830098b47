// One call that a service answers itself: what it asks, who asks, and the
// answer. It owns all of it: the client may be gone before the store is done.
//
// Belongs to one thread at a time: the worker's loop, then the store's, then
// the loop again.
#ifndef HEADGATE_SERVICE_CALL_H_
#define HEADGATE_SERVICE_CALL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "base/clock.h"
#include "base/json_reader.h"
#include "policy/decision.h"
#include "policy/identity.h"
#include "policy/policy.h"
#include "policy/request.h"

namespace headgate::service {

// Either a body, or a row of the catalogue and what its template names.
struct Answer {
  int status = 200;
  std::string body;
  // Empty: the family's content type.
  std::string content_type;
  // The body is a JSON object without its end: what the loop adds is
  // `,"timestamp":MS,"duration":MS}`.
  bool timed = false;

  const policy::CatalogueError* error = nullptr;
  std::string value;
  std::string location;
  int64_t bound = 0;
  // Further variables of the error's template ({application}).
  std::vector<std::pair<std::string, std::string>> variables;

  // For the access log: why, where the answer does not say it.
  std::string detail;

  // Makes it as new, keeping the body's buffer.
  void Clear();
};

struct Call {
  // The policy is pinned by the gateway, and the gateway by whoever holds the
  // call (service/gateway.h).
  const policy::CompiledService* service = nullptr;
  const policy::CompiledOperation* operation = nullptr;
  const policy::CompiledApp* app = nullptr;  // null: none is needed
  policy::Identity caller;

  std::string method;      // "POST"; "GET" of a HEAD
  std::string url;         // "http://host/acme/chat/users": no query
  std::string path;        // the same without scheme and host
  std::string query;       // validated, numbers clamped; without '?'
  std::string sent_query;  // as the client wrote it: for lists that echo it
  std::string body;        // validated, names folded
  // The same, as the policy has read it already: for `direct` handlers, which
  // run before the policy reads anything else. "No value" for all others.
  JsonValue body_json;
  std::string content_type;  // as it came; empty: none
  std::string credentials;   // the Authorization field, as it came: a secret
  // The path's variables, decoded and folded.
  std::vector<std::pair<std::string, std::string>> variables;
  Instant now;

  Answer answer;
  // Runs when what a write handler kept is durable, before the answer: what the
  // process remembers follows the store (revocations).
  absl::AnyInvocable<void()> on_kept;

  // "" if the path has no such variable.
  std::string_view Variable(std::string_view name) const;
  // The answer becomes this row of the catalogue (a test goes through all that
  // handlers name); false, so that a handler may write `return call.Refuse()`.
  bool Refuse(std::string_view error, std::string_view value = {},
              int64_t bound = 0);
};

// The call that the policy has allowed, in place of what `*call` was: its
// buffers are used again. `origin` is what stands before the path in its URL:
// "https://host".
void FillCall(const policy::Request& request, std::string_view body,
              const policy::Decision& decision, std::string_view origin,
              const Instant& now, Call* call);
// The same, new.
std::unique_ptr<Call> MakeCall(const policy::Request& request,
                               std::string_view body,
                               const policy::Decision& decision,
                               std::string_view origin, const Instant& now);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_CALL_H_
