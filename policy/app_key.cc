#include "policy/app_key.h"

#include <utility>

#include "base/strings.h"
#include "config/contract_defaults.h"

namespace headgate::policy {
namespace {

constexpr std::string_view kBasicUser = "basic_user";
constexpr std::string_view kBearerToken = "bearer_token";

// -1: the path has no such variable.
int VariableIndex(const std::vector<TemplateSegment>& segments,
                  std::string_view name) {
  int index = 0;
  for (const TemplateSegment& segment : segments) {
    if (segment.kind == TemplateSegment::Kind::kLiteral) continue;
    if (segment.text == name) return index;
    ++index;
  }
  return -1;
}

std::string_view AppField(const config::App& app, std::string_view name) {
  if (name == "org_name") return app.org_name;
  if (name == "app_name") return app.app_name;
  if (name == "app_id") return app.app_id;
  if (name == kBasicUser || name == kBearerToken) return app.api_key.Reveal();
  return {};
}

}  // namespace

std::optional<AppKeyTemplate> AppKeyTemplate::Compile(
    std::string_view text, const std::vector<TemplateSegment>& segments,
    std::string* error) {
  config::Template parsed;
  if (!config::ParseTextTemplate(text, &parsed)) {
    *error = "a brace has no partner";
    return std::nullopt;
  }
  AppKeyTemplate key;
  for (size_t i = 0; i < parsed.placeholders.size(); ++i) {
    const std::string& name = parsed.placeholders[i];
    Part part;
    part.before = parsed.literals[i];
    if (name == kBasicUser || name == kBearerToken) {
      part.source =
          name == kBasicUser ? Part::Source::kBasicUser : Part::Source::kToken;
      key.secret_ = true;
    } else {
      const int index = VariableIndex(segments, name);
      if (index < 0) {
        *error = StrCat("{", name, "} is no variable of the path");
        return std::nullopt;
      }
      part.variable = static_cast<size_t>(index);
    }
    key.parts_.push_back(std::move(part));
  }
  key.after_ = parsed.literals.back();
  return key;
}

void AppKeyTemplate::Write(const Decision& decision,
                           const Credentials& credentials,
                           std::string* key) const {
  key->clear();
  bool any = parts_.empty();
  for (const Part& part : parts_) {
    std::string_view text;
    switch (part.source) {
      case Part::Source::kVariable:
        text = decision.variables[part.variable].second;
        break;
      case Part::Source::kBasicUser:
        text = credentials.user;
        break;
      case Part::Source::kToken:
        text = credentials.token;
        break;
    }
    any |= !text.empty();
    key->append(part.before).append(text);
  }
  key->append(after_);
  if (!any) key->clear();
}

std::optional<std::string> AppKeyOf(const config::App& app,
                                    std::string_view text) {
  config::Template parsed;
  if (!config::ParseTextTemplate(text, &parsed)) return std::nullopt;
  std::string key;
  for (size_t i = 0; i < parsed.placeholders.size(); ++i) {
    const std::string_view field = AppField(app, parsed.placeholders[i]);
    if (field.empty()) return std::nullopt;
    StrAppend(&key, parsed.literals[i], field);
  }
  key += parsed.literals.back();
  return key;
}

}  // namespace headgate::policy
