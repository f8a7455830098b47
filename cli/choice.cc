#include "cli/choice.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "config/diagnostic.h"
#include "config/reader.h"

namespace headgate::cli {
namespace {

std::string Unexpected(const std::vector<std::string>& words,
                       const std::string& found) {
  return StrCat("expected ", config::JoinChoices(words), ", found ",
                config::Quote(found));
}

}  // namespace

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
