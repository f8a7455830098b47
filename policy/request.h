// What the policy may look at of a request: views into the exchange's buffers,
// valid while Evaluate runs. The wire is already parsed and the target
// normalised (proxy/http/target.h, RFC 3986 6.2.2).
#ifndef HEADGATE_POLICY_REQUEST_H_
#define HEADGATE_POLICY_REQUEST_H_

#include <string_view>

namespace headgate::policy {

struct RecordedCredentials;  // policy/recorded_credentials.h

struct Request {
  std::string_view method;         // "GET"
  std::string_view path;           // "/acme/chat/chatrooms/1", percent-encoded
  std::string_view query;          // without '?'
  std::string_view authorization;  // the field's value; empty: none
  std::string_view content_type;   // the field's value; empty: none or empty
  bool has_body = false;           // framing says that one follows
  // Of a call that is decided again: instead of `authorization`. Null: none.
  const RecordedCredentials* recorded = nullptr;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_REQUEST_H_
