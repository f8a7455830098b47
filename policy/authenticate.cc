#include "policy/authenticate.h"

#include <cstdint>
#include <utility>

#include "policy/bearer.h"
#include "policy/recorded_credentials.h"

namespace headgate::policy {
namespace {

struct Presented {
  CredentialKind kind;
  const Credentials& credentials;
  const AuthenticateTools& tools;
};

// Whose the credentials are, or why they are bad. REQUIRES: of some kind.
bool VerifyAnew(const Presented& presented, Decision* decision,
                VerifiedCaller* caller) {
  const AppRules& rules = *decision->app->rules;
  const Credentials& credentials = presented.credentials;
  if (presented.kind == CredentialKind::kBearer) {
    return VerifyBearer({*decision->service, *decision->app, credentials.token},
                        presented.tools.tokens, presented.tools.now, caller,
                        &decision->credentials_reason);
  }
  caller->identity.kind = Identity::Kind::kApp;
  if (!rules.api_key) return false;
  if (presented.kind == CredentialKind::kApiKey) {
    return rules.api_key->Matches(credentials.token);
  }
  return rules.api_key->Matches(credentials.user) && rules.api_secret &&
         rules.api_secret->Matches(credentials.secret);
}

// Sets decision->caller, or why the credentials are bad.
bool Verify(const Presented& presented, Decision* decision) {
  const AuthenticateTools& tools = presented.tools;
  const uint64_t revision =
      tools.tokens == nullptr ? 0 : tools.tokens->revision();
  const VerifiedCredentials::Key key = tools.verified->KeyOf(
      *decision->app, presented.kind, presented.credentials.presented);
  if (const VerifiedCaller* known =
          tools.verified->Find(key, revision, tools.now)) {
    decision->caller = known->identity;
    return true;
  }
  VerifiedCaller caller;
  if (!VerifyAnew(presented, decision, &caller)) return false;
  decision->caller = caller.identity;
  tools.verified->Keep(key, revision, std::move(caller));
  return true;
}

// The same for a call that is decided again: they were judged when it came.
bool VerifyRecorded(const RecordedCredentials& recorded, Decision* decision) {
  decision->credentials_reason = recorded.reason;
  return recorded.result != RecordedCredentials::Result::kBad;
}

bool CheckForm(const ServiceRules& rules, CredentialKind kind,
               const Credentials& credentials, Recorder* recorder) {
  if (kind == CredentialKind::kNone) return true;
  if (credentials.state == Credentials::State::kNone) {
    return recorder->Denied(rules.no_credentials, {});
  }
  if (credentials.state == Credentials::State::kMalformed) {
    return recorder->Denied(rules.malformed_credentials, {});
  }
  return true;
}

}  // namespace

bool Authenticate(const AuthenticateTools& tools, const CompiledRoute& route,
                  const Request& request, Decision* decision,
                  Recorder* recorder) {
  const CompiledService& service = *route.operation->service;
  const ServiceRules& rules = *service.rules;
  const CredentialKind kind = route.operation->rules->credentials;
  const RecordedCredentials* recorded = request.recorded;
  const Credentials credentials =
      recorded != nullptr
          ? Credentials{.state = recorded->StateFor(kind)}
          : ParseCredentials(kind, request.authorization, tools.buffer);
  if (!CheckForm(rules, kind, credentials, recorder)) return false;

  std::string& key = decision->app_key;
  const bool secret = route.app_key.secret();
  decision->app_key_secret = secret;
  if (recorded != nullptr && secret) {
    key = recorded->key_label;
    decision->app = rules.apps.FindByLabel(key);
  } else {
    route.app_key.Write(*decision, credentials, &key);
    decision->app = rules.apps.Find(key, secret);
  }
  // A call that needs no credentials may have no app either.
  const bool anonymous = kind == CredentialKind::kNone && key.empty();
  if (decision->app == nullptr && !anonymous &&
      !service.spec.unlisted_apps_allowed) {
    const std::string_view shown = secret ? std::string_view() : key;
    return recorder->Denied(rules.unknown_app, {.value = shown});
  }
  if (decision->app != nullptr && !decision->app->app_key.empty()) {
    key = decision->app->app_key;
  }
  const bool verifies = rules.verifies && kind != CredentialKind::kNone;
  if (verifies) {
    const bool good =
        decision->app != nullptr &&
        (recorded != nullptr ? VerifyRecorded(*recorded, decision)
                             : Verify({kind, credentials, tools}, decision));
    if (!good) return recorder->Denied(rules.bad_credentials, {});
  }
  recorder->Passed(rules.no_credentials, secret ? std::string_view() : key);
  return true;
}

}  // namespace headgate::policy
