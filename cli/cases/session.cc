#include "cli/cases/session.h"

#include <chrono>
#include <map>
#include <utility>

#include "base/strings.h"
#include "cli/cases/load.h"
#include "policy/pattern.h"
#include "service/handlers.h"

namespace headgate::cli {
namespace {

using Policies = std::map<std::string, std::shared_ptr<const policy::Policy>>;

// Null after a mistake, which is reported once for all files.
std::shared_ptr<const policy::Policy> LoadPolicy(
    const CaseFile& file, const config::Environment& environment,
    config::Diagnostics* diagnostics, Policies* policies) {
  const auto [found, is_new] = policies->try_emplace(file.policy_path);
  if (!is_new) return found->second;
  const auto text = environment.read_file(file.policy_path);
  if (!text.ok()) {
    diagnostics->Add(file.policy_at,
                     StrCat("cannot read ", config::Quote(file.policy_path),
                            ": ", FromAbsl(text.status().message())));
    return nullptr;
  }
  const auto config =
      config::LoadText(file.policy_path, *text, environment, diagnostics);
  std::shared_ptr<const policy::Policy> policy;
  if (config) policy = policy::Policy::Compile(*config, diagnostics);
  if (policy == nullptr) return nullptr;
  config::Diagnostics unanswered;
  service::CheckHandlers(*config, &unanswered);
  for (const config::Diagnostic& diagnostic : unanswered.Sorted()) {
    diagnostics->Add(diagnostic.at, diagnostic.message, diagnostic.hint);
  }
  found->second = policy;
  return policy;
}

// The environment, and every path that is read through it.
config::Environment Recording(const config::Environment& environment,
                              std::vector<std::string>* paths) {
  config::Environment recording = environment;
  recording.read_file = [read = environment.read_file,
                         paths](const std::string& path) {
    paths->push_back(path);
    return read(path);
  };
  return recording;
}

std::unique_ptr<CaseRunner> MakeRunner(const LoadedFile& file,
                                       const RunOptions& options) {
  if (options.make_runner) return options.make_runner(file.policy);
  return std::make_unique<Runner>(file.policy,
                                  Runner::Options{options.observer});
}

}  // namespace

size_t Session::cases() const {
  size_t count = 0;
  for (const LoadedFile& file : files) count += file.cases.cases.size();
  return count;
}

Session LoadSession(const std::vector<std::string>& paths,
                    const config::Environment& environment, bool color) {
  Session session;
  const config::Environment recording = Recording(environment, &session.paths);
  config::Diagnostics in_cases, in_policies;
  Policies policies;
  for (const std::string& path : paths) {
    std::optional<CaseFile> cases = LoadCases(path, recording, &in_cases);
    if (!cases) continue;
    LoadedFile file = {.cases = *std::move(cases), .policy = nullptr};
    file.policy = LoadPolicy(file.cases, recording, &in_policies, &policies);
    session.files.push_back(std::move(file));
  }
  if (!in_policies.empty()) session.exit_code = kInvalidConfig;
  if (!in_cases.empty()) session.exit_code = kInvalidCases;
  if (session.exit_code == kOk) return session;
  session.files.clear();
  session.diagnostics = in_cases.ToString(color) + in_policies.ToString(color);
  return session;
}

Report RunSession(const Session& session, const RunOptions& options) {
  using std::chrono::steady_clock;
  const auto started = steady_clock::now();
  Report report;
  std::map<const policy::Policy*, std::unique_ptr<CaseRunner>> runners;
  int64_t run = 0;
  for (const LoadedFile& file : session.files) {
    // One for all files of a policy: what was spent on a gateway, say, is.
    std::unique_ptr<CaseRunner>& runner = runners[file.policy.get()];
    if (runner == nullptr) runner = MakeRunner(file, options);
    FileResults results = {.file = &file.cases, .cases = {}};
    for (const Case& test : file.cases.cases) {
      if (options.selects && !options.selects(test)) continue;
      results.cases.push_back(runner->Run(file.cases, test));
      if (options.progress) options.progress(++run);
    }
    report.files.push_back(std::move(results));
  }
  report.elapsed_us = std::chrono::duration_cast<std::chrono::microseconds>(
                          steady_clock::now() - started)
                          .count();
  return report;
}

std::function<bool(const Case&)> SelectByName(std::string_view expression,
                                              std::string* error) {
  // The pattern must match the whole of a text. First alone, so that a
  // parenthesis of its own cannot close ours.
  if (policy::Pattern::Compile(expression, error) == nullptr) return nullptr;
  std::shared_ptr<const policy::Pattern> pattern = policy::Pattern::Compile(
      StrCat("(?s:.*)(?:", expression, ")(?s:.*)"), error);
  if (pattern == nullptr) return nullptr;
  return [pattern](const Case& test) { return pattern->Matches(test.name); };
}

}  // namespace headgate::cli
