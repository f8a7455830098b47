// POST /token: four grants, each a function (contract page "agora-chat",
// "Neighbours that the standalone service needs").
//
//   client_credentials  the app's id and secret     -> an app token
//   password            a user's name and password  -> a user token
//   inherit             an app token and a name     -> a user token
//   agora               an AccessToken2             -> a token of the same
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "policy/access_token2.h"
#include "policy/bearer.h"
#include "policy/credentials.h"
#include "policy/rules.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"
#include "service/agora_chat/user.h"
#include "service/steps.h"
#include "service/tokens/tokens.h"

namespace headgate::service::agora_chat {
namespace {

// `expires_s` since 1970; 0: by the body's ttl, or the config's lifetime.
std::string Issue(const Tools& tools, const Call& call, std::string_view user,
                  TokenClaims* claims) {
  claims->kind = user.empty() ? TokenKind::kAppAccess : TokenKind::kUserAccess;
  claims->audience = call.app->app_key;
  claims->subject = user;
  return tools.tokens.Issue(claims, call.now);
}

// The page's own examples write the number as a text.
int64_t LifetimeS(const Tools& tools, const Body& body) {
  const int64_t ttl_s = body.Amount("ttl").value_or(tools.tokens.lifetime_s());
  // 0 is "for ever".
  return ttl_s == 0 ? kTokenLifetimeMaxS : std::min(ttl_s, kTokenLifetimeMaxS);
}

// Whether what a grant need not have is, where it is there, of its kind.
bool AreGoodOptions(const Body& body) {
  const bool ttl = !body.Has("ttl") || body.Amount("ttl");
  const bool create =
      !body.Has("autoCreateUser") || body.Boolean("autoCreateUser");
  return ttl && create;
}

// {"access_token","expires_in","application"}, and the user of a user's token.
void ReplyToken(const Tools& tools, Call& call, const User* user) {
  const Body body(call);
  const int64_t lifetime_s = LifetimeS(tools, body);
  TokenClaims claims;
  claims.expires_s = Tokens::EndOf(call.now, lifetime_s);
  call.answer.body.clear();
  JsonWriter writer(&call.answer.body);
  writer.StartObject();
  writer.Member("access_token",
                Issue(tools, call, user ? user->username : "", &claims));
  writer.Member("expires_in", lifetime_s);
  writer.Member("application", ApplicationUuid(*call.app));
  if (user != nullptr) {
    writer.Key("user");
    WriteUser(*user, &writer);
  }
  writer.EndObject();
}

bool SecretMatches(const config::App& app, std::string_view secret) {
  if (!app.client_secret_sha256.empty()) {
    const auto digest = policy::SecretDigest::FromHex(app.client_secret_sha256);
    return digest && digest->Matches(secret);
  }
  return !app.client_secret.empty() &&
         policy::SecretDigest::FromPlain(app.client_secret.Reveal())
             .Matches(secret);
}

bool GrantClientCredentials(const Tools& tools, Call& call) {
  const Body body(call);
  const auto id = body.Text("client_id");
  const auto secret = body.Text("client_secret");
  const config::App& app = call.app->spec;
  if (!id) return call.Refuse("client_id_missing");
  if (!secret) return call.Refuse("client_secret_missing");
  if (app.client_id.empty() || !ConstantTimeEquals(*id, app.client_id)) {
    return call.Refuse("client_id_mismatch");
  }
  if (!SecretMatches(app, *secret)) {
    return call.Refuse("client_secret_mismatch");
  }
  ReplyToken(tools, call, nullptr);
  return true;
}

// The name, folded as the policy folds names elsewhere. Empty: refused.
std::string Username(Call& call, const Body& body) {
  const std::string name = AsciiLower(body.Text("username").value_or(""));
  if (name.empty()) call.Refuse("username_missing");
  return name;
}

void GrantPassword(const Tools& tools, std::unique_ptr<Call> call,
                   Gateway::Done done) {
  const std::string name = Username(*call, Body(*call));
  if (name.empty()) return done(std::move(call));
  auto user = std::make_shared<std::optional<User>>();
  auto check = [tools, user,
                done = std::move(done)](std::unique_ptr<Call> asked) mutable {
    if (IsRefused(*asked)) return done(std::move(asked));
    const Body body(*asked);
    const std::string password(body.Text("password").value_or(""));
    tools.runtime.passwords().Verify(
        (*user)->password_hash, password,
        [tools, user, asked = std::move(asked),
         done = std::move(done)](absl::StatusOr<bool> matches) mutable {
          if (!matches.ok()) {
            RefuseUnavailable(matches.status(), asked.get());
          } else if (!*matches) {
            asked->Refuse("invalid_password");
          } else {
            ReplyToken(tools, *asked, &**user);
          }
          done(std::move(asked));
        });
  };
  RunRead(
      tools, std::move(call),
      [user, name](Call& asked, Transaction& transaction) {
        *user = FindUser(asked, name, transaction);
        if (!*user) asked.Refuse("unknown_token_user");
      },
      std::move(check));
}

// Who the Authorization field says calls: this operation's policy asks for no
// credentials, since two of its grants need none. False: refused.
bool Authenticate(const Tools& tools, Call& call) {
  std::string buffer;
  const policy::Credentials credentials = policy::ParseCredentials(
      policy::CredentialKind::kBearer, call.credentials, &buffer);
  if (credentials.state == policy::Credentials::State::kNone) {
    return call.Refuse("unauthorized");
  }
  if (credentials.state == policy::Credentials::State::kMalformed) {
    return call.Refuse("corrupt_token");
  }
  policy::VerifiedCaller caller;
  std::string_view reason;
  if (policy::VerifyBearer({*call.service, *call.app, credentials.token},
                           &tools.tokens, call.now, &caller, &reason)) {
    call.caller = std::move(caller.identity);
    return true;
  }
  call.Refuse("unable_to_authenticate");
  call.answer.detail = reason;
  return false;
}

bool Inherit(const Tools& tools, Call& call, Transaction& transaction) {
  const Body body(call);
  const std::string name = Username(call, body);
  if (name.empty()) return false;
  auto user = FindUser(call, name, transaction);
  if (!user && !body.Boolean("autoCreateUser").value_or(false)) {
    return call.Refuse("unknown_token_user");
  }
  if (!user) {
    if (!IsLegalName(call, name)) return call.Refuse("illegal_username", name);
    user = NewUser(call, name);
    PutUser(call, *user, transaction);
  }
  ReplyToken(tools, call, &*user);
  return true;
}

void GrantInherit(const Tools& tools, std::unique_ptr<Call> call,
                  Gateway::Done done) {
  if (!Authenticate(tools, *call)) return done(std::move(call));
  if (call->caller.kind != policy::Identity::Kind::kApp) {
    call->Refuse("unable_to_authenticate");
    return done(std::move(call));
  }
  RunWrite(
      tools, std::move(call),
      [tools](Call& asked, Transaction& transaction) {
        return Inherit(tools, asked, transaction);
      },
      std::move(done));
}

// The same caller, until the same time. REQUIRES: Authenticate took the token.
void ReplyExchanged(const Tools& tools, Call& call) {
  const size_t blank = call.credentials.find(' ');
  const auto token =
      policy::ParseAccessToken2(call.credentials.substr(blank + 1));
  TokenClaims claims;
  claims.expires_s = int64_t{token->issued_s} + token->expires_s;
  call.answer.body.clear();
  JsonWriter writer(&call.answer.body);
  writer.StartObject();
  writer.Member("access_token", Issue(tools, call, call.caller.user, &claims));
  writer.Member("expire_timestamp", claims.expires_s * 1000);
  writer.EndObject();
}

void GrantAgora(const Tools& tools, std::unique_ptr<Call> call,
                Gateway::Done done) {
  if (!Authenticate(tools, *call)) return done(std::move(call));
  const size_t blank = call->credentials.find(' ');
  if (!policy::IsAccessToken2(
          std::string_view(call->credentials).substr(blank + 1))) {
    call->Refuse("unable_to_authenticate");
    return done(std::move(call));
  }
  if (call->caller.kind == policy::Identity::Kind::kApp) {
    ReplyExchanged(tools, *call);
    return done(std::move(call));
  }
  RunRead(
      tools, std::move(call),
      [tools](Call& asked, Transaction& transaction) {
        if (UserExists(asked, asked.caller.user, transaction)) {
          ReplyExchanged(tools, asked);
        } else {
          asked.Refuse("unknown_token_user");
        }
      },
      std::move(done));
}

}  // namespace

void CreateToken(const Tools& tools, std::unique_ptr<Call> call,
                 Gateway::Done done) {
  const Body body(*call);
  if (!AreGoodOptions(body)) {
    call->Refuse("invalid_request");
    return done(std::move(call));
  }
  const std::string grant(body.Text("grant_type").value_or(""));
  if (grant == "password") {
    return GrantPassword(tools, std::move(call), std::move(done));
  }
  if (grant == "inherit") {
    return GrantInherit(tools, std::move(call), std::move(done));
  }
  if (grant == "agora") {
    return GrantAgora(tools, std::move(call), std::move(done));
  }
  if (grant == "client_credentials") {
    GrantClientCredentials(tools, *call);
  } else {
    call->Refuse("invalid_request");
  }
  done(std::move(call));
}

}  // namespace headgate::service::agora_chat
