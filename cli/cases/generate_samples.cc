#include "cli/cases/generate_samples.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/percent.h"
#include "base/strings.h"
#include "policy/charset.h"
#include "policy/rules.h"

namespace headgate::cli {
namespace {

// Longer runs of one character are written as a rule.
constexpr int64_t kWrittenOutMax = 8;
constexpr char kFirst = ' ', kLast = '~';

bool IsSimple(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         c == '.' || c == '/' || c == '-';
}

// Words that YAML reads as something else than a text.
bool IsWord(std::string_view text) {
  const std::string lower = AsciiLower(text);
  for (const std::string_view word :
       {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}) {
    if (lower == word) return true;
  }
  return false;
}

}  // namespace

std::string YamlQuoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string YamlText(std::string_view text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, IsSimple) &&
                     std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
                     !IsWord(text);
  return plain ? std::string(text) : YamlQuoted(text);
}

std::string UriText(std::string_view text) {
  std::string encoded;
  while (!text.empty()) {
    const size_t rule = std::min(text.find("${"), text.size());
    PercentEncode(text.substr(0, rule), &encoded);
    text.remove_prefix(rule);
    if (text.empty()) break;
    const size_t bytes = text.find('}') + 1;
    encoded.append(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return encoded;
}

const config::ValueSpec* Samples::SpecOf(std::string_view value) const {
  const auto found = service_.rules->values.find(value);
  return found == service_.rules->values.end() || found->second == nullptr
             ? nullptr
             : &found->second->spec();
}

bool Samples::Takes(std::string_view value, std::string_view text) const {
  const auto found = service_.rules->values.find(value);
  if (found == service_.rules->values.end() || found->second == nullptr) {
    return true;
  }
  std::string scratch;
  return found->second->Check(text, &scratch) ==
         policy::CompiledValue::Verdict::kOk;
}

char Samples::UnitOf(std::string_view value) const {
  const config::ValueSpec* spec = SpecOf(value);
  std::string error;
  if (spec == nullptr || !spec->charset) return 'a';
  const auto charset = policy::Charset::Parse(*spec->charset, &error);
  if (!charset) return 'a';
  for (const char c : std::string_view("a1A")) {
    if (charset->Contains(c)) return c;
  }
  for (char c = kFirst + 1; c < kLast; ++c) {
    if (charset->Contains(c)) return c;
  }
  return 'a';
}

std::string Samples::Good(std::string_view value) const {
  const std::vector<std::string> words = Words(value);
  if (!words.empty()) return words.front();
  for (const char* text :
       {"bob", "1", "11111111-1111-4111-8111-111111111111", "B0b", "2026-01-01",
        "2026-01-01T00:00:00Z", "bob@example.com", "https://example.com/",
        "1.0.0", "true", "en-US", "127.0.0.1"}) {
    if (Takes(value, text)) return text;
  }
  const config::ValueSpec* spec = SpecOf(value);
  const int64_t length = spec != nullptr && spec->length
                             ? std::max<int64_t>(spec->length->min, 1)
                             : 1;
  return OfLength(value, length);
}

std::string Samples::OfLength(std::string_view value, int64_t length) const {
  const char unit = UnitOf(value);
  if (length <= kWrittenOutMax) {
    return std::string(static_cast<size_t>(std::max<int64_t>(length, 0)), unit);
  }
  const char quote = unit == '\'' ? '"' : '\'';
  return StrCat("${", std::string(1, quote), std::string(1, unit),
                std::string(1, quote), " * ", length, "}");
}

Samples::Edges Samples::EdgesOf(std::string_view value) const {
  Edges edges;
  const config::ValueSpec* spec = SpecOf(value);
  std::string error;
  if (spec == nullptr || !spec->charset) return edges;
  const auto charset = policy::Charset::Parse(*spec->charset, &error);
  if (!charset) return edges;
  const bool short_only = spec->length && spec->length->max < 3;
  const std::string around =
      short_only ? std::string() : std::string(1, UnitOf(value));
  for (char c = kFirst; c <= kLast; ++c) {
    const bool in = charset->Contains(c);
    const bool edge = (c > kFirst && charset->Contains(c - 1) != in) ||
                      (c < kLast && charset->Contains(c + 1) != in);
    if (!edge) continue;
    (in ? edges.inside : edges.outside)
        .push_back(StrCat(around, std::string(1, c), around));
  }
  return edges;
}

std::vector<std::string> Samples::Words(std::string_view value) const {
  const config::ValueSpec* spec = SpecOf(value);
  if (spec == nullptr || !spec->one_of) return {};
  return *spec->one_of;
}

}  // namespace headgate::cli
