// Runner: runs cases against one compiled policy on a virtual clock, and judges
// what came out. Every case begins with an empty limiter and an empty store, so
// cases do not know of each other and may run in any order.
//
//   Runner runner(policy, {});
//   CaseResult result = runner.Run(file, file.cases[0]);
//
// Deterministic: the same case against the same policy has the same result.
// So a case runs without a trace, and a second time with one if it failed.
// Belongs to one thread (mutants: one runner for each policy and thread).
#ifndef HEADGATE_CLI_CASES_RUNNER_H_
#define HEADGATE_CLI_CASES_RUNNER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/cases/case_file.h"
#include "cli/cases/line.h"
#include "policy/policy.h"
#include "policy/trace.h"

namespace headgate::cli {

// One expectation that was not met.
struct Mismatch {
  config::Location at;   // of the expectation
  std::string field;     // "status", "json.data.id"
  std::string expected;  // "400"
  std::string actual;    // "200"
};

// The first call of a step that failed.
struct FailedCall {
  const CaseStep* step = nullptr;
  int64_t number = 1;  // of the step's calls, from 1
  int64_t at_us = 0;   // since the case began
  int64_t more = 0;    // further calls of the step that failed too
  std::vector<Mismatch> mismatches;
  policy::Trace trace;
  // The answer, as a line for people: "429 reach_limit".
  std::string answer;
};

struct CaseResult {
  enum class Outcome { kPassed, kFailed, kSkipped };
  const Case* test = nullptr;
  Outcome outcome = Outcome::kPassed;
  std::vector<FailedCall> failed_calls;
  std::vector<Mismatch> failed_counts;  // `allowed` and `denied`
  std::string skipped_because;
  int64_t calls = 0;
  int64_t elapsed_us = 0;  // of the machine, not of the virtual clock

  bool passed() const { return outcome == Outcome::kPassed; }
};

// Told of every call, for coverage. Views live during the call.
struct ObservedCall {
  const Case& test;
  const CaseStep& step;
  const CallOutcome& outcome;
  const policy::Trace& trace;
};
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void OnCall(const ObservedCall& call) = 0;
};

// What runs cases: here on a virtual clock, or against a running gateway.
class CaseRunner {
 public:
  virtual ~CaseRunner() = default;
  virtual CaseResult Run(const CaseFile& file, const Case& test) = 0;
};

class Runner final : public CaseRunner {
 public:
  struct Options {
    CallObserver* observer = nullptr;  // null: none, which is faster
    // Of mutants: the unchanged policy. What it denies does not reach the
    // services that Headgate answers itself, since they rely on what it checks.
    std::shared_ptr<const policy::Policy> guard = nullptr;
  };
  Runner(std::shared_ptr<const policy::Policy> policy, const Options& options);
  ~Runner() override;

  CaseResult Run(const CaseFile& file, const Case& test) override;
  // Whether it passes, and nothing else: stops at the first mismatch.
  bool Passes(const CaseFile& file, const Case& test);

  const policy::Policy& policy() const { return *policy_; }

 private:
  struct State;
  std::shared_ptr<const policy::Policy> policy_;
  std::unique_ptr<State> state_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_RUNNER_H_
