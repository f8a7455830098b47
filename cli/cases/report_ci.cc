// The formats that CI systems read. What a case is called, and what came over
// the wire, may be any text: each format's own escapes are used on all of it.
#include <cstdio>
#include <vector>

#include "base/json_writer.h"
#include "base/strings.h"
#include "cli/cases/report_formats.h"

namespace headgate::cli {
namespace {

using Outcome = CaseResult::Outcome;

// All that was not met, in the order of the calls.
std::vector<Mismatch> AllMismatches(const CaseResult& result) {
  std::vector<Mismatch> all = result.failed_counts;
  for (const FailedCall& call : result.failed_calls) {
    all.insert(all.end(), call.mismatches.begin(), call.mismatches.end());
  }
  return all;
}

std::string Seconds(int64_t us) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", static_cast<double>(us) / 1e6);
  return text;
}

// ---- XML -------------------------------------------------------------------

// XML 1.0 has no control characters but tab and the ends of lines; an
// attribute has those escaped.
std::string XmlText(std::string_view text, bool attribute = true) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\n':
        escaped += attribute ? "&#10;" : "\n";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return escaped;
}

void AppendJunitCase(const FileResults& file, const CaseResult& result,
                     std::string* text) {
  StrAppend(text, "    <testcase name=\"", XmlText(result.test->name),
            "\" classname=\"", XmlText(file.file->path), "\" file=\"",
            XmlText(file.file->path), "\" line=\"", result.test->at.line,
            "\" time=\"", Seconds(result.elapsed_us), "\"");
  if (result.outcome == Outcome::kPassed) {
    *text += "/>\n";
    return;
  }
  *text += ">\n";
  if (result.outcome == Outcome::kSkipped) {
    StrAppend(text, "      <skipped message=\"",
              XmlText(result.skipped_because), "\"/>\n");
  } else {
    const std::vector<Mismatch> all = AllMismatches(result);
    StrAppend(text, "      <failure type=\"expectation\" message=\"",
              XmlText(all.empty() ? "" : DescribeMismatch(all.front())), "\">",
              XmlText(DescribeFailure(result, false), false), "</failure>\n");
  }
  *text += "    </testcase>\n";
}

std::string JunitCounts(const Report& report) {
  const int64_t failed = report.Count(Outcome::kFailed);
  const int64_t skipped = report.Count(Outcome::kSkipped);
  const int64_t tests = report.Count(Outcome::kPassed) + failed + skipped;
  return StrCat("tests=\"", tests, "\" failures=\"", failed,
                "\" errors=\"0\" skipped=\"", skipped, "\" time=\"",
                Seconds(report.elapsed_us), "\"");
}

// ---- GitHub ----------------------------------------------------------------

// https://docs.github.com/actions: workflow commands.
std::string GithubText(std::string_view text, bool property) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%') {
      escaped += "%25";
    } else if (c == '\n') {
      escaped += "%0A";
    } else if (c == '\r') {
      escaped += "%0D";
    } else if (property && c == ':') {
      escaped += "%3A";
    } else if (property && c == ',') {
      escaped += "%2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

void AppendGithubError(const CaseResult& result, std::string* text) {
  const std::vector<Mismatch> all = AllMismatches(result);
  const config::Location& at = all.empty() ? result.test->at : all.front().at;
  StrAppend(text, "::error file=",
            GithubText(at.file != nullptr ? at.file->name : "", true),
            ",line=", at.line, ",col=", at.column,
            ",title=", GithubText(result.test->name, true),
            "::", GithubText(DescribeFailure(result, false), false), "\n");
}

// ---- TAP -------------------------------------------------------------------

// A description ends at its line, and at '#', which begins a directive.
std::string TapText(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '#' || c == '\\') escaped += '\\';
    escaped += c == '\n' || c == '\r' ? ' ' : c;
  }
  return escaped;
}

void AppendTapFailure(const CaseResult& result, std::string* text) {
  *text += "  ---\n  failures:\n";
  for (const Mismatch& mismatch : AllMismatches(result)) {
    *text += "    - at: ";
    AppendJsonString(mismatch.at.ToString(), text);
    *text += "\n      message: ";
    AppendJsonString(DescribeMismatch(mismatch), text);
    *text += "\n";
  }
  *text += "  ...\n";
}

}  // namespace

std::string WriteJunit(const Report& report) {
  std::string text =
      StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ",
             JunitCounts(report), ">\n");
  for (const FileResults& file : report.files) {
    Report part;
    part.files.push_back(file);
    for (const CaseResult& result : file.cases) {
      part.elapsed_us += result.elapsed_us;
    }
    StrAppend(&text, "  <testsuite name=\"", XmlText(file.file->path), "\" ",
              JunitCounts(part), ">\n");
    for (const CaseResult& result : file.cases) {
      AppendJunitCase(file, result, &text);
    }
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

std::string WriteGithub(const Report& report) {
  std::string text;
  for (const FileResults& file : report.files) {
    for (const CaseResult& result : file.cases) {
      if (result.outcome == Outcome::kFailed) AppendGithubError(result, &text);
    }
  }
  return StrCat(text, Summary(report), "\n");
}

std::string WriteTap(const Report& report) {
  size_t count = 0;
  for (const FileResults& file : report.files) count += file.cases.size();
  std::string text = StrCat("TAP version 14\n1..", count, "\n");
  int64_t number = 0;
  for (const FileResults& file : report.files) {
    for (const CaseResult& result : file.cases) {
      const bool failed = result.outcome == Outcome::kFailed;
      StrAppend(&text, failed ? "not ok " : "ok ", ++number, " - ",
                TapText(result.test->name));
      if (result.outcome == Outcome::kSkipped) {
        StrAppend(&text, " # SKIP ", TapText(result.skipped_because));
      }
      text += "\n";
      if (failed) AppendTapFailure(result, &text);
    }
  }
  return text;
}

}  // namespace headgate::cli
