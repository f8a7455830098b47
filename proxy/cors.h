// Cross-origin calls from browsers (the Fetch standard, "CORS protocol"), for
// services whose config lists origins. A preflight is answered here: nothing is
// decided, counted or forwarded. Where a service has CORS, Headgate alone
// speaks it: the upstream's own Access-Control fields are replaced or removed.
//
//   CorsRequest cors{method, origin, request_method, request_headers};
//   if (!config.origins.empty() && IsPreflight(cors)) {
//     AddPreflightFields(config, cors, "GET, POST", &scratch, &fields);
//     ... 204, no body ...
//   }
//
// An origin that is not listed gets no Access-Control field; its preflight is a
// 204 without them, and the browser then refuses the call by itself.
//
// Pure functions, any thread. Fields are views into the config, the request and
// `scratch`, which must all outlive them.
#ifndef HEADGATE_PROXY_CORS_H_
#define HEADGATE_PROXY_CORS_H_

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "proxy/http/writer.h"

namespace headgate::proxy {

// Values of the request's fields; empty: there is none.
struct CorsRequest {
  std::string_view method;
  std::string_view origin;           // Origin
  std::string_view request_method;   // Access-Control-Request-Method
  std::string_view request_headers;  // Access-Control-Request-Headers
};

bool IsPreflight(const CorsRequest& request);

// The answer's fields to a preflight. `methods`: what the path takes, "GET,
// POST". Fields that the browser asks for are allowed if they are at most
// kAskedFieldsMax tokens in kAskedBytesMax bytes.
inline constexpr size_t kAskedFieldsMax = 32;
inline constexpr size_t kAskedBytesMax = 1024;
void AddPreflightFields(const config::Cors& cors, const CorsRequest& request,
                        std::string_view methods, std::string* scratch,
                        std::vector<http::OwnField>* fields);

// The fields of every other answer, local replies too. `vary` is the Vary field
// that the answer has by itself ("" for none); it is extended, not lost.
void AddCorsFields(const config::Cors& cors, std::string_view origin,
                   std::string_view vary, std::string* scratch,
                   std::vector<http::OwnField>* fields);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_CORS_H_
