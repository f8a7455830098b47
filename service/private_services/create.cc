#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "service/private_services/argument.h"
#include "service/private_services/operations.h"
#include "service/tokens/tokens.h"

namespace headgate::service::private_services {
namespace {

// Of an answer with one token.
constexpr size_t kUsualBytes = 1024;

void Missing(std::string_view field, Call* call) {
  call->answer = Answer();
  call->answer.location = field;
  call->Refuse("missing_field");
}

void Create(TokenKind kind, const Tools& tools, Call& call) {
  thread_local JsonReader reader;  // its buffers are used again
  const JsonValue root =
      call.body_json ? call.body_json : reader.Read(call.body);
  call.answer.body.reserve(kUsualBytes);
  JsonWriter writer(&call.answer.body);
  writer.StartObject();
  writer.Key("tokens");
  writer.StartArray();
  for (const JsonValue argument : root.Find("arguments").items()) {
    TokenClaims claims = ClaimsOf(kind, *call.service, *call.app, argument);
    if (claims.subject.empty()) return Missing("user_id", &call);
    // Digits of base64 and dots: nothing to escape.
    writer.PlainString(tools.tokens.Issue(&claims, call.now));
  }
  writer.EndArray();
  writer.EndObject();
}

}  // namespace

void CreateChatMemberTokens(const Tools& tools, Call& call) {
  Create(TokenKind::kChatMember, tools, call);
}

void CreateRoomMemberTokens(const Tools& tools, Call& call) {
  Create(TokenKind::kRoomMember, tools, call);
}

}  // namespace headgate::service::private_services
