// The fields that Headgate knows by name. A name is recognised once, while the
// head is parsed; after that everybody switches on the id.
//
// The table in field.cc is the single truth: name, id, and what a proxy does
// with it. The search is one probe into a table laid out at compile time.
#ifndef HEADGATE_PROXY_HTTP_FIELD_H_
#define HEADGATE_PROXY_HTTP_FIELD_H_

#include <cstdint>
#include <string_view>

namespace headgate::http {

enum class FieldId : uint8_t {
  kOther,
  // Framing and connection.
  kHost,
  kContentLength,
  kTransferEncoding,
  kConnection,
  kKeepAlive,
  kProxyConnection,
  kTe,
  kTrailer,
  kUpgrade,
  kHttp2Settings,
  kExpect,
  // Who calls.
  kAuthorization,
  kProxyAuthorization,
  kProxyAuthenticate,
  kWwwAuthenticate,
  kCookie,
  kSetCookie,
  kUserAgent,
  kServer,
  // The content.
  kAccept,
  kAcceptEncoding,
  kRange,
  kIfRange,
  kIfNoneMatch,
  kIfModifiedSince,
  kContentType,
  kContentEncoding,
  kDate,
  kLocation,
  kCacheControl,
  kAllow,
  kVary,
  kEtag,
  // Forwarding and tracing.
  kXForwardedFor,
  kXForwardedProto,
  kXForwardedHost,
  kXForwardedPort,
  kXForwardedServer,
  kXForwardedPrefix,
  kForwarded,
  kXRealIp,
  kVia,
  kXRequestId,
  kTraceparent,
  kTracestate,
  // Those that make an upstream act on another request than it was sent.
  kXOriginalUrl,
  kXRewriteUrl,
  kXHttpMethodOverride,
  // CORS.
  kOrigin,
  kAccessControlRequestMethod,
  kAccessControlRequestHeaders,
  kAccessControlAllowOrigin,
  kAccessControlAllowMethods,
  kAccessControlAllowHeaders,
  kAccessControlAllowCredentials,
  kAccessControlExposeHeaders,
  kAccessControlMaxAge,
  // Limits.
  kRetryAfter,
  kRateLimit,
  kRateLimitPolicy,
};
inline constexpr int kFieldIds =
    static_cast<int>(FieldId::kRateLimitPolicy) + 1;
static_assert(kFieldIds <= 64, "Fields keeps a bit for each");

// What a proxy does with a field (RFC 9110 7.6.1).
enum class FieldClass : uint8_t {
  kEndToEnd,    // passes
  kHopByHop,    // is for the next recipient only: never forwarded
  kForwarding,  // says who the client is: replaced, unless the sender is
                // trusted
  kOverride,    // would change what was checked: never forwarded
  kSelection,   // asks for another form of the answer, or for a part of it
};

// kOther if it is none of ours. REQUIRES: `name` is a token.
FieldId FindFieldId(std::string_view name);
// "Content-Length"; "" for kOther.
std::string_view FieldName(FieldId id);
FieldClass FieldClassOf(FieldId id);

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_FIELD_H_
