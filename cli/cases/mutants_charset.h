// A charset with one class of characters less or more, for mutants.
//
//   a-z0-9_.-   without a-z, 0-9, "_", "." or "-"; with A-Z, spaces,
//               punctuation
//
// Punctuation marks that a charset holds in small number are a class each, many
// of them are one. Where values are folded, upper and lower case are one class.
// Pure functions.
#ifndef HEADGATE_CLI_CASES_MUTANTS_CHARSET_H_
#define HEADGATE_CLI_CASES_MUTANTS_CHARSET_H_

#include <string>
#include <string_view>
#include <vector>

namespace headgate::cli {

struct CharsetChange {
  bool widens = false;
  std::string classes;  // "A-Z", "spaces", "'_'"
  std::string example;  // what a case would send: "'A'", "a space"
  std::string charset;  // as contract files write it
};

// In a fixed order; nothing for a charset that is none.
std::vector<CharsetChange> CharsetChanges(std::string_view charset, bool folds);

// The pattern of texts whose characters are in the charset or not ASCII, which
// no charset can hold; "" for a charset that is none.
std::string PatternBeyondAscii(std::string_view charset);

// Whether it holds a letter: whether folding says anything.
bool HoldsLetters(std::string_view charset);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_MUTANTS_CHARSET_H_
