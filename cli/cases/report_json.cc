// The report as JSON: everything that the others say, and the traces.
#include <vector>

#include "base/json_writer.h"
#include "cli/cases/report_formats.h"
#include "proxy/admin_explain.h"

namespace headgate::cli {
namespace {

using Outcome = CaseResult::Outcome;

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "passed";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kSkipped:
      return "skipped";
  }
  return "";
}

void WriteMismatches(const std::vector<Mismatch>& mismatches,
                     JsonWriter* writer) {
  writer->Key("failures");
  writer->StartArray();
  for (const Mismatch& mismatch : mismatches) {
    writer->StartObject();
    writer->Member("at", mismatch.at.ToString());
    writer->Member("field", mismatch.field);
    writer->Member("expected", mismatch.expected);
    writer->Member("actual", mismatch.actual);
    writer->EndObject();
  }
  writer->EndArray();
}

void WriteCall(const FailedCall& call, JsonWriter* writer) {
  writer->StartObject();
  writer->Member("method", call.step->request.method);
  writer->Member("path", call.step->request.target);
  writer->Member("call", call.number);
  writer->Member("at_us", call.at_us);
  writer->Member("more_failed_calls", call.more);
  writer->Member("answer", call.answer);
  WriteMismatches(call.mismatches, writer);
  proxy::WriteTrace(call.trace, writer);
  writer->EndObject();
}

void WriteCase(const CaseResult& result, JsonWriter* writer) {
  writer->StartObject();
  writer->Member("name", result.test->name);
  writer->Member("at", result.test->at.ToString());
  writer->Member("outcome", OutcomeName(result.outcome));
  writer->Member("calls", result.calls);
  writer->Member("elapsed_us", result.elapsed_us);
  if (result.outcome == Outcome::kSkipped) {
    writer->Member("skipped_because", result.skipped_because);
  }
  if (result.outcome == Outcome::kFailed) {
    WriteMismatches(result.failed_counts, writer);
    writer->Key("failed_calls");
    writer->StartArray();
    for (const FailedCall& call : result.failed_calls) WriteCall(call, writer);
    writer->EndArray();
  }
  writer->EndObject();
}

}  // namespace

std::string WriteJson(const Report& report) {
  std::string text;
  JsonWriter writer(&text);
  writer.StartObject();
  for (const Outcome outcome :
       {Outcome::kPassed, Outcome::kFailed, Outcome::kSkipped}) {
    writer.Member(OutcomeName(outcome), report.Count(outcome));
  }
  writer.Member("elapsed_us", report.elapsed_us);
  writer.Key("files");
  writer.StartArray();
  for (const FileResults& file : report.files) {
    writer.StartObject();
    writer.Member("file", file.file->path);
    writer.Member("policy", file.file->policy_path);
    writer.Key("cases");
    writer.StartArray();
    for (const CaseResult& result : file.cases) WriteCase(result, &writer);
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
  if (report.mutation) {
    writer.Key("mutation");
    WriteMutation(*report.mutation, &writer);
  }
  writer.EndObject();
  return text + "\n";
}

}  // namespace headgate::cli
