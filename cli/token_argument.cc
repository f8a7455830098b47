#include "cli/token_argument.h"

#include <string_view>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "config/diagnostic.h"
#include "policy/rules.h"
#include "service/private_services/argument.h"
#include "service/tokens/subject.h"

namespace headgate::cli {
namespace {

using config::Quote;

// The argument of Create that asks for the token.
std::string BodyOf(const TokenRequest& request, const Texts& claims,
                   const Texts& metadata) {
  std::string body;
  JsonWriter writer(&body);
  writer.StartObject();
  writer.Key("arguments");
  writer.StartArray();
  writer.StartObject();
  writer.Member("user_id", request.user);
  for (const auto& [name, text] : claims) writer.Member(name, text);
  writer.Key("permissions");
  writer.StartArray();
  for (const std::string& name : request.permissions) writer.String(name);
  writer.EndArray();
  if (!metadata.empty()) {
    writer.Key("metadata");
    writer.StartObject();
    for (const auto& [name, text] : metadata) writer.Member(name, text);
    writer.EndObject();
  }
  writer.EndObject();
  writer.EndArray();
  writer.EndObject();
  return body;
}

// A place in that argument: "permissions[2]", "metadata.mcuStream".
struct Place {
  std::string_view field;  // "metadata"
  std::string_view key;    // "mcuStream"

  explicit Place(std::string_view location) {
    constexpr std::string_view kArgument = "arguments[0].";
    if (location.starts_with(kArgument)) {
      location.remove_prefix(kArgument.size());
    }
    field = location.substr(0, location.find_first_of(".["));
    const size_t dot = location.find('.');
    if (dot != location.npos) key = location.substr(dot + 1);
  }
  std::string Option() const {
    if (field == "user_id") return "--user";
    if (field == "permissions") return "--permission";
    if (field != "metadata") return StrCat("--claim ", field);
    return key.empty() ? "--metadata" : StrCat("--metadata ", key);
  }
};

// Why the operation refuses the argument, as a mistake of the command line.
std::string MistakeOf(const TokenRequest& request, const TokenApp& app,
                      const policy::Decision& decision) {
  const Place place(decision.location);
  const std::string option = place.Option();
  const std::string_view rule = decision.rule;
  if (rule.ends_with(".missing")) {
    return StrCat(NameWithArticle(request.kind), " needs ", option, "=...");
  }
  if (rule.ends_with(".bytes")) {
    return StrCat(option, " takes at most ", decision.bound,
                  " bytes of names and values");
  }
  const bool of_count = rule.ends_with(".items");
  const std::string shown =
      of_count ? std::string(place.field) : Quote(decision.value);
  const std::string sentence =
      SentenceOf(decision.error, {.now = {},
                                  .started = {},
                                  .method = "",
                                  .path = "",
                                  .value = decision.value,
                                  .location = shown,
                                  .bound = decision.bound});
  const bool of_list = rule.ends_with(".one_of") && place.key.empty();
  return StrCat(
      option, ": ", sentence,
      of_list ? TakesOf(service::ValueOf(*app.maker, place.field)) : "");
}

}  // namespace

std::string MakeArgumentClaims(const TokenRequest& request, const TokenApp& app,
                               service::TokenClaims* claims) {
  Texts given, metadata;
  ReadPairs("--claim", request.claims, &given);
  ReadPairs("--metadata", request.metadata, &metadata);
  JsonReader reader;
  std::string rewritten, scratch;
  JsonWriter writer(&rewritten);
  policy::Decision decision;
  policy::Recorder recorder(&decision, /*trace=*/nullptr);
  JsonValue root;
  const policy::OperationRules& rules = *app.maker->rules;
  const std::string body = BodyOf(request, given, metadata);
  bool good = rules.body.Check(body, "application/json",
                               {&reader, &writer, &recorder, &scratch},
                               &decision, &root);
  const auto& grants = app.app->rules->grants;
  if (good && grants && !rules.grants.empty()) {
    good = rules.grants.Check(root, *grants, &recorder);
  }
  if (!good) return MistakeOf(request, app, decision);
  const JsonValue argument = *root.Find("arguments").items().begin();
  *claims = service::private_services::ClaimsOf(request.kind, *app.service,
                                                *app.app, argument);
  return "";
}

}  // namespace headgate::cli
