// What a run of policy tests says: for people (pretty), for programs (json),
// and for CI systems (tap: Test Anything Protocol 14, junit: JUnit XML,
// github: workflow commands, shown beside the changed line).
//
// A failure says where the expectation stands, the case, what was expected and
// what came, and the trace of the decision. Pure functions.
#ifndef HEADGATE_CLI_CASES_REPORT_H_
#define HEADGATE_CLI_CASES_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/cases/mutation_report.h"
#include "cli/cases/runner.h"
#include "policy/trace.h"

namespace headgate::cli {

struct FileResults {
  const CaseFile* file = nullptr;
  std::vector<CaseResult> cases;
};

struct Report {
  std::vector<FileResults> files;
  int64_t elapsed_us = 0;
  // With --mutate: json shows it; for the others, see DescribeMutation.
  std::optional<MutationReport> mutation;

  int64_t Count(CaseResult::Outcome outcome) const;
  int64_t calls() const;
};

enum class ReportFormat { kPretty, kJson, kTap, kJunit, kGithub };

// `color`: only pretty takes it.
std::string WriteReport(const Report& report, ReportFormat format, bool color);

// "12 cases: 11 passed, 1 failed (480 calls, 3.2 ms)".
std::string Summary(const Report& report);

// Why a case failed, as lines for a person; "" if it did not.
std::string DescribeFailure(const CaseResult& result, bool color);

// Each check of a decision, a line each:
//   ok    limit      agora-chat.limits.default  99 of 100 left
//                    agora-chat.yaml:243:12
std::string DescribeTrace(const policy::Trace& trace, bool color);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_REPORT_H_
