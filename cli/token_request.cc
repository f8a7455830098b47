#include "cli/token_request.h"

#include <algorithm>

#include "base/json_reader.h"
#include "base/percent.h"
#include "base/strings.h"
#include "config/amount.h"
#include "config/diagnostic.h"

namespace headgate::cli {

using config::Quote;

std::string ReadPairs(std::string_view option,
                      const std::vector<std::string>& texts, Texts* pairs) {
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (!IsUtf8(text)) return StrCat(option, " is not valid UTF-8");
    if (equals == 0 || equals == std::string::npos) {
      return StrCat(option, " takes NAME=VALUE");
    }
    const std::string name = text.substr(0, equals);
    if (FindText(*pairs, name) != nullptr) {
      return StrCat(option, " ", Quote(name), " is given twice");
    }
    pairs->emplace_back(name, text.substr(equals + 1));
  }
  return "";
}

const std::string* FindText(const Texts& texts, std::string_view name) {
  const auto found = std::ranges::find(texts, name, &Texts::value_type::first);
  return found == texts.end() ? nullptr : &found->second;
}

std::string NameWithArticle(service::TokenKind kind) {
  const std::string_view purpose = service::TokenPurpose(kind);
  return StrCat(purpose.starts_with('a') ? "an " : "a ", purpose, " token");
}

std::string SentenceOf(const policy::CatalogueError* error,
                       const policy::ErrorContext& context) {
  std::string sentence = StrCat(context.location, " is not valid");
  if (error == nullptr) return sentence;
  std::string body;
  policy::Catalogue::Render(*error, context, &body);
  JsonReader reader;
  const JsonValue root = reader.Read(body);
  if (!root || !root.is_object()) return sentence;
  for (const auto& [name, text] : root.members()) {
    if (!text.is_string() || text.string().find(' ') == text.string().npos) {
      continue;
    }
    sentence = text.string();
  }
  while (sentence.ends_with('.')) sentence.pop_back();
  return sentence;
}

std::string TakesOf(const policy::CompiledValue* value) {
  if (value == nullptr) return "";
  const config::ValueSpec& spec = value->spec();
  if (spec.one_of) return StrCat("; it takes ", Join(*spec.one_of, ", "));
  if (!spec.charset) return "";
  const std::string length =
      spec.length ? config::RangeText(*spec.length) : std::string("any number");
  return StrCat("; it takes ", length, " of ", *spec.charset);
}

}  // namespace headgate::cli
