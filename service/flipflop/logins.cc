// Logging in: a member, who is registered when new, and a guest, who is not
// kept at all: the token is all there is of it.
#include <optional>

#include "base/json_writer.h"
#include "service/flipflop/ksuid.h"
#include "service/flipflop/member_tokens.h"
#include "service/flipflop/members.h"
#include "service/flipflop/operations.h"
#include "service/flipflop/profile.h"

namespace headgate::service::flipflop {
namespace {

void AnswerLogin(const Tools& tools, const Member& member, Call* call) {
  const TokenUser user = UserOf(member);
  JsonWriter writer(&call->answer.body);
  writer.StartObject();
  writer.Member("accessToken",
                IssueToken(tools, *call, TokenKind::kMemberAccess, user));
  writer.Member("refreshToken",
                IssueToken(tools, *call, TokenKind::kMemberRefresh, user));
  writer.Member("streamingToken",
                IssueToken(tools, *call, TokenKind::kMemberStream, user));
  writer.EndObject();
}

}  // namespace

bool LoginMember(const Tools& tools, Call& call, Transaction& transaction) {
  Profile profile;
  if (!ReadProfile(&call, &profile) || !HasUserId(profile, &call)) return false;
  Members members(call, &transaction);
  std::optional<Member> member = members.Find(*profile.app_user_id.text);
  bool changed = true;
  if (!member) {
    member = NewMember(profile, call.now);
    members.Add(*member);
  } else if (ApplyProfile(profile, OnNull::kKeep, &*member)) {
    // Apps log their users in with the name and picture of today.
    member->modified_ms = call.now.unix_ms();
    members.Update(*member);
  } else {
    changed = false;
  }
  AnswerLogin(tools, *member, &call);
  return changed;
}

void LoginGuest(const Tools& tools, Call& call) {
  const TokenUser guest = GuestOf(MakeKsuid(call.now), std::nullopt);
  JsonWriter writer(&call.answer.body);
  writer.StartObject();
  writer.Member("accessToken",
                IssueToken(tools, call, TokenKind::kMemberAccess, guest));
  writer.EndObject();
}

}  // namespace headgate::service::flipflop
