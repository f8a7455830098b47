#include "proxy/admin_revoke.h"

#include <vector>

#include "absl/status/status.h"
#include "base/json_reader.h"
#include "base/strings.h"
#include "config/diagnostic.h"
#include "service/tokens/revoke.h"
#include "service/tokens/subject.h"

namespace headgate::proxy {
namespace {

constexpr size_t kAppsShown = 10;
constexpr size_t kAppBytesSuggested = 256;

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

// Of the many that there may be, what helps.
absl::Status UnknownApp(std::string_view app, const policy::Policy& policy) {
  std::vector<std::string> known = service::Audiences(policy);
  const std::string near =
      app.size() > kAppBytesSuggested ? "" : ClosestTo(app, known);
  if (known.size() > kAppsShown) known.resize(kAppsShown);
  const std::string hint =
      near.empty() ? StrCat("there are ", Join(known, ", "))
                   : StrCat("did you mean ", config::Quote(near), "?");
  return absl::InvalidArgumentError(
      StrCat("no tokens are for an app ", config::Quote(app), "; ", hint));
}

}  // namespace

absl::StatusOr<std::string> RevokeTokens(std::string_view body,
                                         const policy::Policy& policy,
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
  const std::vector<std::string> subjects =
      service::SubjectsOf(policy, question.app, question.user);
  if (subjects.empty()) return UnknownApp(question.app, policy);
  for (const std::string& subject : subjects) {
    const absl::Status revoked =
        service::RevokeSubject(runtime, question.app, subject, now);
    if (!revoked.ok()) return revoked;
  }
  return std::string(R"({"revoked":true})");
}

}  // namespace headgate::proxy
