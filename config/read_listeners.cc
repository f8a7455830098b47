// listeners, admin: where Headgate can be reached.
#include <charconv>

#include "base/strings.h"
#include "config/scalar_types.h"
#include "config/sections.h"

namespace headgate::config {
namespace {

// sun_path holds 108 bytes with the final NUL.
constexpr size_t kUnixPathBytesMax = 107;
constexpr size_t kHostBytesMax = 253;  // RFC 1035 2.3.4
constexpr std::string_view kUnix = "unix:";

bool IsHost(std::string_view host) {
  if (host.empty() || host.size() > kHostBytesMax) return false;
  return host.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
             "0123456789.-_") == std::string_view::npos;
}

// The inside of the brackets; getaddrinfo judges it in the end.
bool IsIpv6(std::string_view host) {
  return host.find(':') != std::string_view::npos &&
         host.find_first_not_of("0123456789abcdefABCDEF:.") ==
             std::string_view::npos;
}

bool ParseAddress(std::string_view text, Address* out) {
  if (text.starts_with(kUnix)) {
    out->unix_path = text.substr(kUnix.size());
    return !out->unix_path.empty() &&
           out->unix_path.size() <= kUnixPathBytesMax;
  }
  HostPort parts;
  if (!ParseHostPort(text, &parts) || !ParsePort(parts.port, &out->port)) {
    return false;
  }
  out->host = parts.host;
  return true;
}

Type<Tls> TlsType() {
  return Struct<Tls>({
      Required(Key("certificate", &Tls::certificate, ReadableFileType(),
                   "PEM file with the certificate and its chain. Watched, and "
                   "swapped when it changes.")),
      Required(Key("key", &Tls::key, ReadableFileType(),
                   "PEM file with the private key.")),
      Key("client_ca", &Tls::client_ca, ReadableFileType(),
          "PEM file with the authorities of client certificates; clients "
          "must then show one."),
  });
}

}  // namespace

std::string Address::ToString() const {
  if (is_unix()) return StrCat(kUnix, unix_path);
  const bool brackets = host.find(':') != std::string::npos;
  return StrCat(brackets ? "[" : "", host, brackets ? "]" : "", ":", port);
}

bool ParsePort(std::string_view text, uint16_t* port) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, *port);
  return error == std::errc() && rest == end;
}

bool ParseHostPort(std::string_view text, HostPort* out) {
  std::string_view rest;
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return false;
    out->host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    if (!IsIpv6(out->host)) return false;
  } else {
    const size_t colon = text.find(':');
    out->host = text.substr(0, colon);
    if (!IsHost(out->host)) return false;
    if (colon != std::string_view::npos) rest = text.substr(colon);
  }
  out->port.clear();
  if (rest.empty()) return true;
  if (rest[0] != ':' || rest.size() == 1) return false;
  out->port = rest.substr(1);
  return true;
}

Type<Address> AddressType() {
  Type<Address> type;
  type.schema.pattern = "^(unix:.+|.+:[0-9]+)$";
  type.read = [](const Node& node, const Reading& reading, Address* out) {
    Address address;
    if (!node.is_scalar() || !ParseAddress(node.text, &address)) {
      return ReportUnexpected(
          node, "an address such as 127.0.0.1:8080, [::1]:8080 or unix:/path",
          reading.diagnostics);
    }
    address.at = node.at;
    *out = std::move(address);
    return true;
  };
  type.write = [](const Address& value) {
    Node node = ScalarNode(value.ToString());
    node.quoted = true;
    return node;
  };
  return type;
}

Type<std::vector<Listener>> ListenersType() {
  return ListOf(Struct<Listener>({
                    Required(Key("address", &Listener::address, AddressType(),
                                 "host:port, [::1]:port or unix:/path; port 0 "
                                 "takes a free one.")),
                    Key("tls", &Listener::tls, TlsType(),
                        "Speak TLS here; none by default."),
                }),
                1);
}

Type<Address> AdminType() {
  struct Admin {
    Address address;
  };
  const Type<Admin> admin = Struct<Admin>({
      Required(Key("address", &Admin::address, AddressType(),
                   "host:port, [::1]:port or unix:/path. Whoever reaches it "
                   "may reload and drain: keep it private.")),
  });
  Type<Address> type;
  type.schema = admin.schema;
  type.read = [admin](const Node& node, const Reading& reading, Address* out) {
    Admin value;
    if (!admin.read(node, reading, &value)) return false;
    *out = value.address;
    return true;
  };
  type.write = [admin](const Address& value) {
    return admin.write(Admin{value});
  };
  return type;
}

}  // namespace headgate::config
