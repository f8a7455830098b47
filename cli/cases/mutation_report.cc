#include "cli/cases/mutation_report.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "base/strings.h"
#include "cli/cases/coverage.h"

namespace headgate::cli {
namespace {

using Fate = MutantResult::Fate;

std::string_view FateName(Fate fate) {
  switch (fate) {
    case Fate::kKilled:
      return "killed";
    case Fate::kSurvived:
      return "survived";
    case Fate::kEquivalent:
      return "equivalent";
  }
  return "";
}

std::string SecondsText(int64_t us) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(us) / 1e6);
  return text;
}

// An operation that no case calls is one thing to do, not fifty.
void AppendSurvivors(const MutationReport& report, std::string* text) {
  const auto place = [](const MutantResult& mutant) {
    return StrCat(mutant.uncalled_at.ToString(), " ", mutant.uncalled);
  };
  std::map<std::string, int64_t> uncalled;
  for (const MutantResult& mutant : report.mutants) {
    if (mutant.fate == Fate::kSurvived) ++uncalled[place(mutant)];
  }
  for (const MutantResult& mutant : report.mutants) {
    if (mutant.fate != Fate::kSurvived) continue;
    if (mutant.uncalled.empty()) {
      StrAppend(text, "  ", mutant.at.ToString(), ": ", mutant.name,
                "\n    missing: ", mutant.missing, "\n");
      continue;
    }
    int64_t& count = uncalled[place(mutant)];
    if (count == 0) continue;
    StrAppend(text, "  ", mutant.uncalled_at.ToString(), ": ", mutant.uncalled,
              ": no case calls it (", count,
              count == 1 ? " mutant)\n" : " mutants)\n");
    count = 0;
  }
}

}  // namespace

int64_t MutationReport::Count(MutantResult::Fate fate) const {
  return std::count_if(
      mutants.begin(), mutants.end(),
      [fate](const MutantResult& mutant) { return mutant.fate == fate; });
}

double MutationReport::score() const {
  const auto killed = static_cast<double>(Count(Fate::kKilled));
  const auto survived = static_cast<double>(Count(Fate::kSurvived));
  return survived == 0 ? 100.0 : 100.0 * killed / (killed + survived);
}

std::string DescribeMutation(const MutationReport& report) {
  const int64_t killed = report.Count(Fate::kKilled);
  const int64_t survived = report.Count(Fate::kSurvived);
  const int64_t equivalent = report.Count(Fate::kEquivalent);
  std::string text =
      StrCat("mutation: ", PercentText(report.score()), " (", killed, " of ",
             killed + survived, " mutants killed");
  if (equivalent > 0) StrAppend(&text, ", ", equivalent, " equivalent");
  StrAppend(&text, "; ", report.case_runs, " case runs, ",
            SecondsText(report.elapsed_us), " s)\n");
  AppendSurvivors(report, &text);
  if (equivalent > 0) text += "equivalent, as the case files say:\n";
  for (const MutantResult& mutant : report.mutants) {
    if (mutant.fate != Fate::kEquivalent) continue;
    StrAppend(&text, "  ", mutant.name, ": ", mutant.because, "\n");
  }
  return text;
}

void WriteMutation(const MutationReport& report, JsonWriter* writer) {
  writer->StartObject();
  writer->Key("score");
  writer->Number(report.score());
  for (const Fate fate : {Fate::kKilled, Fate::kSurvived, Fate::kEquivalent}) {
    writer->Member(FateName(fate), report.Count(fate));
  }
  writer->Member("case_runs", report.case_runs);
  writer->Member("elapsed_us", report.elapsed_us);
  writer->Key("mutants");
  writer->StartArray();
  for (const MutantResult& mutant : report.mutants) {
    writer->StartObject();
    writer->Member("mutant", mutant.name);
    writer->Member("at", mutant.at.ToString());
    writer->Member("fate", FateName(mutant.fate));
    if (mutant.fate == Fate::kSurvived) {
      writer->Member("missing", mutant.missing);
    } else if (mutant.fate == Fate::kKilled) {
      writer->Member("killed_by", mutant.killed_by);
    } else {
      writer->Member("because", mutant.because);
    }
    writer->EndObject();
  }
  writer->EndArray();
  writer->EndObject();
}

}  // namespace headgate::cli
