#include "proxy/http/field.h"

#include <array>
#include <cstring>

#include "base/strings.h"

namespace headgate::http {
namespace {

struct Row {
  FieldId id;
  std::string_view name;
  FieldClass field_class;
};

constexpr FieldClass kEndToEnd = FieldClass::kEndToEnd;
constexpr FieldClass kHopByHop = FieldClass::kHopByHop;
constexpr FieldClass kForwarding = FieldClass::kForwarding;
constexpr FieldClass kOverride = FieldClass::kOverride;
constexpr FieldClass kSelection = FieldClass::kSelection;

// In the order of FieldId (checked below). Expect is hop-by-hop for us: it is
// answered here (design, "HTTP rules" 5). Via is replaced by nothing: a gateway
// need not add itself (RFC 9110 7.6.3).
constexpr Row kRows[] = {
    {FieldId::kOther, "", kEndToEnd},
    {FieldId::kHost, "Host", kEndToEnd},
    {FieldId::kContentLength, "Content-Length", kEndToEnd},
    {FieldId::kTransferEncoding, "Transfer-Encoding", kHopByHop},
    {FieldId::kConnection, "Connection", kHopByHop},
    {FieldId::kKeepAlive, "Keep-Alive", kHopByHop},
    {FieldId::kProxyConnection, "Proxy-Connection", kHopByHop},
    {FieldId::kTe, "TE", kHopByHop},
    {FieldId::kTrailer, "Trailer", kHopByHop},
    {FieldId::kUpgrade, "Upgrade", kHopByHop},
    {FieldId::kHttp2Settings, "HTTP2-Settings", kHopByHop},
    {FieldId::kExpect, "Expect", kHopByHop},
    {FieldId::kAuthorization, "Authorization", kEndToEnd},
    {FieldId::kProxyAuthorization, "Proxy-Authorization", kHopByHop},
    {FieldId::kProxyAuthenticate, "Proxy-Authenticate", kHopByHop},
    {FieldId::kWwwAuthenticate, "WWW-Authenticate", kEndToEnd},
    {FieldId::kCookie, "Cookie", kEndToEnd},
    {FieldId::kSetCookie, "Set-Cookie", kEndToEnd},
    {FieldId::kUserAgent, "User-Agent", kEndToEnd},
    {FieldId::kServer, "Server", kEndToEnd},
    {FieldId::kAccept, "Accept", kEndToEnd},
    {FieldId::kAcceptEncoding, "Accept-Encoding", kSelection},
    {FieldId::kRange, "Range", kSelection},
    {FieldId::kIfRange, "If-Range", kSelection},
    {FieldId::kIfNoneMatch, "If-None-Match", kSelection},
    {FieldId::kIfModifiedSince, "If-Modified-Since", kSelection},
    {FieldId::kContentType, "Content-Type", kEndToEnd},
    {FieldId::kContentEncoding, "Content-Encoding", kEndToEnd},
    {FieldId::kDate, "Date", kEndToEnd},
    {FieldId::kLocation, "Location", kEndToEnd},
    {FieldId::kCacheControl, "Cache-Control", kEndToEnd},
    {FieldId::kAllow, "Allow", kEndToEnd},
    {FieldId::kVary, "Vary", kEndToEnd},
    {FieldId::kEtag, "ETag", kEndToEnd},
    {FieldId::kXForwardedFor, "X-Forwarded-For", kForwarding},
    {FieldId::kXForwardedProto, "X-Forwarded-Proto", kForwarding},
    {FieldId::kXForwardedHost, "X-Forwarded-Host", kForwarding},
    {FieldId::kXForwardedPort, "X-Forwarded-Port", kForwarding},
    {FieldId::kXForwardedServer, "X-Forwarded-Server", kForwarding},
    {FieldId::kXForwardedPrefix, "X-Forwarded-Prefix", kForwarding},
    {FieldId::kForwarded, "Forwarded", kForwarding},
    {FieldId::kXRealIp, "X-Real-IP", kForwarding},
    {FieldId::kVia, "Via", kEndToEnd},
    {FieldId::kXRequestId, "X-Request-ID", kEndToEnd},
    {FieldId::kTraceparent, "traceparent", kEndToEnd},
    {FieldId::kTracestate, "tracestate", kEndToEnd},
    {FieldId::kXOriginalUrl, "X-Original-URL", kOverride},
    {FieldId::kXRewriteUrl, "X-Rewrite-URL", kOverride},
    {FieldId::kXHttpMethodOverride, "X-HTTP-Method-Override", kOverride},
    {FieldId::kOrigin, "Origin", kEndToEnd},
    {FieldId::kAccessControlRequestMethod, "Access-Control-Request-Method",
     kEndToEnd},
    {FieldId::kAccessControlRequestHeaders, "Access-Control-Request-Headers",
     kEndToEnd},
    {FieldId::kAccessControlAllowOrigin, "Access-Control-Allow-Origin",
     kEndToEnd},
    {FieldId::kAccessControlAllowMethods, "Access-Control-Allow-Methods",
     kEndToEnd},
    {FieldId::kAccessControlAllowHeaders, "Access-Control-Allow-Headers",
     kEndToEnd},
    {FieldId::kAccessControlAllowCredentials,
     "Access-Control-Allow-Credentials", kEndToEnd},
    {FieldId::kAccessControlExposeHeaders, "Access-Control-Expose-Headers",
     kEndToEnd},
    {FieldId::kAccessControlMaxAge, "Access-Control-Max-Age", kEndToEnd},
    {FieldId::kRetryAfter, "Retry-After", kEndToEnd},
    {FieldId::kRateLimit, "RateLimit", kEndToEnd},
    {FieldId::kRateLimitPolicy, "RateLimit-Policy", kEndToEnd},
};
static_assert(std::size(kRows) == kFieldIds);

constexpr size_t kSlots = 256;

// REQUIRES: length > 0. `| 0x20` folds the case of letters, and keeps the other
// bytes of a token apart well enough for a hash.
constexpr size_t Slot(size_t length, unsigned char first, unsigned char middle,
                      unsigned char last) {
  return (length * 9 + (first | 0x20) * 5 + (middle | 0x20) * 3 +
          (last | 0x20)) %
         kSlots;
}
constexpr size_t Slot(std::string_view name) {
  return Slot(name.size(), name.front(), name[name.size() / 2], name.back());
}

// Open addressing: a name stands in its slot or in the next free one.
constexpr std::array<uint8_t, kSlots> LayOut() {
  std::array<uint8_t, kSlots> slots{};
  for (int i = 1; i < kFieldIds; ++i) {
    if (kRows[i].id != static_cast<FieldId>(i)) throw "rows out of order";
    size_t slot = Slot(kRows[i].name);
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<uint8_t>(i);
  }
  return slots;
}
constexpr std::array<uint8_t, kSlots> kLayout = LayOut();

uint64_t Load8(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// REQUIRES: a and b are tokens of the same size. Among the bytes of tokens only
// a letter and its other case become equal under `| 0x20`.
bool SameToken(std::string_view a, std::string_view b) {
  constexpr uint64_t kFold = 0x2020202020202020u;
  const size_t size = a.size();
  if (size < 8) return EqualsIgnoreCase(a, b);
  for (size_t i = 0; i + 8 <= size; i += 8) {
    if ((Load8(a.data() + i) | kFold) != (Load8(b.data() + i) | kFold)) {
      return false;
    }
  }
  // The last eight bytes, overlapping those before.
  return (Load8(a.data() + size - 8) | kFold) ==
         (Load8(b.data() + size - 8) | kFold);
}

}  // namespace

FieldId FindFieldId(std::string_view name) {
  if (name.empty()) return FieldId::kOther;
  for (size_t slot = Slot(name); kLayout[slot] != 0;
       slot = (slot + 1) % kSlots) {
    const Row& row = kRows[kLayout[slot]];
    if (row.name.size() == name.size() && SameToken(row.name, name)) {
      return row.id;
    }
  }
  return FieldId::kOther;
}

std::string_view FieldName(FieldId id) {
  return kRows[static_cast<int>(id)].name;
}

FieldClass FieldClassOf(FieldId id) {
  return kRows[static_cast<int>(id)].field_class;
}

}  // namespace headgate::http
