#include <optional>
#include <string>
#include <utility>

#include "base/json_writer.h"
#include "base/strings.h"
#include "service/private_services/form.h"
#include "service/private_services/operations.h"
#include "service/tokens/tokens.h"

namespace headgate::service::private_services {
namespace {

void WriteTexts(const TokenClaims::Texts& texts, JsonWriter* writer) {
  for (const auto& [name, text] : texts) writer->Member(name, text);
}

// RFC 7662 2.2, and the token's own claims under their names.
void WriteActive(const TokenClaims& claims, std::string* body) {
  JsonWriter writer(body);
  writer.StartObject();
  writer.Member("active", true);
  writer.Member("scope", Join(claims.permissions, " "));
  writer.Member("iss", claims.issuer);
  writer.Member("typ", TokenPurpose(claims.kind));
  writer.Member("aud", claims.audience);
  writer.Member("sub", claims.subject);
  writer.Member("iat", claims.issued_ms / 1000);
  writer.Member("nbf", claims.not_before_ms / 1000);
  writer.Member("exp", claims.expires_s);
  writer.Member("jti", claims.id);
  WriteTexts(claims.texts, &writer);
  writer.Key("permission_numbers");
  writer.StartArray();
  for (const int64_t number : claims.permission_numbers) {
    writer.Integer(number);
  }
  writer.EndArray();
  writer.Key("metadata");
  writer.StartObject();
  WriteTexts(claims.metadata, &writer);
  writer.EndObject();
  writer.EndObject();
}

}  // namespace

void IntrospectToken(const Tools& tools, Call& call) {
  if (!IsFormType(call.content_type)) {
    call.Refuse("form_type");
    return;
  }
  const std::optional<Form> form = ReadForm(call.body);
  if (!form) {
    call.Refuse("not_a_form");
    return;
  }
  const std::string* token = FindInForm(*form, "token");
  if (token == nullptr) {
    call.answer.location = "token";
    call.Refuse("missing_field");
    return;
  }
  const auto claims =
      tools.tokens.OpenAnyOf({TokenKind::kChatMember, TokenKind::kRoomMember},
                             call.app->name, *token, call.now);
  if (claims.ok()) {
    WriteActive(*claims, &call.answer.body);
  } else {
    call.answer.body = R"({"active":false})";
    call.answer.detail = std::string(FromAbsl(claims.status().message()));
  }
}

}  // namespace headgate::service::private_services
