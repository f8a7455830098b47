// The members of one app, in a transaction. Finding, adding, removing and
// counting one cost the same however many there are, and so does any page of
// the list (service/ordered_list.h).
//
//   kMembers     "flipflop/ffl-dev-1/members"  appUserId -> record
//   kMembers     "flipflop/ffl-dev-1/ids"      id -> appUserId
//   kList...     "flipflop/ffl-dev-1/members"  in the order of their making
//
// Belongs to its transaction's thread.
#ifndef HEADGATE_SERVICE_FLIPFLOP_MEMBERS_H_
#define HEADGATE_SERVICE_FLIPFLOP_MEMBERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "service/call.h"
#include "service/flipflop/member.h"
#include "service/ordered_list.h"
#include "service/storage/transaction.h"

namespace headgate::service::flipflop {

class Members {
 public:
  // Those of the call's app. REQUIRES: it has one. `transaction` must outlive
  // this.
  Members(const Call& call, Transaction* transaction);

  std::optional<Member> Find(std::string_view app_user_id);
  // The same by appUserId or, where no member has that, by our own id.
  std::optional<Member> FindByAnyId(std::string_view id);
  // REQUIRES: Find says that there is no such member.
  void Add(const Member& member);
  // REQUIRES: there is such a member.
  void Update(const Member& member);
  void Remove(const Member& member);

  int64_t Count() const { return list_.Count(); }
  std::vector<Member> Page(int64_t offset, int64_t limit);

 private:
  Transaction* transaction_;
  std::string scope_, id_scope_;
  OrderedList list_;
  JsonReader reader_;
};

}  // namespace headgate::service::flipflop

#endif  // HEADGATE_SERVICE_FLIPFLOP_MEMBERS_H_
