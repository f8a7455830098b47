// Why Headgate itself answers a request: one name per reason, the same in the
// contract files (`refusals:`), the metrics, the access log and `explain`. Each
// contract says which row of its error catalogue answers which reason.
#ifndef HEADGATE_POLICY_REFUSAL_H_
#define HEADGATE_POLICY_REFUSAL_H_

#include <optional>
#include <string_view>

namespace headgate::policy {

enum class Refusal {
  // Route.
  kNoOperation,  // no_operation: a URL that is no operation
  kWrongMethod,  // wrong_method: a known URL, another method
  kBadPath,      // bad_path: %00, %2f, backslash, overlong UTF-8, ...
  // Authenticate.
  kNoCredentials,         // no_credentials: none sent
  kMalformedCredentials,  // malformed_credentials
  kBadCredentials,        // bad_credentials: well formed, not known here
  kUnknownApp,            // unknown_app: not listed, and only listed ones may
  // Limit.
  kRate,  // rate
  // Authorize.
  kForbidden,  // forbidden: grants do not cover it
  // Validate.
  kInvalid,       // invalid: anything else wrong with the request
  kInvalidQuery,  // invalid_query
  kMissingField,  // missing_field
  kInvalidField,  // invalid_field
  kNotJson,       // not_json
  kMediaType,     // media_type
  kBodyTooLarge,  // body_too_large: over body_bytes
  // The wire (proxy/http): the request could not be read.
  kBadRequest,         // bad_request: framing, syntax
  kRequestTimeout,     // request_timeout: 408
  kUriTooLong,         // uri_too_long: 414
  kHeadTooLarge,       // head_too_large: 431
  kExpectationFailed,  // expectation_failed: 417
  kNotImplemented,     // not_implemented: 501
  kHttpVersion,        // http_version: 505
  // Admit, and us.
  kOverloaded,  // overloaded: too much in flight
  kDraining,    // draining
  kInternal,    // internal: our fault
  // Handle: what the upstream did.
  kUpstreamConnect,   // upstream_connect
  kUpstreamTimeout,   // upstream_timeout
  kUpstreamProtocol,  // upstream_protocol
  kUpstreamTls,       // upstream_tls
};
inline constexpr int kRefusals = static_cast<int>(Refusal::kUpstreamTls) + 1;

// "no_operation", ...: a static string.
std::string_view RefusalName(Refusal refusal);
std::optional<Refusal> RefusalFromName(std::string_view name);
// The HTTP status where no family is known: 404, 400, ...
int RefusalStatus(Refusal refusal);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_REFUSAL_H_
