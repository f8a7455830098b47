#include "policy/placed_value.h"

#include "base/percent.h"
#include "base/strings.h"

namespace headgate::policy {

using Verdict = CompiledValue::Verdict;

bool NamesSecret(std::string_view name) {
  const std::string lower = AsciiLower(name);
  for (const std::string_view word : {"token", "secret", "password"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

PlacedValue PlacedValue::Compile(const CompileContext& context,
                                 const Placement& placement) {
  PlacedValue placed;
  config::ValueSpec spec;
  spec.at = placement.at;
  const auto found = context.values.find(placement.value);
  if (found != context.values.end() && found->second != nullptr) {
    placed.value_ = found->second.get();
    spec = placed.value_->spec();
  }
  const std::string of_value = spec.error.value_or("");
  const bool takes_place = !placement.error.empty() &&
                           (placement.place_error_wins || of_value.empty());
  const std::string& error = takes_place ? placement.error : of_value;
  placed.rule_ = MakeRule(context.catalogue, placement.rule, spec.at,
                          placement.refusal, error);
  placed.empty_rule_ = MakeRule(context.catalogue, placement.rule, spec.at,
                                placement.refusal, spec.empty.value_or(error));
  // The last part names the field: "login.body.password".
  placed.secret_ =
      NamesSecret(Split(placement.rule, '.').back()) && !placement.rule.empty();
  return placed;
}

Verdict PlacedValue::Judge(std::string_view text, std::string* scratch) const {
  if (value_ != nullptr) return value_->Check(text, scratch);
  return IsUtf8(text) ? Verdict::kOk : Verdict::kUtf8;
}

bool PlacedValue::Deny(std::string_view text, std::string_view location,
                       Recorder* recorder, std::string* scratch) const {
  const Verdict verdict = Judge(text, scratch);
  Fault fault;
  fault.aspect = VerdictName(verdict);
  fault.value = shown(text);
  fault.location = location;
  if (verdict == Verdict::kLength) fault.bound = value_->LengthBound(text);
  return recorder->Denied(text.empty() ? empty_rule_ : rule_, fault);
}

}  // namespace headgate::policy
