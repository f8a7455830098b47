// What became of the mutants: for people, and as JSON for programs.
//
//   mutation: 99.0 % (208 of 210 mutants killed, 3 equivalent; 1204 case runs)
//     headgate.yaml:12:9: add_member.body.names.items: 1..60 -> 1..61
//       no case is a call with 61 names that expects rule ...
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
  std::string missing;    // kSurvived: the case that would notice it
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
