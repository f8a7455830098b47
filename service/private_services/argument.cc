#include "service/private_services/argument.h"

#include <string>
#include <vector>

#include "service/private_services/permissions.h"

namespace headgate::service::private_services {

std::string_view PlaceOf(TokenKind kind) {
  return kind == TokenKind::kChatMember ? "chat_id" : "room_id";
}

TokenClaims ClaimsOf(TokenKind kind, const policy::CompiledService& service,
                     const policy::CompiledApp& app, JsonValue argument) {
  TokenClaims claims;
  claims.kind = kind;
  claims.audience = app.name;
  claims.subject = argument.Find("user_id").string();
  const std::string_view place = PlaceOf(kind);
  claims.texts.emplace_back(place, argument.Find(place).string());
  std::vector<std::string_view> asked;
  for (const JsonValue name : argument.Find("permissions").items()) {
    asked.push_back(name.string());
  }
  claims.permissions = ExpandPermissions(asked, service.contract.implied);
  for (const std::string& name : claims.permissions) {
    claims.permission_numbers.push_back(PermissionNumber(name));
  }
  for (const auto& [name, text] : argument.Find("metadata").members()) {
    claims.metadata.emplace_back(name, text.string());
  }
  return claims;
}

}  // namespace headgate::service::private_services
