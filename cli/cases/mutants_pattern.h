// A pattern (RE2) with one thing changed, for mutants: each counted repetition
// moved by one, and what may be absent asked for, or what must be there left.
//
//   [0-9]{8}-x+   [0-9]{7}-x+, [0-9]{9}-x+, [0-9]{8}-x*
//
// Pure; the changed patterns need not be valid: who compiles them will see.
#ifndef HEADGATE_CLI_CASES_MUTANTS_PATTERN_H_
#define HEADGATE_CLI_CASES_MUTANTS_PATTERN_H_

#include <string>
#include <string_view>
#include <vector>

namespace headgate::cli {

struct PatternChange {
  std::string from, to;  // of what changes: "{8}", "{9}"
  size_t at = 0;         // where `from` stands, in bytes
  std::string pattern;
};

std::vector<PatternChange> PatternChanges(std::string_view pattern);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_MUTANTS_PATTERN_H_
