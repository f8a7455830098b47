// What became of the mutants: for people, and as JSON for programs.
//
//   mutation: 85.2 % (208 of 244 mutants killed, 3 equivalent; 1204 case runs,
//   0.103 s)
//     shop.yaml:12:9: add_words.body.words.items: 1..60 -> 1..61
//       missing: a call with 61 words that expects rule ...
//     shop.yaml:20:3: list_words: no case calls it (35 mutants)
//
// Plain values and pure functions.
#ifndef HEADGATE_CLI_CASES_MUTATION_REPORT_H_
#define HEADGATE_CLI_CASES_MUTATION_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "config/diagnostic.h"

namespace headgate::cli {

struct MutantResult {
  enum class Fate { kKilled, kSurvived, kEquivalent };
  std::string name;
  config::Location at;  // of the rule
  Fate fate = Fate::kSurvived;
  std::string missing;  // kSurvived: the case that would notice it
  // kSurvived: the operation that it is of, if no case calls it at all.
  std::string uncalled;
  config::Location uncalled_at;
  std::string killed_by;  // kKilled: the case's name
  std::string because;    // kEquivalent: what the case file says
};

struct MutationReport {
  std::vector<MutantResult> mutants;  // in the order of the policies
  int64_t case_runs = 0;
  int64_t elapsed_us = 0;
  // Entries of `equivalent_mutants` that are wrong: ready to be printed; "":
  // none.
  std::string mistakes;

  int64_t Count(MutantResult::Fate fate) const;
  // Killed of all but the equivalent ones; 100 if there are none.
  double score() const;
};

std::string DescribeMutation(const MutationReport& report);
// An object with the same, and all mutants.
void WriteMutation(const MutationReport& report, JsonWriter* writer);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_MUTATION_REPORT_H_
