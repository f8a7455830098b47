// The cases of a service as a whole: who may call, which URLs are its own, what
// becomes of its upstream's answers; and each of its operations.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/crypto.h"
#include "base/strings.h"
#include "cli/cases/generate_body.h"
#include "cli/cases/generate_samples.h"
#include "cli/cases/generate_sketch.h"
#include "cli/cases/places.h"
#include "config/contract_defaults.h"
#include "policy/rules.h"

namespace headgate::cli {
namespace {

using policy::CompiledApp;
using policy::CompiledOperation;
using policy::CredentialKind;

std::string BasicOf(std::string_view user, std::string_view secret) {
  return StrCat("Basic ", Base64Encode(StrCat(user, ":", secret),
                                       Base64Alphabet::kStandard));
}

// A long text as its rule, so that a file stays short.
constexpr char kManyBytes[] = "${'a' * ";

class ServiceSketcher {
 public:
  ServiceSketcher(const policy::CompiledService& service,
                  const std::string& plain, int64_t body_bytes_max)
      : service_(service), plain_(plain), body_bytes_max_(body_bytes_max) {}

  std::vector<SketchGroup> Run() {
    for (const auto& operation : service_.operations) {
      const SketchCaller caller = AnyCaller(*operation);
      if (caller.known) {
        groups_.push_back(SketchOperation(*operation, caller));
      } else {
        groups_.push_back(
            {.title = StrCat(operation->name, ": ", operation->spec.method, " ",
                             operation->spec.path),
             .note = "left out: it asks for credentials that this file cannot "
                     "hold",
             .sketches = {}});
      }
      AddApps(*operation, &groups_.back());
      if (!service_.spec.upstream && caller.known) {
        Sketch& down =
            Add(&groups_.back(), StrCat(operation->name, ": no store"),
                GoodRequest(*operation, caller));
        down.storage_down = true;
      }
    }
    AddCredentials();
    AddUrls();
    if (service_.spec.upstream) AddUpstream();
    return std::move(groups_);
  }

 private:
  static Sketch& Add(SketchGroup* group, std::string name,
                     SketchRequest request) {
    Sketch sketch;
    sketch.name = std::move(name);
    sketch.request = std::move(request);
    group->sketches.push_back(std::move(sketch));
    return group->sketches.back();
  }

  bool IsPlain(const Secret& secret) const {
    return !secret.empty() && plain_.find(secret.Reveal()) != std::string::npos;
  }

  // A caller whom nobody listed.
  SketchCaller Unlisted(const CompiledOperation& operation) const {
    const auto& apps = service_.apps;
    const bool taken = std::any_of(
        apps.begin(), apps.end(),
        [](const auto& app) { return app->spec.org_name == "acme"; });
    SketchCaller caller;
    caller.variables = {{"org_name", taken ? "nobody" : "acme"},
                        {"app_name", "chat"},
                        {"app_id", "nobody"}};
    switch (operation.rules->credentials) {
      case CredentialKind::kNone:
        break;
      case CredentialKind::kBasic:
        caller.authorization = BasicOf("nobody", "knows");
        break;
      case CredentialKind::kBearer:
      case CredentialKind::kApiKey:
        caller.authorization = "Bearer nobody";
        break;
    }
    return caller;
  }

  SketchCaller CallerOf(const CompiledApp& app,
                        const CompiledOperation& operation) const {
    SketchCaller caller = Unlisted(operation);
    const config::App& spec = app.spec;
    caller.variables.clear();
    for (const auto& [name, value] :
         std::array<std::pair<const char*, const std::string*>, 3>{
             {{"org_name", &spec.org_name},
              {"app_name", &spec.app_name},
              {"app_id", &spec.app_id}}}) {
      if (!value->empty()) caller.variables.emplace_back(name, *value);
    }
    switch (operation.rules->credentials) {
      case CredentialKind::kNone:
        break;
      case CredentialKind::kBearer:
        caller.known = !service_.rules->verifies;
        break;
      case CredentialKind::kApiKey:
        caller.known = IsPlain(spec.api_key);
        if (caller.known) {
          caller.authorization = StrCat("Bearer ", spec.api_key.Reveal());
        }
        break;
      case CredentialKind::kBasic:
        caller.known = IsPlain(spec.api_key) && IsPlain(spec.api_secret);
        if (caller.known) {
          caller.authorization =
              BasicOf(spec.api_key.Reveal(), spec.api_secret.Reveal());
        }
        break;
    }
    return caller;
  }

  // One whose calls are allowed.
  SketchCaller AnyCaller(const CompiledOperation& operation) const {
    const bool asked = operation.rules->credentials != CredentialKind::kNone;
    if (service_.spec.unlisted_apps_allowed &&
        !(service_.rules->verifies && asked)) {
      return Unlisted(operation);
    }
    for (const auto& app : service_.apps) {
      SketchCaller caller = CallerOf(*app, operation);
      if (caller.known) return caller;
    }
    SketchCaller nobody;
    nobody.known = false;
    return nobody;
  }

  // What apps have of their own: limits, and grants.
  void AddApps(const CompiledOperation& operation, SketchGroup* group) {
    constexpr int64_t kTrainMax = 20'000;
    for (const auto& app : service_.apps) {
      const SketchCaller caller = CallerOf(*app, operation);
      if (!caller.known) continue;
      const auto position = static_cast<size_t>(operation.position);
      const policy::RateLimit* own = app->limits[position].get();
      if (own != nullptr && own->limit <= kTrainMax) {
        group->sketches.push_back(RateTrain(
            operation, *own, caller,
            StrCat(operation.name, ": as many calls as ", app->name, " has")));
      }
      if (app->rules->grants && !operation.spec.grants.empty()) {
        AddGrants(operation, *app, caller, group);
      }
    }
  }

  void AddGrants(const CompiledOperation& operation, const CompiledApp& app,
                 const SketchCaller& caller, SketchGroup* group) {
    const auto permissions = PermissionsOf(operation);
    if (!permissions) return;
    Hole hole{.names = {}, .json = "[\"${permission}\"]"};
    for (const std::string_view name : Split(operation.spec.grants, '.')) {
      hole.names.emplace_back(name);
    }
    SketchRequest request = GoodRequest(operation, caller);
    request.json = BodySamples(Samples(service_))
                       .Object(operation.spec.body.fields, &hole);
    Sketch& sketch =
        Add(group, StrCat(operation.name, ": what ", app.name, " may grant"),
            std::move(request));
    for (const std::string& permission : *permissions) {
      sketch.rows.push_back({{{"permission", YamlText(permission)}}});
    }
  }

  // An operation that asks for credentials; null: none does.
  const CompiledOperation* Asking() const {
    for (const auto& operation : service_.operations) {
      if (operation->rules->credentials != CredentialKind::kNone) {
        return operation.get();
      }
    }
    return nullptr;
  }

  void AddCredentials() {
    const CompiledOperation* operation = Asking();
    if (operation == nullptr) return;
    SketchGroup group{.title = StrCat(service_.name, ": credentials"),
                      .note = "",
                      .sketches = {}};
    SketchCaller caller = AnyCaller(*operation);
    if (!caller.known) caller = Unlisted(*operation);
    const bool basic = operation->rules->credentials == CredentialKind::kBasic;
    const std::string scheme = basic ? "Basic" : "Bearer";
    caller.authorization.clear();
    Add(&group, StrCat(service_.name, ": no credentials"),
        GoodRequest(*operation, caller));
    caller.authorization = "${credentials}";
    Sketch& sketch = Add(&group, StrCat(service_.name, ": bad credentials"),
                         GoodRequest(*operation, caller));
    for (const std::string& credentials :
         {scheme, StrCat(scheme, " a b"),
          StrCat(basic ? "Bearer" : "Basic", " bm9ib2R5Omtub3dz"),
          std::string("Digest nobody")}) {
      sketch.rows.push_back({{{"credentials", YamlQuoted(credentials)}}});
    }
    Add(&group, StrCat(service_.name, ": an app that is not listed"),
        GoodRequest(*operation, Unlisted(*operation)));
    groups_.push_back(std::move(group));
  }

  void AddUrls() {
    SketchGroup group{.title = StrCat(service_.name, ": URLs and sizes"),
                      .note = "",
                      .sketches = {}};
    if (service_.operations.empty()) return;
    const CompiledOperation& operation = *service_.operations.front();
    const SketchCaller caller = Unlisted(operation);
    const std::string path = GoodPath(operation, caller);
    SketchRequest request{.method = "GET", .path = path + "/no/such/call"};
    Add(&group, StrCat(service_.name, ": a URL that is no operation"), request);
    request.path = path + "/%2F";
    Add(&group, StrCat(service_.name, ": a URL that could be read in two ways"),
        request);
    request.path = path;
    request.method = "BREW";
    Add(&group, StrCat(service_.name, ": a method that nobody documented"),
        request);
    AddLargeBody(&group);
    groups_.push_back(std::move(group));
  }

  void AddLargeBody(SketchGroup* group) {
    constexpr int64_t kBodyMax = 4 << 20;
    if (body_bytes_max_ <= 0 || body_bytes_max_ > kBodyMax) return;
    const CompiledOperation& operation = *service_.operations.front();
    SketchRequest request{.method = operation.spec.method,
                          .path = GoodPath(operation, Unlisted(operation))};
    request.body = StrCat(kManyBytes, body_bytes_max_ + 1, "}");
    request.has_body = true;
    Add(group, StrCat(service_.name, ": a body that is too large"), request);
  }

  // The first operation that is allowed without much ado.
  const CompiledOperation* Easiest() const {
    const CompiledOperation* found = nullptr;
    for (const auto& operation : service_.operations) {
      if (!operation->spec.deny.empty() || operation->limit.limit == 0 ||
          !AnyCaller(*operation).known) {
        continue;
      }
      if (operation->spec.method == "GET") return operation.get();
      if (found == nullptr) found = operation.get();
    }
    return found;
  }

  void AddUpstream() {
    const CompiledOperation* operation = Easiest();
    if (operation == nullptr) return;
    SketchGroup group{
        .title = StrCat(service_.name, ": its upstream's answers"),
        .note = "",
        .sketches = {}};
    const SketchRequest request =
        GoodRequest(*operation, AnyCaller(*operation));
    Sketch& failures =
        Add(&group, StrCat(service_.name, ": the upstream fails: ${failure}"),
            request);
    failures.upstream = "{failure: \"${failure}\"}";
    for (const char* failure : {"connect", "timeout", "protocol", "tls"}) {
      failures.rows.push_back({{{"failure", failure}}});
    }
    Sketch& statuses =
        Add(&group,
            StrCat(service_.name, ": the upstream answers ${status} in HTML"),
            request);
    statuses.upstream =
        "{status: \"${status}\", headers: {Content-Type: text/html}, body: "
        "\"<html>\"}";
    for (const int status : Statuses()) {
      statuses.rows.push_back({{{"status", StrCat(status)}}});
    }
    AddDocumented(request, &group);
    groups_.push_back(std::move(group));
  }

  // The ends of what the contract's rules speak of, and success.
  std::vector<int> Statuses() const {
    std::vector<int> statuses = {200, 301};
    for (const config::UpstreamRule& rule :
         service_.contract.upstream_answers) {
      for (const int status : {rule.status_min, rule.status_max}) {
        if (status >= 200 && status <= 599) statuses.push_back(status);
      }
    }
    std::ranges::sort(statuses);
    statuses.erase(std::unique(statuses.begin(), statuses.end()),
                   statuses.end());
    return statuses;
  }

  // Its own documented errors.
  void AddDocumented(const SketchRequest& request, SketchGroup* group) {
    const std::string code = config::CodeAttribute(service_.contract.shape);
    std::string key;
    for (const auto& [member, text] : service_.contract.shape.members) {
      if (key.empty() && text == StrCat("{", code, "}")) key = member;
    }
    if (key.empty()) return;
    Sketch& sketch =
        Add(group,
            StrCat(service_.name, ": the upstream answers ${status} ${code}"),
            request);
    sketch.upstream = StrCat("{status: \"${status}\", json: {", YamlText(key),
                             ": \"${code}\"}}");
    StringSet seen;
    for (const auto& error : service_.catalogue->errors()) {
      if (!error->documented ||
          !seen.insert(StrCat(error->status, " ", error->code)).second) {
        continue;
      }
      sketch.rows.push_back({{{"status", StrCat(error->status)},
                              {"code", YamlQuoted(error->code)}}});
    }
    if (sketch.rows.empty()) group->sketches.pop_back();
  }

  const policy::CompiledService& service_;
  const std::string& plain_;
  const int64_t body_bytes_max_;
  std::vector<SketchGroup> groups_;
};

}  // namespace

std::vector<SketchGroup> SketchService(const policy::CompiledService& service,
                                       const std::string& plain,
                                       int64_t body_bytes_max) {
  return ServiceSketcher(service, plain, body_bytes_max).Run();
}

}  // namespace headgate::cli
