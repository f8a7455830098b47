#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "service/private_services/operations.h"
#include "service/tokens/revocations.h"
#include "service/tokens/tokens.h"

namespace headgate::service::private_services {
namespace {

struct Revoked {
  std::string id;
  int64_t expires_s = 0;
};

// The tokens of the body that are good now.
std::vector<Revoked> LiveTokensOf(const Tools& tools, const Call& call) {
  std::vector<Revoked> live;
  JsonReader reader;
  const JsonValue root = reader.Read(call.body);
  for (const JsonValue argument : root.Find("arguments").items()) {
    auto claims = tools.tokens.OpenAnyOf(
        {TokenKind::kChatMember, TokenKind::kRoomMember}, call.app->name,
        argument.Find("token").string(), call.now);
    if (claims.ok()) live.push_back({claims->id, claims->expires_s});
  }
  return live;
}

}  // namespace

bool RevokeTokens(const Tools& tools, Call& call, Transaction& transaction) {
  call.answer.body = "{}";
  std::vector<Revoked> live = LiveTokensOf(tools, call);
  const int64_t now_s = call.now.unix_us / 1000000;
  for (const Revoked& token : live) {
    Revocations::PutToken(&transaction, token.id, token.expires_s, now_s);
  }
  const bool any = !live.empty();
  call.on_kept = [&revocations = tools.runtime.revocations(),
                  live = std::move(live), now_s] {
    for (const Revoked& token : live) {
      revocations.EnforceToken(token.id, token.expires_s, now_s);
    }
  };
  return any;
}

}  // namespace headgate::service::private_services
