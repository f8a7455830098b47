// `headgate test`: policies tested from YAML, on a virtual clock.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/strings.h"
#include "cli/cases/against.h"
#include "cli/cases/coverage.h"
#include "cli/cases/mutation.h"
#include "cli/cases/report.h"
#include "cli/cases/session.h"
#include "cli/choice.h"
#include "cli/command.h"
#include "cli/generate.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/watch.h"
#include "policy/contracts/builtin.h"
#include "proxy/http_caller.h"

namespace headgate::cli {
namespace {

struct TestOptions {
  std::vector<std::string> files;
  std::string run;
  AgainstOptions against;
  ReportFormat format = ReportFormat::kPretty;
  bool watch = false;
  bool coverage = false;
  bool mutate = false;
  double fail_under = 0;  // percent
  GenerateFileOptions generate;
};

const std::map<std::string, ReportFormat> kFormats = {
    {"pretty", ReportFormat::kPretty}, {"json", ReportFormat::kJson},
    {"tap", ReportFormat::kTap},       {"junit", ReportFormat::kJunit},
    {"github", ReportFormat::kGithub},
};

int ExitCodeOf(const Report& report) {
  using Outcome = CaseResult::Outcome;
  if (report.Count(Outcome::kFailed) > 0) return kFailed;
  return report.Count(Outcome::kPassed) > 0 ? kOk : kNothingRan;
}

// How and what is run. False, and said, if the command line is wrong.
bool ReadSelection(const TestOptions& options, RunOptions* run) {
  if (options.fail_under > 0 && !options.coverage && !options.mutate) {
    PrintError("headgate: --fail-under needs --coverage or --mutate\n");
    return false;
  }
  if (!options.against.url.empty()) {
    const absl::Status url = proxy::HttpCaller::CheckUrl(options.against.url);
    if (!url.ok()) {
      PrintError(StrCat("headgate: --against: ", url.message(), "\n"));
      return false;
    }
    run->make_runner = [against = options.against](
                           std::shared_ptr<const policy::Policy> policy) {
      return std::make_unique<Against>(std::move(policy), against);
    };
  }
  if (options.run.empty()) return true;
  std::string error;
  run->selects = SelectByName(options.run, &error);
  if (run->selects != nullptr) return true;
  PrintError(StrCat("headgate: --run: ", error, "\n"));
  return false;
}

// A line of progress, if somebody looks and it takes a while.
class PatientProgress {
 public:
  explicit PatientProgress(std::string what) : progress_(std::move(what)) {}

  void Show(int64_t done, int64_t all) {
    if (absl::Now() > shown_from_) progress_.Show(done, all);
  }

 private:
  const absl::Time shown_from_ = absl::Now() + absl::Milliseconds(500);
  Progress progress_;
};

Report RunShown(const Session& session, RunOptions run) {
  PatientProgress progress("testing");
  const auto cases = static_cast<int64_t>(session.cases());
  run.progress = [&](int64_t done) { progress.Show(done, cases); };
  return RunSession(session, run);
}

MutationReport MutateShown(const Session& session, const RunOptions& run) {
  PatientProgress progress("mutating");
  return RunMutation(
      session,
      {.selects = run.selects,
       .progress = [&](int64_t done, int64_t all) { progress.Show(done, all); },
       .color = ErrorsTakeColor()});
}

// The files that a run has read, as they were then.
struct Watched {
  std::vector<std::string> paths;
  std::vector<FileState> states;
};

// Behind a report for people; what programs read stays theirs.
void PrintFigures(const TestOptions& options, const std::string& text) {
  if (options.format == ReportFormat::kPretty) {
    PrintOut(text);
  } else {
    PrintError(text);
  }
}

// What was found about the cases: the figures, and the exit code of cases that
// all passed.
int ReportFindings(const TestOptions& options, const Report& report,
                   const std::optional<Coverage>& coverage) {
  bool below = false;
  if (coverage) {
    PrintFigures(options, coverage->Describe());
    below = coverage->Total().percent() < options.fail_under;
  }
  if (!report.mutation) return below ? kBelowThreshold : kOk;
  if (options.format != ReportFormat::kJson) {
    PrintFigures(options, DescribeMutation(*report.mutation));
  }
  if (!report.mutation->mistakes.empty()) {
    PrintError(report.mutation->mistakes);
    return kInvalidCases;
  }
  below |= report.mutation->score() < options.fail_under;
  return below ? kBelowThreshold : kOk;
}

// Loads, runs and reports once.
int RunOnce(const TestOptions& options, RunOptions run, Watched* watched) {
  Session session = LoadSession(
      options.files, config::SystemEnvironment(policy::BuiltinContracts()),
      ErrorsTakeColor());
  watched->paths = session.paths;
  watched->states = StatesOf(session.paths);
  if (session.exit_code != kOk) {
    PrintError(session.diagnostics);
    return session.exit_code;
  }
  std::optional<Coverage> coverage;
  if (options.coverage) run.observer = &coverage.emplace(session);
  Report report = RunShown(session, run);
  const int code = ExitCodeOf(report);
  const auto print = [&] {
    return PrintOut(WriteReport(report, options.format, OutputTakesColor()));
  };
  // JSON is one text; people need not wait for the mutants.
  const bool is_json = options.format == ReportFormat::kJson;
  if (!is_json && !print()) return kFailed;
  if (options.mutate && code == kOk) {
    report.mutation = MutateShown(session, run);
  }
  if (is_json && !print()) return kFailed;
  if (code == kNothingRan) PrintError("headgate: no case ran\n");
  if (options.mutate && code == kFailed) {
    PrintError("headgate: no mutants: a case fails without them\n");
  }
  const int findings = ReportFindings(options, report, coverage);
  return code == kOk ? findings : code;
}

int Test(const TestOptions& options) {
  if (!options.generate.policy.empty()) return GenerateFile(options.generate);
  if (options.files.empty()) {
    PrintError("headgate: files is required\nTry `headgate test --help`.\n");
    return kUsage;
  }
  RunOptions run;
  if (!ReadSelection(options, &run)) return kUsage;
  Watched watched;
  int code = RunOnce(options, run, &watched);
  while (options.watch) {
    WaitForChange(watched.paths, watched.states);
    PrintOut("\n");
    code = RunOnce(options, run, &watched);
  }
  return code;
}

}  // namespace

std::function<int()> DeclareTest(CLI::App* app) {
  auto options = std::make_shared<TestOptions>();
  CLI::Option* files =
      app->add_option("files", options->files, "Files of cases")
          ->type_name("FILE...");
  CLI::Option* generate =
      app->add_option("--generate", options->generate.policy,
                      "Write boundary cases for this policy instead: what it "
                      "does today")
          ->type_name("POLICY")
          ->excludes(files);
  app->add_option("-o,--output", options->generate.output,
                  "With --generate: the file to write")
      ->type_name("FILE")
      ->needs(generate);
  app->add_flag("--force", options->generate.force,
                "With --generate: write over a file that is there")
      ->needs(generate);
  app->add_option("--run", options->run,
                  "Only the cases whose names this regular expression matches")
      ->type_name("REGEX");
  app->add_option("--format", options->format,
                  "pretty, json, tap, junit or github")
      ->transform(OneOf(kFormats))
      ->type_name("FORMAT")
      ->option_text("FORMAT");
  app->add_option("--against", options->against.url,
                  "Ask the gateway that runs there, in real time")
      ->type_name("URL");
  app->add_flag("--scripted-upstream", options->against.scripted_upstream,
                "With --against: the gateway's upstream answers as the field "
                "X-Headgate-Test-Answer says");
  CLI::Option* coverage = app->add_flag(
      "--coverage", options->coverage,
      "Say which rules, documented errors and limits no case has met");
  coverage->excludes("--against");
  CLI::Option* mutate = app->add_flag(
      "--mutate", options->mutate,
      "Change each rule of the policy in turn, and say which changes no case "
      "notices");
  mutate->excludes("--against");
  app->add_option("--fail-under", options->fail_under,
                  "With --coverage or --mutate: exit with 4 if one of them is "
                  "below this many percent")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("PERCENT")
      ->option_text("PERCENT");
  app->add_flag("--watch", options->watch,
                "Run again whenever a file that was read changes");
  return [options] { return Test(*options); };
}

}  // namespace headgate::cli
