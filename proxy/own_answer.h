// What Headgate puts into answers by itself: the fields that it adds to each of
// them, and the body of an error that it answers. The pipeline of `serve` and
// the line of the policy tests (cli/cases/line.h) answer by these parts, so
// that they answer alike.
//
//   own_fields.Collect({.decision = decision, .request_id = id, ...});
//   http::WriteLocalHead(429, type, {.own_fields = own_fields.fields()},
//   &head);
//
// Belongs to one thread; keeps its buffers.
#ifndef HEADGATE_PROXY_OWN_ANSWER_H_
#define HEADGATE_PROXY_OWN_ANSWER_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "policy/catalogue.h"
#include "policy/decision.h"
#include "policy/policy.h"
#include "policy/rate_headers.h"
#include "proxy/http/message.h"
#include "proxy/http/writer.h"

namespace headgate::proxy {

// What an upstream's answer says of its own limits, where a documented error
// takes its place.
struct UpstreamLimit {
  bool reached = false;          // it was a 429
  std::string_view retry_after;  // empty: none, or none that is valid
};
UpstreamLimit LimitOf(const http::ResponseHead& answer);

// X-Request-ID, WWW-Authenticate, the RateLimit fields, Retry-After, and those
// of CORS. Where the upstream's own limit was reached, ours does not say that
// there are calls left: Retry-After is all that is told.
class OwnFields {
 public:
  explicit OwnFields(const SipHashKey& secret) : secret_(secret) {}

  struct Answer {
    const policy::Decision& decision;
    std::string_view request_id;
    std::string_view origin;  // the request's Origin
    std::string_view vary;    // what the answer varies by itself
    int local_status = 0;     // of an answer that is made here
    bool denied = false;      // it says what the decision refused
    // Of the upstream's answer that it stands for.
    UpstreamLimit upstream = {};
  };
  // The fields view the answer's parts and this, until the next call.
  void Collect(const Answer& answer);
  // If the request is a preflight of a service with CORS: the fields of its
  // answer, and the service. Null: it is none.
  const policy::CompiledService* CollectPreflight(const policy::Policy& policy,
                                                  const http::RequestHead& head,
                                                  std::string_view path);

  const std::vector<http::OwnField>& fields() const { return fields_; }

 private:
  void AddRate(const policy::Decision& decision, bool denied);

  const SipHashKey secret_;
  std::vector<http::OwnField> fields_;
  std::string partition_key_, rate_policy_, rate_limit_, retry_after_, cors_;
};

// What the body of an error may tell of the call.
struct ErrorCall {
  const policy::Decision& decision;
  Instant now, started;
  std::string_view method, path;
};
struct ErrorAnswer {
  int status = 500;
  std::string_view content_type;
};
// Replaces `*body` by that of `error`; null: by that of the decision's refusal
// where no family is known.
ErrorAnswer RenderError(const policy::CatalogueError* error,
                        const ErrorCall& call, std::string* body);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_OWN_ANSWER_H_
