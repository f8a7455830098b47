#include "config/contract_defaults.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/reason_phrase.h"
#include "base/strings.h"

namespace headgate::config {

// In the order of policy::Refusal.
const std::array<RefusalDefault, kRefusalDefaults> kRefusalTable = {{
    {"no_operation", 404},
    {"wrong_method", 405},
    {"bad_path", 400},
    {"no_credentials", 401},
    {"malformed_credentials", 401},
    {"bad_credentials", 401},
    {"unknown_app", 403},
    {"rate", 429},
    {"forbidden", 403},
    {"invalid", 400},
    {"invalid_query", 400},
    {"missing_field", 400},
    {"invalid_field", 400},
    {"not_json", 400},
    {"media_type", 415},
    {"body_too_large", 413},
    {"bad_request", 400},
    {"request_timeout", 408},
    {"uri_too_long", 414},
    {"head_too_large", 431},
    {"expectation_failed", 417},
    {"not_implemented", 501},
    {"http_version", 505},
    {"overloaded", 503},
    {"draining", 503},
    {"internal", 500},
    {"upstream_connect", 503},
    {"upstream_timeout", 504},
    {"upstream_protocol", 502},
    {"upstream_tls", 502},
}};

std::vector<std::string> RefusalNames() {
  std::vector<std::string> names;
  for (const RefusalDefault& refusal : kRefusalTable) {
    names.emplace_back(refusal.name);
  }
  return names;
}

ErrorShape NeutralShape() {
  ErrorShape shape;
  shape.members = {
      {"title", "{title}"}, {"status", "{status}"}, {"code", "{code}"}};
  shape.content_type = "application/problem+json";
  return shape;
}

std::string CodeAttribute(const ErrorShape& shape) {
  for (const auto& [key, text] : shape.members) {
    if (text == "{error}" || text == "{code}" || text == "{errorCode}") {
      return text.substr(1, text.size() - 2);
    }
  }
  return "error";
}

std::vector<std::string> ShapeAttributes(const ErrorShape& shape) {
  std::vector<std::string> seen = EnginePlaceholders();
  const size_t engine = seen.size();
  for (const auto& [key, text] : shape.members) {
    Template parts;
    if (!ParseTextTemplate(text, &parts)) continue;
    for (std::string& name : parts.placeholders) {
      if (std::find(seen.begin(), seen.end(), name) == seen.end()) {
        seen.push_back(std::move(name));
      }
    }
  }
  seen.erase(seen.begin(), seen.begin() + static_cast<ptrdiff_t>(engine));
  return seen;
}

namespace {

// "reach_limit" -> "ReachLimit".
std::string CamelCase(std::string_view name) {
  std::string out;
  bool upper = true;
  for (const char c : name) {
    if (c == '_' || c == '-') {
      upper = true;
      continue;
    }
    const bool small = c >= 'a' && c <= 'z';
    out += upper && small ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

bool IsDescription(std::string_view attribute) {
  return attribute == "description" || attribute == "message" ||
         attribute == "errorMessage" || attribute == "title" ||
         attribute == "detail";
}

}  // namespace

bool DefaultAttribute(const ErrorSpec& error, std::string_view attribute,
                      const std::string& code, std::string* value) {
  if (attribute == code) {
    *value = error.name;
    return true;
  }
  if (IsDescription(attribute)) {
    *value = std::string(ReasonPhrase(error.status));
    return true;
  }
  if (attribute != "exception") return false;
  const auto given = error.attributes.find(code);
  *value =
      CamelCase(given == error.attributes.end() ? error.name : given->second) +
      "Exception";
  return true;
}

std::vector<std::string> EnginePlaceholders() {
  return {"now_ms", "duration_ms", "status", "bound",
          "method", "path",        "value",  "location"};
}

bool IsNumericPlaceholder(std::string_view name) {
  return name == "now_ms" || name == "duration_ms" || name == "status" ||
         name == "bound";
}

bool ParseTextTemplate(std::string_view text, Template* result) {
  *result = Template();
  std::string literal;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      literal += c;
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
      continue;
    }
    const size_t end = text.find_first_of("{}", i + 1);
    if (c == '}' || end == std::string_view::npos || text[end] == '{' ||
        end == i + 1) {
      return false;
    }
    result->literals.push_back(std::move(literal));
    result->placeholders.emplace_back(text.substr(i + 1, end - i - 1));
    literal.clear();
    i = end;
  }
  result->literals.push_back(std::move(literal));
  return true;
}

}  // namespace headgate::config
