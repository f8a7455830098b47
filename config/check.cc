#include "config/check.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/crypto.h"
#include "base/strings.h"
#include "config/amount.h"
#include "config/reader.h"

namespace headgate::config {
namespace {

template <typename Map>
Strings KeysOf(const Map& map) {
  Strings keys;
  for (const auto& entry : map) keys.push_back(entry.first);
  return keys;
}

// Remembers where names were first seen, and reports the second.
class Unique {
 public:
  Unique(std::string what, Diagnostics* diagnostics)
      : what_(std::move(what)), diagnostics_(diagnostics) {}

  // `shown` is what the message calls it; secrets have no name there. False if
  // it was there already.
  bool Add(const std::string& name, const Location& at,
           std::string_view shown) {
    if (name.empty()) return true;
    const auto [first, is_new] = seen_.try_emplace(name, at);
    if (is_new) return true;
    diagnostics_->Add(at, StrCat("duplicate ", what_, shown),
                      StrCat("the first is at ", first->second.ToString()));
    return false;
  }
  bool Add(const std::string& name, const Location& at) {
    return Add(name, at, StrCat(" ", Quote(name)));
  }

 private:
  const std::string what_;
  Diagnostics* const diagnostics_;
  std::map<std::string, Location> seen_;
};

void CheckAddresses(const Config& config, Diagnostics* diagnostics) {
  Unique addresses("address", diagnostics);
  const auto add = [&addresses](const Address& address) {
    const bool any_port = !address.is_unix() && address.port == 0;
    if (!any_port) addresses.Add(address.ToString(), address.at);
  };
  for (const Listener& listener : config.listeners) add(listener.address);
  if (config.admin) add(*config.admin);
}

void CheckTokenKeys(const Tokens& tokens, Diagnostics* diagnostics) {
  Unique ids("key id", diagnostics);
  for (const TokenKey& key : tokens.keys) ids.Add(key.id, key.at);
}

void CheckServers(const Service& service, Diagnostics* diagnostics) {
  if (!service.upstream) return;
  Unique servers("server", diagnostics);
  const Upstream& upstream = *service.upstream;
  for (const Server& server : upstream.servers) {
    servers.Add(server.url, server.at);
    if (upstream.http2 && server.scheme != Server::Scheme::kHttps) {
      diagnostics->Add(server.at, "`http2` needs https servers",
                       "for HTTP/2 in clear text write `h2c: true`");
    }
    if (upstream.h2c && server.scheme == Server::Scheme::kHttps) {
      diagnostics->Add(server.at, "`h2c` needs http or unix servers",
                       "for HTTP/2 over TLS write `http2: true`");
    }
  }
}

// SHA-256, as 64 hexadecimal digits; "": the app has no key.
std::string KeyHash(const App& app) {
  if (app.api_key.empty()) return AsciiLower(app.api_key_sha256);
  return HexEncode(AsBytes(Sha256(app.api_key.Reveal())));
}

void CheckApps(const Service& service, Diagnostics* diagnostics) {
  Unique names("app name", diagnostics);
  Unique paths("app", diagnostics);
  Unique ids("app_id", diagnostics);
  Unique hashes("api_key_sha256", diagnostics);
  Unique keys("api_key", diagnostics);  // a key and its hash are one
  for (const App& app : service.apps) {
    const std::string path =
        app.org_name.empty() ? "" : StrCat(app.org_name, "#", app.app_name);
    const bool is_new =
        paths.Add(path, app.at) && ids.Add(app.app_id, app.at) &&
        hashes.Add(AsciiLower(app.api_key_sha256), app.at, "") &&
        keys.Add(KeyHash(app), app.at, "");
    // The name may have been made of the above: one report is enough.
    if (is_new) names.Add(app.name, app.at);
  }
}

// The names that a contract knows, for one service's part of the file.
class ServiceCheck {
 public:
  ServiceCheck(const Contract& contract, Diagnostics* diagnostics)
      : contract_(contract), diagnostics_(diagnostics) {
    for (const Operation& operation : contract.operations) {
      limit_names_.push_back(operation.name);
    }
    limit_names_.push_back("default");
    FindPermissions();
  }

  void Run(const Node& service) {
    CheckKeys(service.Find("limits"), "operation", limit_names_);
    CheckKeys(service.Find("values"), "value", KeysOf(contract_.values));
    CheckValueErrors(service.Find("values"));
    CheckSettings(service.Find("settings"));
    const Node* const apps = service.Find("apps");
    if (apps == nullptr) return;
    const bool checks_callers = ChecksCallers(service);
    for (const Node& app : apps->items) {
      CheckKeys(app.Find("limits"), "operation", limit_names_);
      CheckGrants(app.Find("grants"));
      if (checks_callers) CheckSignIn(app);
    }
  }

 private:
  void ReportMissing(const Location& at, std::string_view kind,
                     const std::string& name, const Strings& known) {
    ReportUnknown(at,
                  StrCat(contract_.name, " has no ", kind, " ", Quote(name)),
                  name, known, diagnostics_);
  }

  void CheckKeys(const Node* map, std::string_view kind, const Strings& known) {
    if (map == nullptr) return;
    for (const Entry& entry : map->entries) {
      if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
        ReportMissing(entry.key_at, kind, entry.key, known);
      }
    }
  }

  void CheckValueErrors(const Node* values) {
    if (values == nullptr) return;
    for (const Entry& entry : values->entries) {
      const Node* const error = entry.value.Find("error");
      if (error == nullptr || !error->is_scalar()) continue;
      if (contract_.errors.contains(error->text)) continue;
      ReportMissing(error->at, "error", error->text, KeysOf(contract_.errors));
    }
  }

  void CheckSettings(const Node* settings) {
    CheckKeys(settings, "setting", KeysOf(contract_.settings));
    if (settings == nullptr) return;
    for (const Entry& entry : settings->entries) {
      const auto found = contract_.settings.find(entry.key);
      if (found == contract_.settings.end()) continue;
      if (IsNumberAmong(found->second, entry.value)) continue;
      size_t index = 0;
      ReadChoice(entry.value, found->second, diagnostics_, &index);
    }
  }

  // A choice "1..100" stands for each number of the range.
  static bool IsNumberAmong(const Strings& choices, const Node& value) {
    if (!value.is_scalar()) return false;
    const std::optional<int64_t> number = ParseInteger(value.text);
    return number && std::any_of(choices.begin(), choices.end(),
                                 [&](const std::string& choice) {
                                   const auto range = ParseRange(choice);
                                   return choice.find("..") != choice.npos &&
                                          range && range->min <= *number &&
                                          *number <= range->max;
                                 });
  }

  // Without an upstream nobody else would.
  static bool ChecksCallers(const Node& service) {
    const Node* const authenticate = service.Find("authenticate");
    return service.Find("upstream") == nullptr ||
           (authenticate != nullptr && authenticate->text == "verify");
  }

  // An app must have what its callers are to show.
  void CheckSignIn(const Node& app) {
    const bool basic = contract_.credentials == "basic";
    if (!app.is_map() || (!basic && contract_.credentials != "api_key")) return;
    const auto has = [&app](const char* key, const char* hash) {
      return app.Find(key) != nullptr || app.Find(hash) != nullptr;
    };
    std::string missing;
    if (!has("api_key", "api_key_sha256")) {
      missing = "api_key";
    } else if (basic && !has("api_secret", "api_secret_sha256")) {
      missing = "api_secret";
    }
    if (missing.empty() || diagnostics_->HasAt(app.at)) return;
    diagnostics_->Add(
        app.at, StrCat("missing key ", Quote(missing)),
        StrCat("nobody could call as this app: who calls ", contract_.name,
               " is checked here; give ", missing, " or ", missing, "_sha256"));
  }

  void CheckGrants(const Node* grants) {
    // A contract may leave the names of permissions open.
    if (grants == nullptr || permissions_.empty()) return;
    for (const Node& grant : grants->items) {
      if (!grant.is_scalar() ||
          std::count(permissions_.begin(), permissions_.end(), grant.text)) {
        continue;
      }
      ReportMissing(grant.at, "permission", grant.text, permissions_);
    }
  }

  // The words of the value that an operation's `grants` list holds.
  void FindPermissions() {
    std::set<std::string> words;
    for (const Operation& operation : contract_.operations) {
      if (operation.grants.empty()) continue;
      const auto value = contract_.values.find(
          ValueAt(operation.body.fields, operation.grants));
      if (value == contract_.values.end() || !value->second.one_of) continue;
      words.insert(value->second.one_of->begin(), value->second.one_of->end());
    }
    permissions_.assign(words.begin(), words.end());
  }

  // "arguments.permissions" -> the value's name of that list's items.
  static std::string ValueAt(const std::vector<FieldSpec>& fields,
                             std::string_view path) {
    const size_t dot = path.find('.');
    for (const FieldSpec& field : fields) {
      if (field.name != path.substr(0, dot)) continue;
      if (dot == std::string_view::npos) return field.value;
      return ValueAt(field.fields, path.substr(dot + 1));
    }
    return "";
  }

  const Contract& contract_;
  Diagnostics* const diagnostics_;
  Strings limit_names_, permissions_;
};

// Without an upstream there is nowhere to forward to.
void CheckUnmatched(const Service& service, const Node& node,
                    Diagnostics* diagnostics) {
  const Node* const unmatched = node.Find("unmatched");
  // An upstream that could not be read is no missing one.
  if (service.upstream || node.Find("upstream") || !unmatched) return;
  if (service.unmatched != Service::Unmatched::kForward) return;
  diagnostics->Add(unmatched->at,
                   StrCat(service.name, " has no upstream to forward to"),
                   "leave out `unmatched`, or give an `upstream`");
}

}  // namespace

void CheckConfig(const Config& config, const Node& root,
                 std::vector<std::string> builtins, Diagnostics* diagnostics) {
  CheckAddresses(config, diagnostics);
  CheckTokenKeys(config.tokens, diagnostics);
  Strings known = KeysOf(config.contracts);
  for (std::string& name : builtins) {
    if (!config.contracts.contains(name)) known.push_back(std::move(name));
  }
  const Node* const services = root.Find("services");
  // The list has the order of the map.
  for (size_t i = 0; i < config.services.size(); ++i) {
    const Service& service = config.services[i];
    const Node& node = services->entries[i].value;
    CheckServers(service, diagnostics);
    CheckApps(service, diagnostics);
    CheckUnmatched(service, node, diagnostics);
    const auto contract = config.contracts.find(service.name);
    if (contract == config.contracts.end()) {
      ReportUnknown(service.at,
                    StrCat("no contract for the service ", Quote(service.name)),
                    service.name, known, diagnostics);
      continue;
    }
    ServiceCheck(contract->second, diagnostics).Run(node);
  }
}

}  // namespace headgate::config
