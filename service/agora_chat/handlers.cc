#include "service/agora_chat/handlers.h"

#include "service/agora_chat/operations.h"

namespace headgate::service {
namespace {

constexpr Handler kHandlers[] = {
    // The eight.
    {.name = "add_chatroom_member", .write = &agora_chat::AddMember},
    {.name = "add_chatroom_members", .write = &agora_chat::AddMembers},
    {.name = "list_chatroom_members",
     .read = &agora_chat::ListMembers,
     .kept = true},
    {.name = "remove_chatroom_member", .write = &agora_chat::RemoveMember},
    {.name = "remove_chatroom_members", .write = &agora_chat::RemoveMembers},
    {.name = "add_chatroom_admin", .write = &agora_chat::AddAdmin},
    {.name = "list_chatroom_admins",
     .read = &agora_chat::ListAdmins,
     .kept = true},
    {.name = "remove_chatroom_admin", .write = &agora_chat::RemoveAdmin},
    // Super admins.
    {.name = "list_super_admins",
     .read = &agora_chat::ListSuperAdmins,
     .kept = true},
    {.name = "add_super_admin", .write = &agora_chat::AddSuperAdmin},
    {.name = "remove_super_admin", .write = &agora_chat::RemoveSuperAdmin},
    // Tokens and users.
    {.name = "create_token", .steps = &agora_chat::CreateToken},
    {.name = "create_users", .steps = &agora_chat::CreateUsers},
    {.name = "get_user", .read = &agora_chat::GetUser, .kept = true},
    {.name = "delete_user", .write = &agora_chat::DeleteUser},
    {.name = "list_joined_chatrooms",
     .read = &agora_chat::ListJoinedChatrooms,
     .kept = true},
    // Rooms.
    {.name = "create_chatroom", .write = &agora_chat::CreateChatroom},
    {.name = "list_chatrooms",
     .read = &agora_chat::ListChatrooms,
     .kept = true},
    {.name = "get_chatroom", .read = &agora_chat::GetChatrooms, .kept = true},
    {.name = "get_chatrooms", .read = &agora_chat::GetChatrooms, .kept = true},
    {.name = "update_chatroom", .write = &agora_chat::UpdateChatroom},
    {.name = "delete_chatroom", .write = &agora_chat::DeleteChatroom},
    // Mutes. They end with time, so their list is not kept.
    {.name = "add_chatroom_mutes", .write = &agora_chat::AddMutes},
    {.name = "list_chatroom_mutes", .read = &agora_chat::ListMutes},
    {.name = "remove_chatroom_mute", .write = &agora_chat::RemoveMutes},
    {.name = "remove_chatroom_mutes", .write = &agora_chat::RemoveMutes},
    {.name = "mute_chatroom", .write = &agora_chat::MuteRoom},
    {.name = "unmute_chatroom", .write = &agora_chat::UnmuteRoom},
    // Block list and allow list.
    {.name = "list_chatroom_blocks",
     .read = &agora_chat::ListBlocks,
     .kept = true},
    {.name = "add_chatroom_block", .write = &agora_chat::AddBlock},
    {.name = "add_chatroom_blocks", .write = &agora_chat::AddBlocks},
    {.name = "remove_chatroom_block", .write = &agora_chat::RemoveBlock},
    {.name = "remove_chatroom_blocks", .write = &agora_chat::RemoveBlocks},
    {.name = "list_chatroom_allow_list",
     .read = &agora_chat::ListAllowed,
     .kept = true},
    {.name = "add_chatroom_allowed", .write = &agora_chat::AddAllowed},
    {.name = "add_chatroom_allowed_many", .write = &agora_chat::AddAllowedMany},
    {.name = "remove_chatroom_allowed", .write = &agora_chat::RemoveAllowed},
    {.name = "remove_chatroom_allowed_many",
     .write = &agora_chat::RemoveAllowedMany},
};

}  // namespace

absl::Span<const Handler> AgoraChatHandlers() { return kHandlers; }

}  // namespace headgate::service
