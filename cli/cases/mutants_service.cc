// Mutants of a service as a whole: who may call, what becomes of calls that are
// no operation, the choices that the operator made.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "cli/cases/mutant_maker.h"
#include "policy/grants.h"
#include "policy/rules.h"

namespace headgate::cli {
namespace {

using config::Service;

void AddAuthentication(MutantMaker* maker) {
  const Service& spec = maker->service().spec;
  const std::string rule = maker->service().name + ".authenticate";
  if (!maker->AsksCredentials()) return;
  maker->Add(
      {rule, "dropped",
       "a call without Authorization that expects rule " + rule, spec.at},
      [](config::Contract* contract) {
        contract->credentials = "none";
        for (config::Operation& operation : contract->operations) {
          operation.credentials.reset();
        }
      });
  if (maker->standalone()) return;
  const bool verifies = spec.authenticate == Service::Authenticate::kVerify;
  maker->AddToService(
      {rule, verifies ? "verify -> forward" : "forward -> verify",
       verifies ? "a call with unknown credentials that expects rule " + rule
                : "a call with credentials that only the upstream knows",
       spec.at},
      [verifies](Service* service) {
        service->authenticate = verifies ? Service::Authenticate::kForward
                                         : Service::Authenticate::kVerify;
      });
}

// Where credentials are checked, an unlisted app's are wrong anyhow: it makes a
// difference if that has another answer, or if a call needs none.
bool SeesUnlistedApps(const MutantMaker& maker) {
  const std::string& key = maker.service().contract.app_key;
  const bool key_of_credentials = key.find("{basic_user}") != key.npos ||
                                  key.find("{bearer_token}") != key.npos;
  return !maker.service().rules->verifies ||
         maker.RowOf("", policy::Refusal::kUnknownApp) !=
             maker.RowOf("", policy::Refusal::kBadCredentials) ||
         (maker.Credentials().contains("none") && !key_of_credentials);
}

void AddUnlistedApps(MutantMaker* maker) {
  if (!SeesUnlistedApps(*maker)) return;
  const Service& spec = maker->service().spec;
  const bool allowed = spec.unlisted_apps_allowed;
  maker->AddToService({maker->service().name + ".unlisted_apps",
                       allowed ? "allow -> deny" : "deny -> allow",
                       StrCat("a call of an app that is not listed, which is ",
                              allowed ? "allowed" : "denied"),
                       spec.at},
                      [allowed](Service* service) {
                        service->unlisted_apps_allowed = !allowed;
                      });
}

void AddUnmatched(MutantMaker* maker) {
  const Service& spec = maker->service().spec;
  if (maker->standalone()) return;
  const bool denied = spec.unmatched == Service::Unmatched::kDeny;
  maker->AddToService({maker->service().name + ".unmatched",
                       denied ? "deny -> forward" : "forward -> deny",
                       StrCat("a call that is no operation, which is ",
                              denied ? "denied" : "allowed"),
                       spec.at},
                      [denied](Service* service) {
                        service->unmatched = denied
                                                 ? Service::Unmatched::kForward
                                                 : Service::Unmatched::kDeny;
                      });
}

// Whether listing it says anything that cases can tell.
bool Matters(const policy::CompiledService& service, const config::App& app) {
  const bool has_two_keys = !app.org_name.empty() && !app.app_id.empty();
  return service.rules->verifies || !service.spec.unlisted_apps_allowed ||
         !app.limits.empty() || app.grants || has_two_keys;
}

void AddApps(MutantMaker* maker) {
  const policy::CompiledService& service = maker->service();
  for (size_t i = 0; i < service.apps.size(); ++i) {
    const policy::CompiledApp& app = *service.apps[i];
    if (!Matters(service, app.spec)) continue;
    maker->AddToService({StrCat(service.name, ".apps.", app.name), "dropped",
                         StrCat("a call of the app ", app.name,
                                " that an unlisted app could ", "not make"),
                         app.spec.at},
                        [i](Service* changed) {
                          changed->apps.erase(changed->apps.begin() +
                                              static_cast<std::ptrdiff_t>(i));
                        });
  }
}

// What is written only: the rest are defaults of the contract.
void AddSettings(MutantMaker* maker) {
  const policy::CompiledService& service = maker->service();
  if (!maker->standalone()) return;
  for (const auto& [name, value] : service.spec.settings) {
    const auto choices = service.contract.settings.find(name);
    if (choices == service.contract.settings.end()) continue;
    for (const std::string& other : choices->second) {
      // "1..100000" stands for its numbers.
      const std::string choice = other.substr(0, other.find(".."));
      if (choice == value) continue;
      maker->AddToService(
          {StrCat(service.name, ".settings.", name),
           StrCat(value, " -> ", choice),
           StrCat("a call that is answered otherwise under ", choice),
           service.spec.at},
          [name = name, choice](Service* changed) {
            changed->settings[name] = choice;
          });
    }
  }
}

void AddCors(MutantMaker* maker) {
  const Service& spec = maker->service().spec;
  if (spec.cors.origins.empty()) return;
  maker->AddToService(
      {maker->service().name + ".cors", "dropped",
       "a call with Origin that expects Access-Control-Allow-Origin", spec.at},
      [](Service* service) { service->cors.origins.clear(); });
}

// Permissions that a name at the operation's `grants` may be.
void CollectPermissions(const policy::CompiledService& service,
                        std::set<std::string>* permissions) {
  for (const auto& [name, implied] : service.contract.implied) {
    permissions->insert(name);
    permissions->insert(implied.begin(), implied.end());
  }
}

void AddAppGrants(const policy::CompiledApp& app, size_t index,
                  MutantMaker* maker) {
  const policy::CompiledService& service = maker->service();
  const std::vector<std::string>& granted = *app.spec.grants;
  const policy::Implied& implied = service.contract.implied;
  const std::string rule = StrCat(service.name, ".apps.", app.name, ".grants");
  const auto add = [&](std::string what, std::string missing,
                       std::optional<std::vector<std::string>> grants) {
    maker->AddToService(
        {rule, std::move(what), std::move(missing), app.spec.at},
        [index, grants = std::move(grants)](Service* changed) {
          changed->apps[index].grants = grants;
        });
  };
  const policy::Grants all(granted, implied);
  std::set<std::string> others;
  CollectPermissions(service, &others);
  for (const std::string& name : granted) {
    std::vector<std::string> rest = granted;
    std::erase(rest, name);
    if (policy::Grants(rest, implied).Cover(name)) continue;
    add("without " + name,
        StrCat("a call of ", app.name, " with ", name, " that is allowed"),
        rest);
  }
  for (const std::string& name : others) {
    if (all.Cover(name)) continue;
    std::vector<std::string> more = granted;
    more.push_back(name);
    add("with " + name,
        StrCat("a call of ", app.name, " with ", name, " that is denied"),
        more);
  }
  add("dropped",
      StrCat("a call of ", app.name, " with a permission that is not granted"),
      std::nullopt);
}

void AddImplied(MutantMaker* maker) {
  const policy::CompiledService& service = maker->service();
  const policy::Implied& implied = service.contract.implied;
  for (const auto& [name, list] : implied) {
    for (const std::string& entry : list) {
      policy::Implied fewer = implied;
      std::erase(fewer[name], entry);
      const bool seen = std::any_of(
          service.apps.begin(), service.apps.end(), [&](const auto& app) {
            return app->spec.grants &&
                   policy::Grants(*app->spec.grants, implied).Cover(entry) &&
                   !policy::Grants(*app->spec.grants, fewer).Cover(entry);
          });
      if (!seen) continue;
      maker->Add(
          {StrCat(service.name, ".implied.", name), "without " + entry,
           StrCat("a call with ", entry, " of an app that is granted ", name,
                  ", which is allowed"),
           service.contract.at},
          [fewer](config::Contract* contract) { contract->implied = fewer; });
    }
  }
}

}  // namespace

void AddServiceMutants(MutantMaker* maker) {
  AddAuthentication(maker);
  AddUnlistedApps(maker);
  AddUnmatched(maker);
  AddApps(maker);
  AddSettings(maker);
  AddCors(maker);
  AddAliasMutants(maker);
}

void AddGrantMutants(MutantMaker* maker) {
  const policy::CompiledService& service = maker->service();
  const auto& apps = service.apps;
  const bool grants =
      std::any_of(apps.begin(), apps.end(),
                  [](const auto& app) { return app->spec.grants.has_value(); });
  if (!grants) return;
  for (const auto& operation : service.operations) {
    if (operation->spec.grants.empty()) continue;
    maker->Enter(operation.get());
    const std::string rule = operation->name + ".grants";
    maker->AddToOperation(
        {rule, "dropped", "a call that expects rule " + rule,
         operation->spec.at},
        [](config::Operation* changed) { changed->grants.clear(); });
  }
  maker->Enter(nullptr);
  for (size_t i = 0; i < apps.size(); ++i) {
    if (apps[i]->spec.grants) AddAppGrants(*apps[i], i, maker);
  }
  AddImplied(maker);
}

}  // namespace headgate::cli
