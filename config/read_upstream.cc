// upstream: the servers of a service, and how they are called.
#include <algorithm>

#include "base/strings.h"
#include "config/scalar_types.h"
#include "config/sections.h"

namespace headgate::config {
namespace {

struct SchemeRow {
  std::string_view prefix;
  Server::Scheme scheme;
  uint16_t port;
};
constexpr SchemeRow kSchemes[] = {
    {"http://", Server::Scheme::kHttp, 80},
    {"https://", Server::Scheme::kHttps, 443},
    {"unix:", Server::Scheme::kUnix, 0},
};

// An authority and nothing else: a path, query or user name there would not
// be used, so it is refused.
bool ParseServer(std::string_view url, Server* out) {
  for (const SchemeRow& row : kSchemes) {
    if (!url.starts_with(row.prefix)) continue;
    const std::string_view rest = url.substr(row.prefix.size());
    out->scheme = row.scheme;
    out->port = row.port;
    if (row.scheme == Server::Scheme::kUnix) {
      out->unix_path = rest;
      return !rest.empty();
    }
    HostPort parts;
    if (!ParseHostPort(rest, &parts)) return false;
    out->host = parts.host;
    return parts.port.empty() ||
           (ParsePort(parts.port, &out->port) && out->port != 0);
  }
  return false;
}

Type<Server> ServerType() {
  Type<Server> type;
  type.schema.pattern = "^(https?://[^/?#@]+|unix:.+)$";
  type.read = [](const Node& node, const Reading& reading, Server* out) {
    Server server;
    if (!node.is_scalar() || !ParseServer(node.text, &server)) {
      return ReportUnexpected(
          node,
          "http://host:port, https://host[:port] or unix:/path, without a "
          "path, query or user",
          reading.diagnostics);
    }
    server.url = node.text;
    server.at = node.at;
    *out = std::move(server);
    return true;
  };
  type.write = [](const Server& value) {
    Node node = ScalarNode(value.url);
    node.quoted = true;
    return node;
  };
  return type;
}

Type<Health> HealthType() {
  const StringRule path = {
      .expected = "a path that begins with /",
      .pattern = "^/[!-~]*$",
      .accepts = [](std::string_view text) {
        return text.starts_with('/') &&
               std::all_of(text.begin(), text.end(),
                           [](char c) { return c > ' ' && c <= '~'; });
      }};
  return Struct<Health>({
      Key("path", &Health::path, StringType(path),
          "What is asked for with GET; an answer under 500 is healthy."),
      Key("interval", &Health::interval,
          DurationType({absl::Milliseconds(10), absl::Hours(1)}),
          "How often each server is asked. 10ms to 1h."),
  });
}

}  // namespace

Type<Upstream> UpstreamType() {
  return Struct<Upstream>({
      Required(Key("servers", &Upstream::servers, ListOf(ServerType(), 1),
                   "http://host:port, https://host[:port] or unix:/path; the "
                   "one with the fewest calls in flight is taken.")),
      Key("connect_timeout", &Upstream::connect_timeout,
          DurationType({absl::Milliseconds(1), absl::Minutes(1)}),
          "From the start of a connection until it is open. 1ms to 1m."),
      Key("response_timeout", &Upstream::response_timeout,
          DurationType({absl::Milliseconds(1), absl::Hours(1)}),
          "From the end of the request until the head of the answer. 1ms to "
          "1h."),
      Key("idle_connections", &Upstream::idle_connections,
          IntegerType({0, 100000}),
          "Connections kept open per worker for the next call."),
      Key("retries", &Upstream::retries, IntegerType({0, 10}),
          "How often a call is sent again: no connection came about, HTTP/2 "
          "says that it was not acted upon, or a kept connection was closed "
          "before a byte of the answer came. 0 to 10."),
      Key("health", &Upstream::health, HealthType(),
          "Ask each server regularly; without it, only calls tell that one "
          "cannot be reached or does not answer in time."),
      Key("ca", &Upstream::ca, ReadableFileType(),
          "PEM file with the authorities that https servers are checked "
          "against; the system's by default."),
      Key("http2", &Upstream::http2, BooleanType(),
          "Speak HTTP/2 to https servers that offer it."),
      Key("h2c", &Upstream::h2c, BooleanType(),
          "Speak HTTP/2 in clear text to http and unix servers, which must "
          "know it (h2c with prior knowledge): many calls share few "
          "connections."),
  });
}

}  // namespace headgate::config
