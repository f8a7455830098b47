// Judges a call: what was expected against what came. Pure; every expectation
// that was not met becomes a Mismatch with its place.
#ifndef HEADGATE_CLI_CASES_JUDGE_H_
#define HEADGATE_CLI_CASES_JUDGE_H_

#include <string>
#include <vector>

#include "cli/cases/case_file.h"
#include "cli/cases/json_subset.h"
#include "cli/cases/line.h"
#include "cli/cases/runner.h"

namespace headgate::cli {

class Judge {
 public:
  // What is asked of one call; the counts are not. Appends to `mismatches`;
  // true: there was none.
  bool Check(const Expectation& expectation, const CallOutcome& outcome,
             std::vector<Mismatch>* mismatches);
  // The part that a client sees too: status, error, headers, json, body.
  bool CheckAnswer(const Expectation& expectation, const CallOutcome& outcome,
                   std::vector<Mismatch>* mismatches);

 private:
  bool CheckDecision(const Expectation& expectation, const CallOutcome& outcome,
                     std::vector<Mismatch>* mismatches);
  bool CheckUpstreamRequest(const ExpectedUpstreamRequest& expected,
                            const CallOutcome& outcome,
                            std::vector<Mismatch>* mismatches);

  JsonSubset json_;
};

// The counts over the calls of a step, or of a case.
struct CallCounts {
  int64_t allowed = 0;
  int64_t denied = 0;
};
bool CheckCounts(const Expectation& expectation, const CallCounts& counts,
                 std::vector<Mismatch>* mismatches);

// "429 reach_limit", "200".
std::string DescribeAnswer(const CallOutcome& outcome);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_JUDGE_H_
