// How an app key is made: "{org_name}#{app_name}", "{basic_user}",
// "{bearer_token}", "{app_id}". The names in braces are the path's variables
// and, of the credentials, `basic_user` and `bearer_token`.
//
// Immutable once compiled; shared by all threads.
#ifndef HEADGATE_POLICY_APP_KEY_H_
#define HEADGATE_POLICY_APP_KEY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "policy/credentials.h"
#include "policy/decision.h"
#include "policy/router.h"

namespace headgate::policy {

class AppKeyTemplate {
 public:
  // `segments`: the path whose variables may be named. Nothing and a sentence
  // in `error` if a name is unknown.
  static std::optional<AppKeyTemplate> Compile(
      std::string_view text, const std::vector<TemplateSegment>& segments,
      std::string* error);

  // Sets `*key`. A part that the request lacks is empty; an app key all of
  // whose parts are missing is empty.
  void Write(const Decision& decision, const Credentials& credentials,
             std::string* key) const;
  // Whether the key is made of credentials: then it is shown to nobody.
  bool secret() const { return secret_; }

 private:
  struct Part {
    enum class Source { kVariable, kBasicUser, kToken };
    std::string before;  // literal text
    Source source = Source::kVariable;
    size_t variable = 0;  // index among the path's
  };
  std::vector<Part> parts_;
  std::string after_;
  bool secret_ = false;
};

// The key of a listed app by the template: nothing if the app lacks a part, or
// has only its hash.
std::optional<std::string> AppKeyOf(const config::App& app,
                                    std::string_view text);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_APP_KEY_H_
