// apps: the tenants of a service.
#include "base/strings.h"
#include "config/scalar_types.h"
#include "config/sections.h"

namespace headgate::config {
namespace {

constexpr size_t kSha256Digits = 64;
constexpr size_t kCertificateDigits = 32;

bool BothGiven(const Node& node, const char* first, const char* second,
               const Reading& reading) {
  const Node* const other = node.Find(second);
  if (node.Find(first) == nullptr || other == nullptr) return false;
  reading.diagnostics->Add(
      other->at, StrCat("expected ", first, " or ", second, ", found both"));
  return true;
}

// What recognises the app, and what the logs call it.
bool CheckApp(const Node& node, const Reading& reading, App* app) {
  if (BothGiven(node, "api_key", "api_key_sha256", reading) ||
      BothGiven(node, "api_secret", "api_secret_sha256", reading) ||
      BothGiven(node, "client_secret", "client_secret_sha256", reading)) {
    return false;
  }
  if (app->org_name.empty() != app->app_name.empty()) {
    reading.diagnostics->Add(
        app->at,
        StrCat("missing key \"",
               app->org_name.empty() ? "org_name" : "app_name", "\""),
        "org_name and app_name go together");
    return false;
  }
  const bool has_key = !app->api_key.empty() || !app->api_key_sha256.empty();
  if (app->org_name.empty() && app->app_id.empty() && !has_key) {
    reading.diagnostics->Add(app->at, "nothing here tells which app it is",
                             "give org_name and app_name, app_id, or api_key");
    return false;
  }
  if (!app->name.empty()) return true;
  app->name = app->org_name.empty() ? app->app_id
                                    : StrCat(app->org_name, "#", app->app_name);
  if (!app->name.empty()) return true;
  reading.diagnostics->Add(app->at, "missing key \"name\"",
                           "the logs need one: they never show an api_key");
  return false;
}

}  // namespace

Type<App> AppType() {
  const Type<App> keys = Struct<App>({
      Key("name", &App::name, StringType(),
          "What logs and metrics call the app. Default: org_name#app_name, or "
          "app_id."),
      Key("org_name", &App::org_name, StringType(),
          "The organisation's name in the path (agora-chat)."),
      Key("app_name", &App::app_name, StringType(),
          "The app's name in the path (agora-chat)."),
      Key("app_id", &App::app_id, StringType(),
          "The app's id in the path or in its tokens."),
      Key("certificate", &App::certificate, HexSecretType(kCertificateDigits),
          "A secret: the app's certificate of 32 hexadecimal digits, which "
          "checks its AccessToken2 (007...)."),
      Key("client_id", &App::client_id, StringType(),
          "The id that the app asks for tokens with."),
      Key("client_secret", &App::client_secret, SecretType(),
          "A secret: the one that goes with client_id."),
      Key("client_secret_sha256", &App::client_secret_sha256,
          HexType(kSha256Digits),
          "Instead of client_secret: its SHA-256, 64 hexadecimal digits."),
      Key("api_key", &App::api_key, SecretType(),
          "A secret: the key that a caller shows."),
      Key("api_secret", &App::api_secret, SecretType(),
          "A secret: the one that goes with api_key."),
      Key("api_key_sha256", &App::api_key_sha256, HexType(kSha256Digits),
          "Instead of api_key: its SHA-256, 64 hexadecimal digits."),
      Key("api_secret_sha256", &App::api_secret_sha256, HexType(kSha256Digits),
          "Instead of api_secret: its SHA-256, 64 hexadecimal digits."),
      Key("grants", &App::grants, ListOf(StringType()),
          "The permissions that the app may give; without it, all of the "
          "contract's."),
      Key("limits", &App::limits, LimitsType(),
          "Limits of this app alone, over the service's."),
  });
  return Checked(keys, CheckApp);
}

}  // namespace headgate::config
