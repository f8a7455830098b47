#include "service/tokens/subject.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/strings.h"
#include "policy/rules.h"
#include "service/flipflop/member.h"
#include "service/handlers.h"

namespace headgate::service {
namespace {

struct Maker {
  TokenKind kind;
  std::string_view handler;
  std::string_view user;  // its field, its path's variable, or the value
};
constexpr Maker kMakers[] = {
    {TokenKind::kAppAccess, "create_token", "username"},
    {TokenKind::kUserAccess, "create_token", "username"},
    {TokenKind::kMemberAccess, "login_member", "appUserId"},
    {TokenKind::kMemberAccess, "login_guest", "appUserId"},
    {TokenKind::kMemberRefresh, "login_member", "appUserId"},
    {TokenKind::kMemberStream, "login_member", "appUserId"},
    {TokenKind::kMemberChat, "issue_member_chat_token", "appUserId"},
    {TokenKind::kMemberChat, "issue_guest_chat_token", "appUserId"},
    {TokenKind::kChatMember, "create_chat_member_token", "user_id"},
    {TokenKind::kRoomMember, "create_room_member_token", "user_id"},
};

bool IsHandledBy(const policy::CompiledOperation& operation,
                 std::string_view handler) {
  const Handler* const found = FindHandler(operation.spec);
  return found != nullptr && found->name == handler;
}

// "" : no field of this name, or one without a value.
std::string_view ValueNameIn(const std::vector<config::FieldSpec>& fields,
                             std::string_view name) {
  for (const config::FieldSpec& field : fields) {
    if (field.name == name && !field.value.empty()) return field.value;
    const std::string_view inner = ValueNameIn(field.fields, name);
    if (!inner.empty()) return inner;
  }
  return {};
}

std::string_view ValueNameOf(const config::Operation& spec,
                             std::string_view field) {
  const std::string_view of_body = ValueNameIn(spec.body.fields, field);
  if (!of_body.empty()) return of_body;
  const auto variable = spec.path_variables.find(std::string(field));
  const bool renamed =
      variable != spec.path_variables.end() && !variable->second.value.empty();
  return renamed ? std::string_view(variable->second.value) : field;
}

using Visit = std::function<void(const policy::CompiledService& service,
                                 TokenKind kind, std::string audience)>;

// Each kind of each app whose tokens are opened here. A service whose upstream
// checks its callers opens none.
void VisitAudiences(const policy::Policy& policy, const Visit& visit) {
  for (const auto& service : policy.services()) {
    if (!service->rules->verifies) continue;
    for (const TokenKind kind : kTokenKinds) {
      if (MakerOf(*service, kind) == nullptr) continue;
      for (const auto& app : service->apps) {
        visit(*service, kind, AudienceOf(kind, *app));
      }
    }
  }
}

}  // namespace

const policy::CompiledOperation* MakerOf(const policy::CompiledService& service,
                                         TokenKind kind) {
  for (const Maker& maker : kMakers) {
    if (maker.kind != kind) continue;
    for (const auto& operation : service.operations) {
      if (IsHandledBy(*operation, maker.handler)) return operation.get();
    }
  }
  return nullptr;
}

std::string AudienceOf(TokenKind kind, const policy::CompiledApp& app) {
  switch (kind) {
    case TokenKind::kAppAccess:
    case TokenKind::kUserAccess:
      return app.app_key;
    case TokenKind::kMemberAccess:
    case TokenKind::kMemberRefresh:
    case TokenKind::kMemberStream:
    case TokenKind::kMemberChat:
      return flipflop::AppIdOf(app);
    case TokenKind::kChatMember:
    case TokenKind::kRoomMember:
      return app.name;
  }
  return {};
}

const policy::CompiledValue* ValueOf(const policy::CompiledOperation& operation,
                                     std::string_view field) {
  const auto& values = operation.service->rules->values;
  const auto found = values.find(ValueNameOf(operation.spec, field));
  return found == values.end() ? nullptr : found->second.get();
}

const policy::CompiledValue* UserValueOf(const policy::CompiledService& service,
                                         TokenKind kind) {
  const auto maker = std::ranges::find(kMakers, kind, &Maker::kind);
  return ValueOf(*MakerOf(service, kind), maker->user);
}

std::string FoldUser(const policy::CompiledService& service, TokenKind kind,
                     std::string_view user) {
  const policy::CompiledValue* const value = UserValueOf(service, kind);
  const bool folds = value != nullptr && value->folds();
  return folds ? AsciiLower(user) : std::string(user);
}

std::vector<std::string> Audiences(const policy::Policy& policy) {
  std::set<std::string> all;
  VisitAudiences(
      policy, [&](const policy::CompiledService&, TokenKind,
                  std::string audience) { all.insert(std::move(audience)); });
  return {all.begin(), all.end()};
}

std::vector<std::string> SubjectsOf(const policy::Policy& policy,
                                    std::string_view audience,
                                    std::string_view user) {
  std::set<std::string> all;
  VisitAudiences(policy, [&](const policy::CompiledService& service,
                             TokenKind kind, const std::string& other) {
    if (other == audience) all.insert(FoldUser(service, kind, user));
  });
  return {all.begin(), all.end()};
}

}  // namespace headgate::service
