#include "policy/authenticate.h"

#include "policy/bearer.h"
#include "policy/recorded_credentials.h"

namespace headgate::policy {
namespace {

struct Presented {
  CredentialKind kind;
  const Credentials& credentials;
  const RecordedCredentials* recorded;  // null: the credentials are there
  const Instant& now;
  const TokenVerifier* tokens;
};

// Sets decision->caller, or why the credentials are bad.
bool Verify(const Presented& presented, Decision* decision) {
  if (presented.recorded != nullptr) {
    decision->credentials_reason = presented.recorded->reason;
    return presented.recorded->result != RecordedCredentials::Result::kBad;
  }
  const AppRules& rules = *decision->app->rules;
  const Credentials& credentials = presented.credentials;
  Identity& caller = decision->caller;
  switch (presented.kind) {
    case CredentialKind::kNone:
      return true;
    case CredentialKind::kApiKey:
      caller.kind = Identity::Kind::kApp;
      return rules.api_key && rules.api_key->Matches(credentials.token);
    case CredentialKind::kBasic:
      caller.kind = Identity::Kind::kApp;
      return rules.api_key && rules.api_key->Matches(credentials.user) &&
             rules.api_secret && rules.api_secret->Matches(credentials.secret);
    case CredentialKind::kBearer:
      return VerifyBearer(
          {*decision->service, *decision->app, credentials.token},
          presented.tokens, presented.now, &caller,
          &decision->credentials_reason);
  }
  return false;
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
  if (verifies &&
      (decision->app == nullptr ||
       !Verify({kind, credentials, recorded, tools.now, tools.tokens},
               decision))) {
    return recorder->Denied(rules.bad_credentials, {});
  }
  recorder->Passed(rules.no_credentials, secret ? std::string_view() : key);
  return true;
}

}  // namespace headgate::policy
