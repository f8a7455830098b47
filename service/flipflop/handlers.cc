#include "service/flipflop/handlers.h"

#include <algorithm>

#include "base/strings.h"
#include "service/flipflop/operations.h"

namespace headgate::service {
namespace {

constexpr Handler kHandlers[] = {
    {.name = "issue_guest_chat_token",
     .direct = &flipflop::IssueGuestChatToken},
    {.name = "issue_member_chat_token",
     .read = &flipflop::IssueMemberChatToken},
    {.name = "create_member", .write = &flipflop::CreateMember},
    {.name = "login_member", .write = &flipflop::LoginMember},
    {.name = "login_guest", .direct = &flipflop::LoginGuest},
    {.name = "list_members", .read = &flipflop::ListMembers, .kept = true},
    {.name = "get_member", .read = &flipflop::GetMember, .kept = true},
    {.name = "update_member", .write = &flipflop::UpdateMember},
    {.name = "delete_member", .write = &flipflop::DeleteMembers},
    {.name = "delete_members", .write = &flipflop::DeleteMembers},
};

bool IssuesChatTokens(const config::Operation& operation) {
  const std::string& name =
      operation.handler.empty() ? operation.name : operation.handler;
  return name == "issue_guest_chat_token" || name == "issue_member_chat_token";
}

}  // namespace

absl::Span<const Handler> FlipflopHandlers() { return kHandlers; }

void CheckFlipflop(const config::Service& service,
                   const config::Contract& contract,
                   config::Diagnostics* diagnostics) {
  if (service.upstream || !service.chat_server_url.empty()) return;
  const auto& operations = contract.operations;
  if (std::none_of(operations.begin(), operations.end(), IssuesChatTokens)) {
    return;
  }
  diagnostics->Add(
      service.at, "missing key \"chat_server_url\"",
      StrCat("the chat tokens that Headgate issues for ", service.name,
             " name the chat server; or give an `upstream`"));
}

}  // namespace headgate::service
