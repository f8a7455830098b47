// `headgate diff`: which decisions change between two policies, for the calls
// of an access log.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/strings.h"
#include "cli/choice.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/replay/call.h"
#include "cli/replay/log_file.h"
#include "cli/replay/replayer.h"
#include "cli/replay/report.h"
#include "cli/terminal.h"
#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "policy/policy.h"

namespace headgate::cli {
namespace {

enum class DiffFormat { kPretty, kJson };

struct DiffOptions {
  std::string before, after;
  std::vector<std::string> logs;
  DiffFormat format = DiffFormat::kPretty;
};

const std::map<std::string, DiffFormat> kFormats = {
    {"pretty", DiffFormat::kPretty}, {"json", DiffFormat::kJson}};

// Null, with diagnostics, if it is no policy.
std::shared_ptr<const policy::Policy> LoadPolicy(
    const std::string& path, config::Diagnostics* diagnostics) {
  const auto config = config::Load(
      path, config::SystemEnvironment(policy::BuiltinContracts()), diagnostics);
  if (!config) return nullptr;
  return policy::Policy::Compile(*config, diagnostics);
}

// Decides the calls of logs, in their order, and reports.
class Diff {
 public:
  Diff(std::shared_ptr<const policy::Policy> before,
       std::shared_ptr<const policy::Policy> after)
      : before_(before, *before), after_(std::move(after), *before) {}

  // False, and said, if it cannot be read to its end.
  bool ReadLog(const std::string& path);
  void Finish() {
    while (Decide(/*all=*/true)) {
    }
    report_.AddLate(order_.late());
  }
  const DiffReport& report() const { return report_; }

 private:
  bool ReadLine(std::string_view line, const std::string& path,
                const LogFile& file);
  bool Decide(bool all) {
    const ReplayCall* call = order_.Pop(all);
    if (call == nullptr) return false;
    const ReplayOutcome before = before_.Decide(*call);
    const ReplayOutcome after = after_.Decide(*call);
    report_.Add(*call, before, after, logs_[call->log]);
    return true;
  }

  Replayer before_, after_;
  CallReader reader_;
  CallOrder order_;
  DiffReport report_;
  std::vector<std::string> logs_;
};

void ReportLine(const std::string& path, int64_t line, std::string_view what) {
  PrintError(StrCat(path, ":", line, ": error: ", what, "\n"));
}

// False, and said, if it is no line of an access log.
bool Diff::ReadLine(std::string_view line, const std::string& path,
                    const LogFile& file) {
  using Found = CallReader::Found;
  ReplayCall* call = order_.Slot();
  call->line = file.line();
  call->log = logs_.size() - 1;
  switch (reader_.Read(line, call)) {
    case Found::kCall:
      order_.Push();
      return true;
    case Found::kNotDecided:
      report_.AddNotDecided();
      return true;
    case Found::kNoRecord:
      report_.AddUnknown("written without access_log.replay");
      return true;
    case Found::kCutLine:
      report_.AddUnknown("the line is cut");
      return true;
    case Found::kNoLine:
      break;
  }
  ReportLine(path, file.line(), reader_.error());
  return false;
}

bool Diff::ReadLog(const std::string& path) {
  constexpr int64_t kLinesBetweenShows = 4096;
  logs_.push_back(path);
  const auto file = LogFile::Open(path);
  if (!file.ok()) {
    PrintError(StrCat("headgate: ", path, ": ",
                      FromAbsl(file.status().message()), "\n"));
    return false;
  }
  Progress progress("replaying");
  LogFile& log = **file;
  std::string_view line;
  while (log.Next(&line)) {
    if (!line.empty() && !ReadLine(line, path, log)) return false;
    while (Decide(/*all=*/false)) {
    }
    if (log.line() % kLinesBetweenShows == 0 && log.bytes() > 0) {
      progress.Show(log.bytes_read(), log.bytes());
    }
  }
  if (log.status().ok()) return true;
  ReportLine(path, log.line(), FromAbsl(log.status().message()));
  return false;
}

int RunDiff(const DiffOptions& options) {
  config::Diagnostics diagnostics;
  const auto before = LoadPolicy(options.before, &diagnostics);
  const auto after = LoadPolicy(options.after, &diagnostics);
  if (before == nullptr || after == nullptr) {
    PrintError(diagnostics.ToString(ErrorsTakeColor()));
    return kInvalidConfig;
  }
  Diff diff(before, after);
  for (const std::string& log : options.logs) {
    if (!diff.ReadLog(log)) return kInvalidLog;
  }
  diff.Finish();
  const DiffReport& report = diff.report();
  const std::string text = options.format == DiffFormat::kJson
                               ? report.Json()
                               : report.Pretty(OutputTakesColor());
  if (!PrintOut(text)) return kFailed;
  return report.changed() > 0 ? kFailed : kOk;
}

}  // namespace

std::function<int()> DeclareDiff(CLI::App* app) {
  auto options = std::make_shared<DiffOptions>();
  app->add_option("old", options->before, "The policy that wrote the log")
      ->type_name("OLD")
      ->required();
  app->add_option("new", options->after, "The policy to compare with it")
      ->type_name("NEW")
      ->required();
  app->add_option("--log", options->logs,
                  "An access log, or \"-\" for standard input; several in the "
                  "order of their times")
      ->type_name("FILE")
      ->required()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app->add_option("--format", options->format, "pretty or json")
      ->transform(OneOf(kFormats))
      ->type_name("FORMAT")
      ->option_text("FORMAT");
  return [options] { return RunDiff(*options); };
}

}  // namespace headgate::cli
