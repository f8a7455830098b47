#include "proxy/http/framing.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "base/percent.h"
#include "base/strings.h"
#include "proxy/http/chars.h"

namespace headgate::http {
namespace {

// Digits of a 63-bit number; leading zeros are digits too (RFC 9110 8.6 has no
// word against them), up to here.
constexpr size_t kLengthDigitsMax = 19;

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

struct Authority {
  std::string_view host;
  std::string_view port;  // without ':'; empty: none
};

Authority SplitAuthority(std::string_view text) {
  const size_t bracket = text.rfind(']');
  const size_t colon = text.rfind(':');
  if (colon == text.npos || (bracket != text.npos && colon < bracket)) {
    return {text, ""};
  }
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool IsIpv6(std::string_view text) {
  char copy[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof copy) return false;
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  in6_addr address;
  return std::strlen(copy) == text.size() &&
         inet_pton(AF_INET6, copy, &address) == 1;
}

// Escapes in a host name are for letters that ASCII lacks (RFC 3986 3.2.2); one
// that hides a delimiter or a control byte is refused.
bool IsHostEscape(std::string_view text) {
  const int byte = EscapedByte(text);
  return byte >= 0x80 || (byte >= 0 && IsUnreserved(static_cast<char>(byte)));
}

bool IsRegName(std::string_view text) {
  while (!text.empty()) {
    text.remove_prefix(SpanOf(text, kHostByte));
    if (text.empty()) return true;
    if (text[0] != '%' || !IsHostEscape(text)) return false;
    text.remove_prefix(3);
  }
  return true;
}

bool IsPort(std::string_view port) {
  if (!IsDigits(port)) return false;
  while (port.size() > 1 && port[0] == '0') port.remove_prefix(1);
  if (port.size() > 5) return false;
  int value = 0;
  for (char c : port) value = value * 10 + (c - '0');
  return value <= 65535;
}

}  // namespace

std::optional<uint64_t> ParseContentLength(std::string_view value) {
  if (value.empty() || value.size() > kLengthDigitsMax || !IsDigits(value)) {
    return std::nullopt;
  }
  uint64_t length = 0;  // below 10^19, so below 2^64
  for (char c : value) length = length * 10 + static_cast<uint64_t>(c - '0');
  if (length > uint64_t{INT64_MAX}) return std::nullopt;
  return length;
}

std::string_view CheckFramingField(const Fields& fields, int minor_version) {
  const Field& last = fields[fields.size() - 1];
  const bool is_length = last.id == FieldId::kContentLength;
  if (!is_length && last.id != FieldId::kTransferEncoding) return "";
  if (fields.Find(last.id) != &last) {
    return is_length ? "Content-Length is repeated"
                     : "Transfer-Encoding is repeated";
  }
  if (is_length && !ParseContentLength(last.value)) {
    return "Content-Length is not a number";
  }
  if (!is_length && minor_version == 0) {
    return "Transfer-Encoding in HTTP/1.0";
  }
  if (!is_length && !EqualsIgnoreCase(last.value, "chunked")) {
    return "Transfer-Encoding is not exactly chunked";
  }
  if (fields.Has(FieldId::kContentLength) &&
      fields.Has(FieldId::kTransferEncoding)) {
    return "Content-Length together with Transfer-Encoding";
  }
  return "";
}

bool IsAuthority(std::string_view text) {
  const Authority authority = SplitAuthority(text);
  std::string_view host = authority.host;
  if (host.empty() || !IsPort(authority.port)) return false;
  if (host.front() == '[') {
    return host.back() == ']' && IsIpv6(host.substr(1, host.size() - 2));
  }
  return IsRegName(host);
}

bool SameAuthority(std::string_view a, std::string_view b,
                   std::string_view default_port) {
  Authority left = SplitAuthority(a);
  Authority right = SplitAuthority(b);
  if (left.port.empty()) left.port = default_port;
  if (right.port.empty()) right.port = default_port;
  return left.port == right.port && EqualsIgnoreCase(left.host, right.host);
}

}  // namespace headgate::http
