// The same cases against a running gateway, in real time: `--against URL`.
//
// A gateway cannot be given an empty limiter, so a case waits until its limits
// have room for it: whatever the cases before it spent has left the window. A
// client sees no decision, rule or upstream request. The decision is told from
// the answer, with the help of what a Runner says to the same call; the others
// are not judged, and a case that expects nothing else is skipped.
//
// A step that scripts its upstream needs one that obeys: with
// `scripted_upstream` the script is sent as the field X-Headgate-Test-Answer,
// as JSON with `failure`, or with `status`, `headers` and `body`; a gateway
// forwards it. Without, the case is skipped.
//
// Belongs to one thread.
#ifndef HEADGATE_CLI_CASES_AGAINST_H_
#define HEADGATE_CLI_CASES_AGAINST_H_

#include <memory>
#include <string>

#include "cli/cases/case_file.h"
#include "cli/cases/runner.h"
#include "policy/policy.h"

namespace headgate::cli {

inline constexpr char kTestAnswerField[] = "X-Headgate-Test-Answer";

struct AgainstOptions {
  std::string url;
  bool scripted_upstream = false;
};

class Against final : public CaseRunner {
 public:
  // `policy`: what the gateway should do; it may do otherwise, which is what
  // the cases are to find. REQUIRES: HttpCaller::CheckUrl(options.url).
  Against(std::shared_ptr<const policy::Policy> policy,
          const AgainstOptions& options);
  ~Against() override;

  CaseResult Run(const CaseFile& file, const Case& test) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_AGAINST_H_
