// The two fields on which attacks on proxies live, Content-Length and
// Transfer-Encoding, and the one on which virtual hosts live, Host. The same
// rules for requests and answers (design "HTTP rules" 1, 3). Pure functions.
#ifndef HEADGATE_PROXY_HTTP_FRAMING_H_
#define HEADGATE_PROXY_HTTP_FRAMING_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/http/message.h"

namespace headgate::http {

// 1*DIGIT (RFC 9110 8.6), nothing else: no sign, list, space or 0x. None too if
// it does not fit into 63 bits.
std::optional<uint64_t> ParseContentLength(std::string_view value);

// What is wrong with the field that was added to `fields` last, looking at it
// and those before it: a second Content-Length, one together with
// Transfer-Encoding, a Transfer-Encoding other than `chunked` or in HTTP/1.0.
// "" if nothing is.
std::string_view CheckFramingField(const Fields& fields, int minor_version);

// A valid Host or authority: uri-host [ ":" port ] (RFC 9110 7.2, RFC 3986
// 3.2.2), not empty, without user information. A reg-name, an IPv4 address
// (which is one by its letters) or an [IPv6] address; the port, if any, at most
// 65535. A comma, which a reg-name might have, is refused: it is how a list of
// two hosts looks.
bool IsAuthority(std::string_view text);

// Both name the same host and port; `default_port` stands in where none is
// given. REQUIRES: both are valid.
bool SameAuthority(std::string_view a, std::string_view b,
                   std::string_view default_port);

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_FRAMING_H_
