#include "policy/authenticate.h"

#include "policy/access_token2.h"

namespace headgate::policy {
namespace {

bool VerifyAccessToken2(const CompiledApp& app, std::string_view text,
                        const Instant& now) {
  const config::App& spec = app.spec;
  if (spec.certificate.empty() || !IsAccessToken2(text)) return false;
  const absl::StatusOr<AccessToken2> token = ParseAccessToken2(text);
  return token.ok() &&
         CheckAccessToken2(*token, spec.app_id, spec.certificate.Reveal(),
                           now) == AccessToken2Check::kValid &&
         ChatCallerOf(*token, now).has_value();
}

bool Verify(CredentialKind kind, const CompiledApp& app,
            const Credentials& credentials, const Instant& now) {
  const AppRules& rules = *app.rules;
  switch (kind) {
    case CredentialKind::kNone:
      return true;
    case CredentialKind::kApiKey:
      return rules.api_key && rules.api_key->Matches(credentials.token);
    case CredentialKind::kBasic:
      return rules.api_key && rules.api_key->Matches(credentials.user) &&
             rules.api_secret && rules.api_secret->Matches(credentials.secret);
    case CredentialKind::kBearer:
      return VerifyAccessToken2(app, credentials.token, now);
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

bool Authenticate(const CompiledRoute& route, const Request& request,
                  const Instant& now, Decision* decision, Recorder* recorder,
                  std::string* buffer) {
  const CompiledService& service = *route.operation->service;
  const ServiceRules& rules = *service.rules;
  const CredentialKind kind = route.operation->rules->credentials;
  const Credentials credentials =
      ParseCredentials(kind, request.authorization, buffer);
  if (!CheckForm(rules, kind, credentials, recorder)) return false;

  std::string& key = decision->app_key;
  const bool secret = route.app_key.secret();
  route.app_key.Write(*decision, credentials, &key);
  decision->app = service.rules->apps.Find(key, secret);
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
  if (verifies && (decision->app == nullptr ||
                   !Verify(kind, *decision->app, credentials, now))) {
    return recorder->Denied(rules.bad_credentials, {});
  }
  recorder->Passed(rules.no_credentials, secret ? std::string_view() : key);
  return true;
}

}  // namespace headgate::policy
