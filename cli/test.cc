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
#include "cli/cases/report.h"
#include "cli/cases/session.h"
#include "cli/command.h"
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
  double fail_under = 0;  // percent
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

// With a line of progress, if somebody looks and it takes a while.
Report RunShown(const Session& session, RunOptions run) {
  constexpr absl::Duration kPatience = absl::Milliseconds(500);
  Progress progress("testing");
  const absl::Time shown_from = absl::Now() + kPatience;
  const auto cases = static_cast<int64_t>(session.cases());
  run.progress = [&](int64_t done) {
    if (absl::Now() > shown_from) progress.Show(done, cases);
  };
  return RunSession(session, run);
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
  const Report report = RunShown(session, run);
  const int code = ExitCodeOf(report);
  if (!PrintOut(WriteReport(report, options.format, OutputTakesColor()))) {
    return kFailed;
  }
  if (code == kNothingRan) PrintError("headgate: no case ran\n");
  if (!coverage) return code;
  PrintFigures(options, coverage->Describe());
  const bool below = coverage->Total().percent() < options.fail_under;
  return code == kOk && below ? kBelowThreshold : code;
}

int Test(const TestOptions& options) {
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
  app->add_option("files", options->files, "Files of cases")
      ->type_name("FILE...")
      ->required();
  app->add_option("--run", options->run,
                  "Only the cases whose names this regular expression matches")
      ->type_name("REGEX");
  app->add_option("--format", options->format,
                  "pretty, json, tap, junit or github")
      ->transform(CLI::CheckedTransformer(kFormats))
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
  app->add_option("--fail-under", options->fail_under,
                  "Exit with 4 if the coverage is below this many percent")
      ->check(CLI::Range(0.0, 100.0))
      ->needs(coverage)
      ->type_name("PERCENT")
      ->option_text("PERCENT");
  app->add_flag("--watch", options->watch,
                "Run again whenever a file that was read changes");
  return [options] { return Test(*options); };
}

}  // namespace headgate::cli
