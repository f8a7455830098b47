#include "cli/token_issue.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/percent.h"
#include "base/strings.h"
#include "cli/token_argument.h"
#include "config/amount.h"
#include "config/diagnostic.h"
#include "service/flipflop/member_tokens.h"
#include "service/flipflop/profile.h"
#include "service/private_services/argument.h"
#include "service/tokens/subject.h"

namespace headgate::cli {
namespace {

using config::Quote;
using service::TokenClaims;
using service::TokenKind;

bool IsOfPrivateServices(TokenKind kind) {
  return FamilyOf(kind) == "private-services";
}
bool IsOfFlipflop(TokenKind kind) { return FamilyOf(kind) == "flipflop"; }

// The claims that --claim may give.
std::vector<std::string> ClaimNames(TokenKind kind) {
  if (IsOfFlipflop(kind)) return {"user_name", "role"};
  if (!IsOfPrivateServices(kind)) return {};
  return {std::string(service::private_services::PlaceOf(kind))};
}

std::string CheckClaimNames(TokenKind kind, const Texts& claims) {
  const std::vector<std::string> names = ClaimNames(kind);
  for (const auto& [name, text] : claims) {
    if (std::ranges::count(names, name) > 0) continue;
    return StrCat("--claim ", Quote(name), ": ", NameWithArticle(kind),
                  " takes ",
                  names.empty() ? "no claims of its own" : Join(names, " and "),
                  names.empty() ? "" : " only");
  }
  return "";
}

std::string CheckTexts(const TokenRequest& request) {
  Texts claims, metadata;
  std::string mistake = ReadPairs("--claim", request.claims, &claims);
  if (mistake.empty()) {
    mistake = ReadPairs("--metadata", request.metadata, &metadata);
  }
  if (mistake.empty()) mistake = CheckClaimNames(request.kind, claims);
  if (!mistake.empty()) return mistake;
  if (!IsUtf8(request.user)) return "--user is not valid UTF-8";
  if (!std::ranges::all_of(request.permissions, IsUtf8)) {
    return "--permission is not valid UTF-8";
  }
  return "";
}

std::optional<absl::Duration> ReadLifetime(const std::string& text) {
  const auto lifetime = config::ParseDuration(text);
  const bool good = lifetime && *lifetime >= absl::Seconds(1) &&
                    *lifetime <= absl::Seconds(service::kTokenLifetimeMaxS);
  return good ? lifetime : std::nullopt;
}

std::string CheckUser(const TokenRequest& request, const TokenApp& app) {
  const policy::CompiledValue* const value =
      service::UserValueOf(*app.service, request.kind);
  std::string scratch;
  if (value == nullptr || value->Check(request.user, &scratch) ==
                              policy::CompiledValue::Verdict::kOk) {
    return "";
  }
  const std::string shown = Quote(request.user);
  const std::string name = value->spec().error.value_or("");
  const std::string sentence =
      SentenceOf(app.service->catalogue->Find(name), {.now = {},
                                                      .started = {},
                                                      .method = "",
                                                      .path = "",
                                                      .value = request.user,
                                                      .location = shown});
  return StrCat("--user ", shown, ": ", sentence, TakesOf(value));
}

// The claims of flipflop's own: as a member who is called so, or a guest.
std::string MakeRole(const TokenRequest& request, TokenClaims* claims) {
  Texts given;
  ReadPairs("--claim", request.claims, &given);
  const std::string* const name = FindText(given, "user_name");
  const std::string* const role = FindText(given, "role");
  if (name != nullptr && name->size() > service::flipflop::kNameBytesMax) {
    return StrCat("--claim user_name takes at most ",
                  service::flipflop::kNameBytesMax, " bytes");
  }
  const bool guest = role != nullptr && *role == "guest";
  if (role != nullptr && !guest && *role != "member") {
    return "--claim role takes member or guest";
  }
  const bool for_guests = request.kind == TokenKind::kMemberAccess ||
                          request.kind == TokenKind::kMemberChat;
  if (guest && !for_guests) {
    return StrCat("a guest has no ", service::TokenPurpose(request.kind),
                  " token");
  }
  const service::flipflop::TokenUser user =
      guest
          ? service::flipflop::GuestOf(
                claims->subject, name ? std::optional(*name) : std::nullopt)
          : service::flipflop::TokenUser{
                .id = claims->subject, .name = name ? *name : claims->subject};
  claims->texts = {{"user_name", user.name},
                   {"role", guest ? "guest" : "member"}};
  return "";
}

}  // namespace

std::string CheckRequest(const TokenRequest& request) {
  const bool of_app = request.kind == TokenKind::kAppAccess;
  if (of_app != request.user.empty()) {
    return of_app ? "a token of an app has no --user"
                  : "whose token? --user is missing";
  }
  if (!IsOfPrivateServices(request.kind)) {
    if (!request.permissions.empty()) {
      return StrCat(NameWithArticle(request.kind),
                    " has no permissions: leave out --permission");
    }
    if (!request.metadata.empty()) {
      return StrCat(NameWithArticle(request.kind),
                    " has no metadata: leave out --metadata");
    }
  }
  const bool bad_lifetime =
      !request.lifetime.empty() && !ReadLifetime(request.lifetime);
  if (bad_lifetime) {
    return StrCat(
        "--lifetime takes 1s or more, as 90s, 15m, 12h or 7d, and at most ",
        service::kTokenLifetimeMaxS, "s");
  }
  return CheckTexts(request);
}

std::string MakeClaims(const TokenRequest& request, const TokenApp& app,
                       const Instant& now, TokenClaims* claims) {
  std::string mistake;
  if (IsOfPrivateServices(request.kind)) {
    mistake = MakeArgumentClaims(request, app, claims);
  } else if (!request.user.empty()) {
    mistake = CheckUser(request, app);
  }
  if (!mistake.empty()) return mistake;
  claims->kind = request.kind;
  claims->audience = service::AudienceOf(request.kind, *app.app);
  claims->subject = service::FoldUser(*app.service, request.kind, request.user);
  if (const auto lifetime = ReadLifetime(request.lifetime)) {
    claims->expires_s =
        service::Tokens::EndOf(now, absl::ToInt64Seconds(*lifetime));
  }
  return IsOfFlipflop(request.kind) ? MakeRole(request, claims) : "";
}

}  // namespace headgate::cli
