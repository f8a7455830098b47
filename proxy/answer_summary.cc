#include "proxy/answer_summary.h"

#include <algorithm>

#include "base/json_reader.h"
#include "base/strings.h"

namespace headgate::proxy {
namespace {

constexpr size_t kTypeBytesMax = 64;
constexpr size_t kWordBytesMax = 32;
constexpr int kKeysMax = 8;

bool IsLetter(char c) { return AsciiLower(c) >= 'a' && AsciiLower(c) <= 'z'; }

// A name that somebody gave to something: no token is so short and without a
// digit.
bool IsWord(std::string_view text) {
  return !text.empty() && text.size() <= kWordBytesMax &&
         std::ranges::all_of(
             text, [](char c) { return IsLetter(c) || c == '_' || c == '-'; });
}

// The type and subtype, if they look like that.
std::string_view TypeOf(std::string_view content_type) {
  const std::string_view type =
      TrimOws(content_type.substr(0, content_type.find(';')));
  if (type.empty()) return "without a type";
  const bool good =
      type.size() <= kTypeBytesMax && std::ranges::all_of(type, [](char c) {
        return IsLetter(c) || (c >= '0' && c <= '9') ||
               std::string_view("/+-.").find(c) != std::string_view::npos;
      });
  return good ? type : "of an odd type";
}

void AppendMembers(JsonValue object, std::string_view code_key,
                   std::string* out) {
  int told = 0;
  for (const auto& [key, value] : object.members()) {
    StrAppend(out, told == 0 ? ": " : ", ");
    if (++told > kKeysMax) return StrAppend(out, "...");
    StrAppend(out, IsWord(key) ? key : "?");
    if (key != code_key || !value.is_string()) continue;
    StrAppend(out, "=", IsWord(value.string()) ? value.string() : "?");
  }
}

}  // namespace

std::string SumUp(const AnswerToSum& answer) {
  std::string out =
      StrCat(answer.status, " ", TypeOf(answer.content_type), ", ",
             answer.complete ? "" : "more than ", answer.body.size(), " bytes");
  if (!answer.complete) return out;
  thread_local JsonReader reader;
  const JsonValue root = reader.Read(answer.body);
  if (root && root.is_object()) AppendMembers(root, answer.code_key, &out);
  return out;
}

}  // namespace headgate::proxy
