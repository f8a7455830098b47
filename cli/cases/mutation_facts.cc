#include "cli/cases/mutation_facts.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/strings.h"

namespace headgate::cli {
namespace {

bool IsPartOf(std::string_view rule, std::string_view whole) {
  return rule.starts_with(whole) &&
         (rule.size() == whole.size() || rule[whole.size()] == '.');
}

// Whether one of them is an aspect of the other: "a.b.length" of "a.b".
bool AreRelated(std::string_view a, std::string_view b) {
  return IsPartOf(a, b) || IsPartOf(b, a);
}

bool HasRelated(const std::set<std::string>& rules, std::string_view rule) {
  return std::any_of(rules.begin(), rules.end(), [rule](const auto& other) {
    return AreRelated(other, rule);
  });
}

// As they are, percent-encoded, or as JSON's escapes.
bool HasBeyondAscii(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return true;
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("\\u")) return true;
    if (rest.size() > 1 && rest[0] == '%' && HexDigit(rest[1]) >= 8) {
      return true;
    }
  }
  return false;
}

bool CanNotice(const CaseFacts& facts, const Mutant& mutant) {
  if (mutant.beyond_ascii && !facts.beyond_ascii) return false;
  if (mutant.operation != nullptr && !mutant.reroutes) {
    return facts.operations.contains(mutant.operation);
  }
  return mutant.service == nullptr || facts.services.contains(mutant.service);
}

// The smaller, the likelier.
int RankOf(const CaseFacts& facts, const Mutant& mutant) {
  if (facts.errors.contains(mutant.error)) return 0;
  if (HasRelated(facts.denied, mutant.rule)) return 1;
  if (HasRelated(facts.passed, mutant.rule)) return 2;
  return 3;
}

const policy::CatalogueError* AnsweredRow(const CallOutcome& outcome) {
  if (outcome.local_error != nullptr) return outcome.local_error;
  if (outcome.mapped.error != nullptr) return outcome.mapped.error;
  if (outcome.status < 400) return nullptr;
  return outcome.decision.service->catalogue->Recognize(outcome.status,
                                                        outcome.body);
}

}  // namespace

void MutationFacts::Begin(const CaseFile& file, const Case& test) {
  CaseFacts facts;
  facts.file = &file;
  facts.test = &test;
  for (const CaseStep& step : test.steps) {
    facts.calls += step.repeat;
    facts.hashes |= step.request.body.find("password") != std::string::npos;
    facts.calls_operations_only &= !step.request.uses_saved;
    facts.beyond_ascii |= HasBeyondAscii(step.request.target) ||
                          HasBeyondAscii(step.request.body);
  }
  cases_.push_back(std::move(facts));
}

void MutationFacts::OnCall(const ObservedCall& call) {
  const policy::Decision& decision = call.outcome.decision;
  CaseFacts& facts = cases_.back();
  if (decision.operation == nullptr) facts.calls_operations_only = false;
  if (decision.service == nullptr) return;
  facts.services.insert(decision.service);
  if (decision.operation != nullptr) {
    facts.operations.insert(decision.operation);
    called_.insert(decision.operation);
    // So that a mutant of its whole finds it.
    facts.passed.insert(decision.operation->name);
  }
  const bool here = !decision.service->spec.upstream;
  facts.standalone |= here;
  for (const policy::TraceStep& step : call.trace.steps) {
    (step.passed ? facts.passed : facts.denied).insert(step.rule);
  }
  const policy::CatalogueError* row = AnsweredRow(call.outcome);
  if (row == nullptr) return;
  facts.errors.insert(row->name);
  if (here) answered_here_.insert(row);
}

std::vector<const CaseFacts*> MutationFacts::CasesFor(
    const Mutant& mutant) const {
  using Ranked = std::tuple<int, int, int64_t, size_t>;
  std::vector<Ranked> ranked;
  for (size_t i = 0; i < cases_.size(); ++i) {
    const CaseFacts& facts = cases_[i];
    if (!CanNotice(facts, mutant)) continue;
    const int cost = !facts.standalone ? 0 : facts.hashes ? 2 : 1;
    ranked.emplace_back(cost, RankOf(facts, mutant), facts.calls, i);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<const CaseFacts*> cases;
  cases.reserve(ranked.size());
  for (const Ranked& one : ranked) cases.push_back(&cases_[std::get<3>(one)]);
  return cases;
}

}  // namespace headgate::cli
