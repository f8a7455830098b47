// The files of one run of `headgate test`, loaded: each with its policy
// compiled, once for all files that share it. Nothing runs unless all of them
// are good.
//
//   Session session = LoadSession({"cases.yaml"}, environment);
//   if (session.exit_code != kOk) PrintError(session.diagnostics);
//   Report report = RunSession(session, {});
//
// Coverage, mutants and generated cases begin with the same Session.
#ifndef HEADGATE_CLI_CASES_SESSION_H_
#define HEADGATE_CLI_CASES_SESSION_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/cases/case_file.h"
#include "cli/cases/report.h"
#include "cli/cases/runner.h"
#include "cli/command.h"
#include "config/load.h"
#include "policy/policy.h"

namespace headgate::cli {

struct LoadedFile {
  CaseFile cases;
  std::shared_ptr<const policy::Policy> policy;
};

struct Session {
  std::vector<LoadedFile> files;
  // kOk, kInvalidCases or kInvalidConfig; then `diagnostics` says why.
  ExitCode exit_code = kOk;
  std::string diagnostics;
  // Every file that was read: what --watch looks at.
  std::vector<std::string> paths;

  size_t cases() const;
};

// `color`: of the diagnostics.
Session LoadSession(const std::vector<std::string>& paths,
                    const config::Environment& environment, bool color);

struct RunOptions {
  CallObserver* observer = nullptr;
  // Makes what runs the cases of a policy; null: a Runner, with the observer.
  std::function<std::unique_ptr<CaseRunner>(
      std::shared_ptr<const policy::Policy>)>
      make_runner;
  // Which cases run; null: all.
  std::function<bool(const Case&)> selects;
  // Told after each case how many have run.
  std::function<void(int64_t run)> progress;
};
Report RunSession(const Session& session, const RunOptions& options);

// Whether a case's name is chosen by `--run REGEX`, which may match any part of
// it. Null and a sentence in `error` if it is no regular expression (RE2).
std::function<bool(const Case&)> SelectByName(std::string_view expression,
                                              std::string* error);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_SESSION_H_
