#include "proxy/admin_revoke.h"

#include "absl/status/status.h"
#include "base/json_reader.h"
#include "base/strings.h"
#include "service/tokens/revoke.h"

namespace headgate::proxy {
namespace {

struct Question {
  std::string_view app;
  std::string_view user;
  bool has_app = false;
  bool has_user = false;
};

// False: not such a body.
bool Read(JsonValue root, Question* question) {
  if (!root || !root.is_object()) return false;
  for (const auto& [key, value] : root.members()) {
    if (!value.is_string()) return false;
    if (key == "app") {
      question->app = value.string();
      question->has_app = !question->app.empty();
    } else if (key == "user") {
      question->user = value.string();
      question->has_user = true;
    } else {
      return false;
    }
  }
  return question->has_app && question->has_user;
}

}  // namespace

absl::StatusOr<std::string> RevokeTokens(std::string_view body,
                                         const Instant& now,
                                         service::Runtime* runtime) {
  JsonReader reader;
  Question question;
  if (!Read(reader.Read(body), &question)) {
    return absl::InvalidArgumentError(
        R"(expected {"app":"...","user":"..."}, two texts)");
  }
  if (runtime == nullptr) {
    return absl::InvalidArgumentError(
        "every service has an upstream: no token was issued here");
  }
  const absl::Status revoked =
      service::RevokeSubject(runtime, question.app, question.user, now);
  if (!revoked.ok()) return revoked;
  return std::string(R"({"revoked":true})");
}

}  // namespace headgate::proxy
