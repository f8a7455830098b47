#include "service/flipflop/members.h"

#include <utility>

#include "base/strings.h"

namespace headgate::service::flipflop {
namespace {

// The part comes last, so that no app's id can be read as another's part.
std::string ScopeOf(const Call& call, std::string_view part) {
  return StrCat(call.service->name, "/", AppIdOf(*call.app), "/", part);
}

}  // namespace

Members::Members(const Call& call, Transaction* transaction)
    : transaction_(transaction),
      scope_(ScopeOf(call, "members")),
      id_scope_(ScopeOf(call, "ids")),
      list_(transaction, scope_) {}

std::optional<Member> Members::Find(std::string_view app_user_id) {
  const auto record = transaction_->Get(Table::kMembers, scope_, app_user_id);
  if (!record) return std::nullopt;
  return DecodeMember(app_user_id, *record, &reader_);
}

std::optional<Member> Members::FindByAnyId(std::string_view id) {
  std::optional<Member> member = Find(id);
  if (member) return member;
  const auto app_user_id = transaction_->Get(Table::kMembers, id_scope_, id);
  if (!app_user_id) return std::nullopt;
  return Find(*app_user_id);
}

void Members::Add(const Member& member) {
  Update(member);
  transaction_->Put(Table::kMembers, id_scope_, member.id, member.app_user_id);
  list_.Add(member.app_user_id);
}

void Members::Update(const Member& member) {
  transaction_->Put(Table::kMembers, scope_, member.app_user_id,
                    EncodeMember(member));
}

void Members::Remove(const Member& member) {
  transaction_->Erase(Table::kMembers, scope_, member.app_user_id);
  transaction_->Erase(Table::kMembers, id_scope_, member.id);
  list_.Remove(member.app_user_id);
}

std::vector<Member> Members::Page(int64_t offset, int64_t limit) {
  std::vector<Member> members;
  for (const std::string& app_user_id : list_.Page(offset, limit)) {
    std::optional<Member> member = Find(app_user_id);
    if (member) members.push_back(*std::move(member));
  }
  return members;
}

}  // namespace headgate::service::flipflop
