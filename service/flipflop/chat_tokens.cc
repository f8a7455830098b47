// Tokens for the chat server: of guests, who need not be known, and of members.
#include <optional>
#include <string>
#include <utility>

#include "base/json_writer.h"
#include "service/flipflop/ksuid.h"
#include "service/flipflop/member_tokens.h"
#include "service/flipflop/members.h"
#include "service/flipflop/operations.h"
#include "service/flipflop/profile.h"

namespace headgate::service::flipflop {
namespace {

void AnswerChatToken(const Tools& tools, const TokenUser& user,
                     const std::optional<std::string>& image_url, Call* call) {
  JsonWriter writer(&call->answer.body);
  writer.StartObject();
  writer.Member("chatServerWebSocketUrl", call->service->spec.chat_server_url);
  writer.Member("chatToken",
                IssueToken(tools, *call, TokenKind::kMemberChat, user));
  writer.Member("appId", AppIdOf(*call->app));
  writer.Member("userId", user.id);
  writer.Member("userName", user.name);
  WriteText("avatarProfileUrl", image_url, &writer);
  writer.EndObject();
}

// The guest's id: what its own token names, what the app calls it, or a new
// one. nullopt: the call was refused.
std::optional<std::string> GuestId(const Tools& tools, const Profile& profile,
                                   Call* call) {
  const auto& given = profile.app_user_id.text;
  if (!profile.access_token.text) return given ? *given : MakeKsuid(call->now);
  const auto named = OpenGuestToken(tools, *call, *profile.access_token.text);
  // Two different answers to "who is it" are a mistake of the app's.
  const bool agrees = named.ok() && (!given || *given == *named);
  if (agrees) return *named;
  call->Refuse("invalid_access_token");
  call->answer.detail = named.ok() ? "accessToken names another than appUserId"
                                   : std::string(named.status().message());
  return std::nullopt;
}

}  // namespace

void IssueGuestChatToken(const Tools& tools, Call& call) {
  Profile profile;
  if (!ReadProfile(&call, &profile)) return;
  std::optional<std::string> id = GuestId(tools, profile, &call);
  if (!id) return;
  AnswerChatToken(tools, GuestOf(*std::move(id), profile.name.text),
                  profile.image_url.text, &call);
}

void IssueMemberChatToken(const Tools& tools, Call& call,
                          Transaction& transaction) {
  Members members(call, &transaction);
  const auto member = members.Find(call.Variable("appUserId"));
  if (!member) {
    call.Refuse("member_not_found");
    return;
  }
  AnswerChatToken(tools, UserOf(*member), member->image_url, &call);
}

}  // namespace headgate::service::flipflop
