// One member: making, reading and changing its record.
#include <optional>

#include "base/json_writer.h"
#include "service/flipflop/members.h"
#include "service/flipflop/operations.h"
#include "service/flipflop/profile.h"

namespace headgate::service::flipflop {
namespace {

void AnswerMember(const Member& member, Call* call) {
  JsonWriter writer(&call->answer.body);
  WriteMember(member, *call->app, &writer);
}

}  // namespace

bool CreateMember(const Tools&, Call& call, Transaction& transaction) {
  Profile profile;
  if (!ReadProfile(&call, &profile) || !HasUserId(profile, &call)) return false;
  Members members(call, &transaction);
  if (members.Find(*profile.app_user_id.text)) {
    return call.Refuse("member_already_exists");
  }
  const Member member = NewMember(profile, call.now);
  members.Add(member);
  call.answer.status = 201;
  AnswerMember(member, &call);
  return true;
}

void GetMember(const Tools&, Call& call, Transaction& transaction) {
  const auto member =
      Members(call, &transaction).Find(call.Variable("appUserId"));
  if (member) {
    AnswerMember(*member, &call);
  } else {
    call.Refuse("member_not_found");
  }
}

bool UpdateMember(const Tools&, Call& call, Transaction& transaction) {
  Profile profile;
  if (!ReadProfile(&call, &profile)) return false;
  Members members(call, &transaction);
  std::optional<Member> member = members.Find(call.Variable("appUserId"));
  if (!member) return call.Refuse("member_not_found");
  const bool changed = ApplyProfile(profile, OnNull::kClear, &*member);
  if (changed) {
    member->modified_ms = call.now.unix_ms();
    members.Update(*member);
  }
  AnswerMember(*member, &call);
  return changed;
}

}  // namespace headgate::service::flipflop
