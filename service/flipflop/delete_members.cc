// Deleting members, one or several: all of them or none. Their tokens end with
// them.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "service/flipflop/member_tokens.h"
#include "service/flipflop/members.h"
#include "service/flipflop/operations.h"

namespace headgate::service::flipflop {
namespace {

// The path's ids, each once, whichever of the two operations it was.
std::vector<std::string_view> IdsOf(const Call& call) {
  const std::string_view one = call.Variable("appUserId");
  if (!one.empty()) return {one};
  std::vector<std::string_view> ids = Split(call.Variable("appUserIds"), ',');
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

bool DeleteMembers(const Tools& tools, Call& call, Transaction& transaction) {
  Members members(call, &transaction);
  std::vector<Member> leaving;
  for (const std::string_view id : IdsOf(call)) {
    std::optional<Member> member = members.FindByAnyId(id);
    if (!member) return call.Refuse("member_not_found");
    leaving.push_back(*std::move(member));
  }
  // By its two ids a member may be there twice, which does no harm.
  std::vector<std::string> user_ids;
  for (const Member& member : leaving) {
    members.Remove(member);
    user_ids.push_back(member.app_user_id);
  }
  RevokeTokens(tools, std::move(user_ids), &call, &transaction);
  call.answer.status = 204;
  return true;
}

}  // namespace headgate::service::flipflop
