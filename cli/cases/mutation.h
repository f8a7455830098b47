// Mutation testing: every mutant of the policies is run against the cases, and
// those that no case notices are reported: each is a case that is missing.
//
//   MutationReport report = RunMutation(session, {});
//   PrintOut(DescribeMutation(report));
//
// One run of the unchanged policy says which cases touch what. Then each mutant
// is compiled and run against the cases that can notice it, the likeliest
// first, until one fails. Mutants of a place that several policies share (a
// built-in contract) are one: it is enough that one policy's cases notice it.
//
// Runs on all cores; the report is the same however many there are.
#ifndef HEADGATE_CLI_CASES_MUTATION_H_
#define HEADGATE_CLI_CASES_MUTATION_H_

#include <cstdint>
#include <functional>

#include "cli/cases/mutation_report.h"
#include "cli/cases/session.h"

namespace headgate::cli {

struct MutationOptions {
  // Which cases run; null: all.
  std::function<bool(const Case&)> selects;
  // Told how many mutants are done; by the calling thread.
  std::function<void(int64_t done, int64_t all)> progress;
  int threads = 0;     // 0: one per core
  bool color = false;  // of the mistakes in the report
};

// REQUIRES: all chosen cases pass.
MutationReport RunMutation(const Session& session,
                           const MutationOptions& options);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_MUTATION_H_
