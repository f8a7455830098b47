// The super admins of an app: users who may create rooms.
#include "service/agora_chat/access.h"
#include "service/agora_chat/body.h"
#include "service/agora_chat/envelope.h"
#include "service/agora_chat/operations.h"
#include "service/agora_chat/scopes.h"
#include "service/agora_chat/user.h"

namespace headgate::service::agora_chat {
namespace {

constexpr int64_t kDefaultPage = 10;

bool ReplySuccess(Call& call) {
  return Reply(call, [](JsonWriter& writer) {
    writer.StartObject();
    writer.Member("result", "success");
    writer.Member("resource", "");
    writer.EndObject();
  });
}

}  // namespace

void ListSuperAdmins(const Tools&, Call& call, Transaction& transaction) {
  const Page page = PageOf(call, kDefaultPage);
  ReplyNames(call, OrderedList(&transaction, SuperAdminScope(call))
                       .Page(page.offset, page.size));
}

bool AddSuperAdmin(const Tools&, Call& call, Transaction& transaction) {
  if (!RequireApp(call)) return false;
  const Body body(call);
  const std::string_view user = body.Text("superadmin").value_or("");
  if (!UserExists(call, user, transaction)) {
    return call.Refuse("unknown_user_among_many", user);
  }
  OrderedList(&transaction, SuperAdminScope(call)).Add(user);
  return ReplySuccess(call);
}

bool RemoveSuperAdmin(const Tools&, Call& call, Transaction& transaction) {
  if (!RequireApp(call)) return false;
  const std::string_view user = call.Variable("superadmin");
  if (!OrderedList(&transaction, SuperAdminScope(call)).Remove(user)) {
    return call.Refuse("unknown_user_among_many", user);
  }
  return ReplySuccess(call);
}

}  // namespace headgate::service::agora_chat
