#include "policy/rule.h"

#include <utility>

#include "base/strings.h"

namespace headgate::policy {

Rule MakeRule(const Catalogue& catalogue, std::string name,
              const config::Location& at, Refusal refusal,
              const std::string& error) {
  const CatalogueError* row = error.empty() ? nullptr : catalogue.Find(error);
  if (row == nullptr) row = &catalogue.For(refusal);
  return Rule{std::move(name), at, refusal, row};
}

std::string_view CutText(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  const auto continues = [text](size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  while (end > 0 && continues(end)) --end;
  return text.substr(0, end);
}

bool Recorder::Denied(const Rule& rule, const Fault& fault) {
  decision_->outcome = Decision::Outcome::kDeny;
  decision_->refusal = rule.refusal;
  decision_->error = rule.error;
  decision_->rule = rule.name;
  if (!fault.aspect.empty()) StrAppend(&decision_->rule, ".", fault.aspect);
  // A rule without a place may be a temporary one.
  decision_->rule_at = rule.at.file != nullptr ? &rule.at : nullptr;
  decision_->value = CutText(fault.value, kFaultValueBytesMax);
  decision_->location = fault.location;
  decision_->bound = fault.bound;
  if (trace_ != nullptr) Record(rule, fault.aspect, fault.value, false);
  return false;
}

void Recorder::Record(const Rule& rule, std::string_view aspect,
                      std::string_view value, bool passed) {
  TraceStep step;
  step.step = step_;
  step.rule = rule.name;
  if (!aspect.empty()) StrAppend(&step.rule, ".", aspect);
  step.at = rule.at;
  step.value = CutText(value, kFaultValueBytesMax);
  step.passed = passed;
  trace_->steps.push_back(std::move(step));
}

}  // namespace headgate::policy
