// The functions behind flipflop's operations, by the file that holds them.
// Contract page "flipflop"; the table of all is handlers.cc.
//
// REQUIRES: the call has an app; the table refuses those without.
#ifndef HEADGATE_SERVICE_FLIPFLOP_OPERATIONS_H_
#define HEADGATE_SERVICE_FLIPFLOP_OPERATIONS_H_

#include "service/handler.h"

namespace headgate::service::flipflop {

// chat_tokens.cc
void IssueGuestChatToken(const Tools& tools, Call& call);
void IssueMemberChatToken(const Tools& tools, Call& call,
                          Transaction& transaction);

// logins.cc
bool LoginMember(const Tools& tools, Call& call, Transaction& transaction);
void LoginGuest(const Tools& tools, Call& call);

// list_members.cc
void ListMembers(const Tools& tools, Call& call, Transaction& transaction);

// member_records.cc
bool CreateMember(const Tools& tools, Call& call, Transaction& transaction);
void GetMember(const Tools& tools, Call& call, Transaction& transaction);
bool UpdateMember(const Tools& tools, Call& call, Transaction& transaction);

// delete_members.cc: one or several
bool DeleteMembers(const Tools& tools, Call& call, Transaction& transaction);

}  // namespace headgate::service::flipflop

#endif  // HEADGATE_SERVICE_FLIPFLOP_OPERATIONS_H_
