// An option that takes one of a few words.
//
//   app->add_option("--format", options->format)->transform(OneOf(kFormats));
//   headgate: --format: expected json, pretty or tap, found "foo"
#ifndef HEADGATE_CLI_CHOICE_H_
#define HEADGATE_CLI_CHOICE_H_

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

namespace headgate::cli {

// The choice that the word means, by its number: what an option of an enum
// takes.
CLI::Validator OneOfNumbered(std::map<std::string, int> choices);

template <typename Enum>
CLI::Validator OneOf(const std::map<std::string, Enum>& choices) {
  std::map<std::string, int> numbers;
  for (const auto& [word, value] : choices) {
    numbers.emplace(word, static_cast<int>(value));
  }
  return OneOfNumbered(std::move(numbers));
}
// The word itself.
CLI::Validator OneOf(const std::vector<std::string>& words);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CHOICE_H_
