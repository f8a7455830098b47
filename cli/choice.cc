#include "cli/choice.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "config/diagnostic.h"

namespace headgate::cli {
namespace {

std::string Unexpected(const std::vector<std::string>& words,
                       const std::string& found) {
  return StrCat("expected ", Alternatives(words), ", found ",
                config::Quote(found));
}

}  // namespace

std::string Alternatives(std::vector<std::string> words) {
  if (words.size() < 2) return Join(words, "");
  const std::string last = std::move(words.back());
  words.pop_back();
  return StrCat(Join(words, ", "), " or ", last);
}

CLI::Validator OneOfNumbered(std::map<std::string, int> choices) {
  return CLI::Validator(
      [choices = std::move(choices)](std::string& text) -> std::string {
        if (const auto found = choices.find(text); found != choices.end()) {
          text = std::to_string(found->second);
          return "";
        }
        std::vector<std::string> words;
        for (const auto& choice : choices) words.push_back(choice.first);
        return Unexpected(words, text);
      },
      "");
}

CLI::Validator OneOf(const std::vector<std::string>& words) {
  return CLI::Validator(
      [words](std::string& text) -> std::string {
        return std::ranges::count(words, text) > 0 ? ""
                                                   : Unexpected(words, text);
      },
      "");
}

}  // namespace headgate::cli
