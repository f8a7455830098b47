// Any bytes as a file of policy tests: it is loaded, or refused with a reason.
// What was loaded runs against a policy, small cases only: twice, with the same
// outcome.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "cli/cases/load.h"
#include "cli/cases/report.h"
#include "cli/cases/runner.h"
#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "policy/policy.h"

namespace {

using headgate::cli::CaseFile;
using headgate::cli::CaseResult;
using headgate::cli::Runner;

constexpr char kPolicy[] = R"(listeners: [{address: "127.0.0.1:0"}]
services:
  agora-chat:
    upstream: {servers: ["http://127.0.0.1:9001"]}
)";
constexpr int64_t kCallsMax = 1000;

std::shared_ptr<const headgate::policy::Policy> MakePolicy() {
  headgate::config::Diagnostics diagnostics;
  const auto config = headgate::config::LoadText(
      "headgate.yaml", kPolicy,
      headgate::config::SystemEnvironment(headgate::policy::BuiltinContracts()),
      &diagnostics);
  return headgate::policy::Policy::Compile(*config, &diagnostics);
}

void RunAll(const CaseFile& file) {
  static const auto policy = MakePolicy();
  Runner runner(policy, {});
  headgate::cli::Report report;
  report.files.push_back({.file = &file, .cases = {}});
  for (const headgate::cli::Case& test : file.cases) {
    const CaseResult result = runner.Run(file, test);
    if (result.passed() != runner.Passes(file, test)) std::abort();
    report.files[0].cases.push_back(result);
  }
  using Format = headgate::cli::ReportFormat;
  for (const Format format : {Format::kPretty, Format::kJson, Format::kTap,
                              Format::kJunit, Format::kGithub}) {
    WriteReport(report, format, /*color=*/false);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  headgate::config::Diagnostics diagnostics;
  const std::optional<CaseFile> file =
      headgate::cli::LoadCasesText("fuzz.yaml", text, &diagnostics);
  if (file.has_value() != diagnostics.empty()) std::abort();
  if (file && file->calls() <= kCallsMax) RunAll(*file);
  return 0;
}
