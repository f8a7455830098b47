#include "service/flipflop/handlers.h"

#include <algorithm>

#include "base/strings.h"
#include "service/flipflop/operations.h"

namespace headgate::service {
namespace {

// Everything here belongs to an app. With `unlisted_apps: allow` anybody gets
// this far, but an app that nobody listed has no members and no id.
bool HasApp(Call* call) {
  return call->app != nullptr || call->Refuse("invalid_app_credentials");
}

template <void (*kOperation)(const Tools&, Call&)>
void Direct(const Tools& tools, Call& call) {
  if (HasApp(&call)) kOperation(tools, call);
}
template <void (*kOperation)(const Tools&, Call&, Transaction&)>
void Read(const Tools& tools, Call& call, Transaction& transaction) {
  if (HasApp(&call)) kOperation(tools, call, transaction);
}
template <bool (*kOperation)(const Tools&, Call&, Transaction&)>
bool Write(const Tools& tools, Call& call, Transaction& transaction) {
  return HasApp(&call) && kOperation(tools, call, transaction);
}

constexpr Handler kHandlers[] = {
    {.name = "issue_guest_chat_token",
     .direct = Direct<flipflop::IssueGuestChatToken>},
    {.name = "issue_member_chat_token",
     .read = Read<flipflop::IssueMemberChatToken>},
    {.name = "create_member", .write = Write<flipflop::CreateMember>},
    {.name = "login_member", .write = Write<flipflop::LoginMember>},
    {.name = "login_guest", .direct = Direct<flipflop::LoginGuest>},
    {.name = "list_members", .read = Read<flipflop::ListMembers>, .kept = true},
    {.name = "get_member", .read = Read<flipflop::GetMember>, .kept = true},
    {.name = "update_member", .write = Write<flipflop::UpdateMember>},
    {.name = "delete_member", .write = Write<flipflop::DeleteMembers>},
    {.name = "delete_members", .write = Write<flipflop::DeleteMembers>},
};

bool IssuesChatTokens(const config::Operation& operation) {
  const std::string& name =
      operation.handler.empty() ? operation.name : operation.handler;
  return name == "issue_guest_chat_token" || name == "issue_member_chat_token";
}

}  // namespace

absl::Span<const Handler> FlipflopHandlers() { return kHandlers; }

void CheckFlipflop(const policy::CompiledService& service,
                   config::Diagnostics* diagnostics) {
  if (service.spec.upstream || !service.spec.chat_server_url.empty()) return;
  const auto& operations = service.contract.operations;
  if (std::none_of(operations.begin(), operations.end(), IssuesChatTokens)) {
    return;
  }
  diagnostics->Add(
      service.spec.at, "missing key \"chat_server_url\"",
      StrCat("the chat tokens that Headgate issues for ", service.name,
             " name the chat server; or give an `upstream`"));
}

}  // namespace headgate::service
