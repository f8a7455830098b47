// The request target, normalised once (RFC 3986 6.2.2) before anybody looks at
// it, and forwarded as normalised: what is routed, checked and logged is what
// the upstream gets.
//
//   /a/./b/../%63%7e?x=%7E   ->   path "/a/c~", query "x=~"
//
// Escapes get upper-case digits, escaped unreserved characters are decoded, dot
// segments are removed. Whatever two readers might read differently is refused
// instead (design "HTTP rules" 4): a raw byte that RFC 3986 does not allow, a
// malformed escape, `%00`; and in the path `%2F`, `%5C`, double-encoded dots
// and slashes, escapes that are not UTF-8, `;` in a dot segment, dot segments
// above the root or at the end. (A user may be named `..`: removing this one
// from a room must not be read as removing the room.) `//` is left alone: it is
// two segments. The query is opaque but for its escapes: `%2F` and Latin-1
// letters are good there, and brackets, which browsers send as they are, are
// escaped.
//
// A target with nothing to do, nearly every one, comes back as views into the
// input, without a copy.
#ifndef HEADGATE_PROXY_HTTP_TARGET_H_
#define HEADGATE_PROXY_HTTP_TARGET_H_

#include <string>
#include <string_view>

#include "policy/refusal.h"
#include "proxy/http/message.h"

namespace headgate::http {

struct Target {
  std::string_view path;   // "/acme/chat", or "*" of OPTIONS
  std::string_view query;  // without '?'
  bool has_query = false;  // there was a '?', even with nothing behind it
};

struct TargetError {
  policy::Refusal refusal = policy::Refusal::kBadPath;  // or kInvalidQuery
  std::string_view sentence;                            // static
};

// Normalises `path_and_query` (RequestHead::path_and_query; empty is "/").
// `*target` views the input or `*storage`, which is reused. False, with
// `*error`, if it is refused.
bool NormalizeTarget(std::string_view path_and_query, std::string* storage,
                     Target* target, TargetError* error);
// The target of a request. An absolute-form one of OPTIONS with neither path
// nor query is "*" (RFC 9112 3.2.4).
bool NormalizeTarget(const RequestHead& head, std::string* storage,
                     Target* target, TargetError* error);

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_TARGET_H_
