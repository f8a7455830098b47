// The functions behind agora-chat's operations, by the file that holds them.
// Contract page "agora-chat": "The eight operations", "Neighbours".
#ifndef HEADGATE_SERVICE_AGORA_CHAT_OPERATIONS_H_
#define HEADGATE_SERVICE_AGORA_CHAT_OPERATIONS_H_

#include <memory>

#include "service/handler.h"

namespace headgate::service::agora_chat {

// create_token.cc
void CreateToken(const Tools& tools, std::unique_ptr<Call> call,
                 Gateway::Done done);

// create_users.cc
void CreateUsers(const Tools& tools, std::unique_ptr<Call> call,
                 Gateway::Done done);

// users.cc
void GetUser(const Tools& tools, Call& call, Transaction& transaction);
bool DeleteUser(const Tools& tools, Call& call, Transaction& transaction);
void ListJoinedChatrooms(const Tools& tools, Call& call,
                         Transaction& transaction);

// rooms.cc
bool CreateChatroom(const Tools& tools, Call& call, Transaction& transaction);
bool UpdateChatroom(const Tools& tools, Call& call, Transaction& transaction);
bool DeleteChatroom(const Tools& tools, Call& call, Transaction& transaction);

// room_lists.cc
void ListChatrooms(const Tools& tools, Call& call, Transaction& transaction);
void GetChatrooms(const Tools& tools, Call& call, Transaction& transaction);

// add_members.cc
bool AddMember(const Tools& tools, Call& call, Transaction& transaction);
bool AddMembers(const Tools& tools, Call& call, Transaction& transaction);

// members.cc
void ListMembers(const Tools& tools, Call& call, Transaction& transaction);
bool RemoveMember(const Tools& tools, Call& call, Transaction& transaction);
bool RemoveMembers(const Tools& tools, Call& call, Transaction& transaction);

// admins.cc
bool AddAdmin(const Tools& tools, Call& call, Transaction& transaction);
void ListAdmins(const Tools& tools, Call& call, Transaction& transaction);
bool RemoveAdmin(const Tools& tools, Call& call, Transaction& transaction);

// super_admins.cc
void ListSuperAdmins(const Tools& tools, Call& call, Transaction& transaction);
bool AddSuperAdmin(const Tools& tools, Call& call, Transaction& transaction);
bool RemoveSuperAdmin(const Tools& tools, Call& call, Transaction& transaction);

// mutes.cc
bool AddMutes(const Tools& tools, Call& call, Transaction& transaction);
void ListMutes(const Tools& tools, Call& call, Transaction& transaction);
bool RemoveMutes(const Tools& tools, Call& call, Transaction& transaction);
bool MuteRoom(const Tools& tools, Call& call, Transaction& transaction);
bool UnmuteRoom(const Tools& tools, Call& call, Transaction& transaction);

// blocks.cc: the block list and the allow list
void ListBlocks(const Tools& tools, Call& call, Transaction& transaction);
bool AddBlock(const Tools& tools, Call& call, Transaction& transaction);
bool AddBlocks(const Tools& tools, Call& call, Transaction& transaction);
bool RemoveBlock(const Tools& tools, Call& call, Transaction& transaction);
bool RemoveBlocks(const Tools& tools, Call& call, Transaction& transaction);
void ListAllowed(const Tools& tools, Call& call, Transaction& transaction);
bool AddAllowed(const Tools& tools, Call& call, Transaction& transaction);
bool AddAllowedMany(const Tools& tools, Call& call, Transaction& transaction);
bool RemoveAllowed(const Tools& tools, Call& call, Transaction& transaction);
bool RemoveAllowedMany(const Tools& tools, Call& call,
                       Transaction& transaction);

}  // namespace headgate::service::agora_chat

#endif  // HEADGATE_SERVICE_AGORA_CHAT_OPERATIONS_H_
