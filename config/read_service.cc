// services: one API family each.
#include "base/strings.h"
#include "config/scalar_types.h"
#include "config/sections.h"

namespace headgate::config {
namespace {

// scheme://host[:port], as browsers send it (RFC 6454 6.1), or "*".
bool IsOrigin(std::string_view text) {
  if (text == "*") return true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    HostPort parts;
    uint16_t port = 0;
    if (!text.starts_with(scheme)) continue;
    return ParseHostPort(text.substr(scheme.size()), &parts) &&
           (parts.port.empty() || ParsePort(parts.port, &port));
  }
  return false;
}

bool CheckOrigins(const Node& node, const Reading& reading,
                  std::vector<std::string>* origins) {
  const bool any =
      std::find(origins->begin(), origins->end(), "*") != origins->end();
  if (!any || origins->size() == 1) return true;
  reading.diagnostics->Add(node.at, "\"*\" must be the only origin");
  return false;
}

Type<Cors> CorsType() {
  const StringRule origin = {
      .expected = "an origin such as https://app.example.com, or \"*\"",
      .pattern = "^(\\*|https?://[^/?#@]+)$",
      .accepts = IsOrigin};
  return Struct<Cors>({
      Key("origins", &Cors::origins,
          Checked(ListOf(StringType(origin)), CheckOrigins),
          "The origins whose pages may call, or the one entry \"*\"; none by "
          "default."),
      Key("max_age", &Cors::max_age,
          DurationType({absl::ZeroDuration(), absl::Hours(24)}),
          "How long a browser may remember a preflight's answer. Up to 24h."),
  });
}

Type<std::string> ChatServerType() {
  return StringType({.expected = "a URL that begins with ws:// or wss://",
                     .pattern = "^wss?://.+$",
                     .accepts = [](std::string_view text) {
                       return (text.starts_with("ws://") && text.size() > 5) ||
                              (text.starts_with("wss://") && text.size() > 6);
                     }});
}

std::vector<Field<Service>> UpstreamKeys() {
  return {
      Key("upstream", &Service::upstream, UpstreamType(),
          "Where allowed calls go. Without it, Headgate answers the service "
          "itself."),
      Key("cors", &Service::cors, CorsType(),
          "Which web pages may call from a browser; none by default."),
      Key("authenticate", &Service::authenticate,
          ChoiceType<Service::Authenticate>(
              {{"forward", Service::Authenticate::kForward},
               {"verify", Service::Authenticate::kVerify}}),
          "forward: the upstream checks credentials. verify: Headgate checks "
          "them, against `apps`."),
      Key("unmatched", &Service::unmatched,
          ChoiceType<Service::Unmatched>(
              {{"deny", Service::Unmatched::kDeny},
               {"forward", Service::Unmatched::kForward}}),
          "What becomes of calls that are no operation of the contract."),
  };
}

std::vector<Field<Service>> RuleKeys() {
  return {
      Key("limits", &Service::limits, LimitsType(),
          "Rate limits per app key and operation, by the operation's name or "
          "`default`: 100/s, or a map. Over the contract's."),
      Key("values", &Service::values, ValuesType(),
          "Changes to the contract's values, by name; only what is written "
          "changes."),
      Key("settings", &Service::settings, MapOf(StringType()),
          "Choices that the contract leaves open, by name."),
      Key("apps", &Service::apps, ListOf(AppType()),
          "The apps that are known, with their credentials and limits."),
      NoDefault(Key("unlisted_apps", &Service::unlisted_apps_allowed,
                    ChoiceType<bool>({{"allow", true}, {"deny", false}}),
                    "Whether apps that are not in `apps` may call. Default: "
                    "allow with an upstream, else deny.")),
      Key("chat_server_url", &Service::chat_server_url, ChatServerType(),
          "The chat server's address that flipflop's tokens name; for a "
          "service that Headgate answers itself."),
  };
}

}  // namespace

Type<std::vector<Service>> ServicesType() {
  std::vector<Field<Service>> fields = UpstreamKeys();
  for (Field<Service>& field : RuleKeys()) fields.push_back(std::move(field));
  Type<Service> keys = Struct<Service>(std::move(fields));
  Type<Service> type = keys;
  type.read = [read = keys.read](const Node& node, const Reading& reading,
                                 Service* service) {
    const bool good = read(node, reading, service);
    if (node.Find("unlisted_apps") == nullptr) {
      service->unlisted_apps_allowed = service->upstream.has_value();
    }
    return good;
  };
  return NamedListOf(type);
}

}  // namespace headgate::config
