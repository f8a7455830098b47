// What all formats share, and the one for people.
#include "cli/cases/report.h"

#include <algorithm>
#include <cstdio>

#include "base/strings.h"
#include "cli/cases/report_formats.h"
#include "config/source_line.h"

namespace headgate::cli {
namespace {

struct Palette {
  std::string_view bold, red, green, faint, plain;
};
constexpr Palette kColors = {"\033[1m", "\033[1;31m", "\033[1;32m", "\033[2m",
                             "\033[0m"};
constexpr Palette kNoColors = {};

const Palette& PaletteFor(bool color) { return color ? kColors : kNoColors; }

// `cases.yaml:11:37: status: expected 400, got 200`, the line and a caret.
void AppendMismatch(const Mismatch& mismatch, const Palette& with,
                    std::string* text) {
  StrAppend(text, "  ", with.bold, mismatch.at.ToString(), ": ", with.plain,
            DescribeMismatch(mismatch), "\n");
  const config::SourceLine line = config::QuoteLine(mismatch.at);
  if (line.text.empty()) return;
  StrAppend(text, "    ", line.text, "\n    ", with.red, line.carets,
            with.plain, "\n");
}

void AppendCall(const FailedCall& call, const Palette& with,
                std::string* text) {
  for (const Mismatch& mismatch : call.mismatches) {
    AppendMismatch(mismatch, with, text);
  }
  StrAppend(text, "  ", DescribeCall(call), "\n");
}

}  // namespace

int64_t Report::Count(CaseResult::Outcome outcome) const {
  int64_t count = 0;
  for (const FileResults& file : files) {
    count += std::count_if(file.cases.begin(), file.cases.end(),
                           [outcome](const CaseResult& result) {
                             return result.outcome == outcome;
                           });
  }
  return count;
}

int64_t Report::calls() const {
  int64_t calls = 0;
  for (const FileResults& file : files) {
    for (const CaseResult& result : file.cases) calls += result.calls;
  }
  return calls;
}

std::string DescribeMismatch(const Mismatch& mismatch) {
  return StrCat(mismatch.field, ": expected ", mismatch.expected, ", got ",
                mismatch.actual);
}

std::string DescribeCall(const FailedCall& call) {
  const CaseStep& step = *call.step;
  std::string text =
      StrCat(step.request.method, " ", config::Printable(step.request.target),
             " at ", CaseTimeText(call.at_us));
  if (step.repeat > 1) {
    StrAppend(&text, " (call ", call.number, " of ", step.repeat);
    if (call.more > 0) StrAppend(&text, ", and ", call.more, " more");
    text += ")";
  }
  StrAppend(&text, " was answered ", call.answer);
  return text;
}

std::string DescribeTrace(const policy::Trace& trace, bool color) {
  const Palette& with = PaletteFor(color);
  std::string text;
  for (const policy::TraceStep& step : trace.steps) {
    char name[32];
    std::snprintf(name, sizeof name, "%-13s", step.step.c_str());
    StrAppend(&text, step.passed ? with.green : with.red,
              step.passed ? "pass" : "FAIL", with.plain, "  ", name, step.rule);
    if (!step.value.empty()) {
      StrAppend(&text, ": ", config::Printable(step.value));
    }
    if (step.at.file != nullptr) {
      StrAppend(&text, with.faint, "  (", step.at.ToString(), ")", with.plain);
    }
    text += "\n";
  }
  return text;
}

std::string DescribeFailure(const CaseResult& result, bool color) {
  const Palette& with = PaletteFor(color);
  std::string text;
  for (const Mismatch& mismatch : result.failed_counts) {
    AppendMismatch(mismatch, with, &text);
  }
  for (const FailedCall& call : result.failed_calls) {
    AppendCall(call, with, &text);
    const std::string trace = DescribeTrace(call.trace, color);
    for (const std::string_view line : Split(trace, '\n')) {
      if (!line.empty()) StrAppend(&text, "    ", line, "\n");
    }
  }
  return text;
}

std::string Summary(const Report& report) {
  using Outcome = CaseResult::Outcome;
  const int64_t passed = report.Count(Outcome::kPassed);
  const int64_t failed = report.Count(Outcome::kFailed);
  const int64_t skipped = report.Count(Outcome::kSkipped);
  const int64_t cases = passed + failed + skipped;
  std::string text =
      StrCat(cases, cases == 1 ? " case: " : " cases: ", passed, " passed");
  if (failed > 0) StrAppend(&text, ", ", failed, " failed");
  if (skipped > 0) StrAppend(&text, ", ", skipped, " skipped");
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3f",
                static_cast<double>(report.elapsed_us) / 1e6);
  const int64_t calls = report.calls();
  StrAppend(&text, " (", calls, calls == 1 ? " call, " : " calls, ", seconds,
            " s)");
  return text;
}

std::string WritePretty(const Report& report, bool color) {
  const Palette& with = PaletteFor(color);
  std::string text;
  for (const FileResults& file : report.files) {
    for (const CaseResult& result : file.cases) {
      if (result.outcome == CaseResult::Outcome::kSkipped) {
        StrAppend(&text, "SKIP ", result.test->name, ": ",
                  result.skipped_because, "\n");
      }
      if (result.outcome != CaseResult::Outcome::kFailed) continue;
      StrAppend(&text, with.red, "FAIL", with.plain, " ", with.bold,
                result.test->name, with.plain, "\n",
                DescribeFailure(result, color), "\n");
    }
  }
  const bool failed = report.Count(CaseResult::Outcome::kFailed) > 0;
  StrAppend(&text, failed ? with.red : with.green, Summary(report), with.plain,
            "\n");
  return text;
}

std::string WriteReport(const Report& report, ReportFormat format, bool color) {
  switch (format) {
    case ReportFormat::kPretty:
      return WritePretty(report, color);
    case ReportFormat::kJson:
      return WriteJson(report);
    case ReportFormat::kTap:
      return WriteTap(report);
    case ReportFormat::kJunit:
      return WriteJunit(report);
    case ReportFormat::kGithub:
      return WriteGithub(report);
  }
  return "";
}

}  // namespace headgate::cli
