#include <string>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "service/private_services/operations.h"
#include "service/private_services/permissions.h"
#include "service/tokens/tokens.h"

namespace headgate::service::private_services {
namespace {

// Of an answer with one token.
constexpr size_t kUsualBytes = 1024;

struct Subject {
  TokenKind kind;
  std::string_view place;  // what the token is for: the argument and the claim
};

// What the contract asks for is there; an operator's own may ask for less.
TokenClaims ClaimsOf(const Subject& subject, const Call& call,
                     JsonValue argument) {
  TokenClaims claims;
  claims.kind = subject.kind;
  claims.audience = call.app->name;
  claims.subject = argument.Find("user_id").string();
  claims.texts.emplace_back(subject.place,
                            argument.Find(subject.place).string());
  std::vector<std::string_view> asked;
  for (const JsonValue name : argument.Find("permissions").items()) {
    asked.push_back(name.string());
  }
  claims.permissions = ExpandPermissions(asked, call.service->contract.implied);
  for (const std::string& name : claims.permissions) {
    claims.permission_numbers.push_back(PermissionNumber(name));
  }
  for (const auto& [name, text] : argument.Find("metadata").members()) {
    claims.metadata.emplace_back(name, text.string());
  }
  return claims;
}

void Missing(std::string_view field, Call* call) {
  call->answer = Answer();
  call->answer.location = field;
  call->Refuse("missing_field");
}

void Create(const Subject& subject, const Tools& tools, Call& call) {
  thread_local JsonReader reader;  // its buffers are used again
  const JsonValue root =
      call.body_json ? call.body_json : reader.Read(call.body);
  call.answer.body.reserve(kUsualBytes);
  JsonWriter writer(&call.answer.body);
  writer.StartObject();
  writer.Key("tokens");
  writer.StartArray();
  for (const JsonValue argument : root.Find("arguments").items()) {
    TokenClaims claims = ClaimsOf(subject, call, argument);
    if (claims.subject.empty()) return Missing("user_id", &call);
    // Digits of base64 and dots: nothing to escape.
    writer.PlainString(tools.tokens.Issue(&claims, call.now));
  }
  writer.EndArray();
  writer.EndObject();
}

}  // namespace

void CreateChatMemberTokens(const Tools& tools, Call& call) {
  Create({TokenKind::kChatMember, "chat_id"}, tools, call);
}

void CreateRoomMemberTokens(const Tools& tools, Call& call) {
  Create({TokenKind::kRoomMember, "room_id"}, tools, call);
}

}  // namespace headgate::service::private_services
