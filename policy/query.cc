#include "policy/query.h"

#include <charconv>
#include <limits>

#include "base/percent.h"

namespace headgate::policy {
namespace {

constexpr int64_t kIntegerMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kIntegerMin = std::numeric_limits<int64_t>::min();

enum class Reading { kGood, kTooLarge, kNone };

// "-?(0|[1-9][0-9]*)"; a value beyond 64 bits becomes the nearest.
Reading ReadInteger(std::string_view text, int64_t* value) {
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const bool decimal =
      !digits.empty() &&
      digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (!decimal || (digits.size() > 1 && digits[0] == '0')) {
    return Reading::kNone;
  }
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), *value);
  if (result.ec == std::errc()) return Reading::kGood;
  *value = text[0] == '-' ? kIntegerMin : kIntegerMax;
  return Reading::kTooLarge;
}

}  // namespace

// What one Check carries from parameter to parameter.
struct CompiledQuery::Pass {
  std::string_view query;
  Decision* decision;
  Recorder* recorder;
  std::string* scratch;
  uint64_t seen = 0;  // by parameter
  size_t copied = 0;  // of `query`, into decision->query

  // `text`, a part of `query`, becomes `replacement` in what is forwarded.
  void Replace(std::string_view text, std::string_view replacement) {
    const size_t start = static_cast<size_t>(text.data() - query.data());
    decision->query.append(query.substr(copied, start - copied));
    decision->query.append(replacement);
    copied = start + text.size();
    decision->query_rewritten = true;
  }
};

CompiledQuery CompiledQuery::Compile(const CompileContext& context,
                                     const config::Operation& operation) {
  CompiledQuery query;
  if (operation.query.size() > kParametersMax) {
    context.diagnostics->Add(
        operation.at, StrCat("operation \"", operation.name, "\" has ",
                             operation.query.size(), " query parameters; at ",
                             "most ", kParametersMax, " are supported"));
    return query;
  }
  for (const config::QuerySpec& spec : operation.query) {
    Parameter parameter;
    parameter.spec = spec;
    Placement place;
    place.rule = StrCat(context.operation, ".query.", spec.name);
    place.value = spec.value;
    place.error = spec.error;
    place.place_error_wins = true;
    place.refusal = Refusal::kInvalidQuery;
    place.at = spec.at;
    parameter.value = PlacedValue::Compile(context, place);
    parameter.rule = MakeRule(context.catalogue, place.rule, spec.at,
                              Refusal::kInvalidQuery, spec.error);
    query.parameters_.push_back(parameter);
  }
  return query;
}

int CompiledQuery::Find(std::string_view raw_name, std::string* scratch) const {
  std::string_view name = raw_name;
  if (name.find_first_of("%+") != std::string_view::npos) {
    if (!FormDecode(name, scratch)) return -1;
    name = *scratch;
  }
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (parameters_[i].spec.name == name) return static_cast<int>(i);
  }
  return -1;
}

bool CompiledQuery::Check(std::string_view query, Decision* decision,
                          Recorder* recorder, std::string* scratch) const {
  if (parameters_.empty() || query.empty()) return true;
  Pass pass{query, decision, recorder, scratch};
  for (size_t at = 0; at <= query.size();) {
    const std::string_view part = query.substr(at, query.find('&', at) - at);
    at += part.size() + 1;
    const size_t equals = part.find('=');
    const int index = Find(part.substr(0, equals), scratch);
    if (index < 0) continue;
    const Parameter& parameter = parameters_[static_cast<size_t>(index)];
    const std::string_view text = equals == std::string_view::npos
                                      ? part.substr(part.size())
                                      : part.substr(equals + 1);
    const uint64_t bit = uint64_t{1} << index;
    if ((pass.seen & bit) != 0) {
      return recorder->Denied(parameter.rule,
                              {"repeated", text, parameter.spec.name, 1});
    }
    pass.seen |= bit;
    if (!CheckParameter(parameter, text, &pass)) return false;
  }
  if (decision->query_rewritten)
    decision->query.append(query.substr(pass.copied));
  return true;
}

bool CompiledQuery::CheckParameter(const Parameter& parameter,
                                   std::string_view text, Pass* pass) const {
  return parameter.spec.integer || parameter.spec.at_most
             ? CheckInteger(parameter, text, pass)
             : CheckValue(parameter, text, pass);
}

bool CompiledQuery::CheckInteger(const Parameter& parameter,
                                 std::string_view text, Pass* pass) const {
  const config::QuerySpec& spec = parameter.spec;
  const config::Range range =
      spec.integer.value_or(config::Range{kIntegerMin, kIntegerMax});
  std::string_view decoded = text;
  if (text.find_first_of("%+") != std::string_view::npos &&
      FormDecode(text, pass->scratch)) {
    decoded = *pass->scratch;
  }
  int64_t value = 0;
  const Reading reading = ReadInteger(decoded, &value);
  if (reading == Reading::kNone) {
    return pass->recorder->Denied(parameter.rule,
                                  {"integer", decoded, spec.name});
  }
  const bool clamps = spec.at_most && value > *spec.at_most;
  const bool lost = reading == Reading::kTooLarge && !clamps;
  if (value < range.min || value > range.max || lost) {
    const int64_t bound = value < range.min ? range.min : range.max;
    return pass->recorder->Denied(parameter.rule,
                                  {"range", decoded, spec.name, bound});
  }
  pass->recorder->Passed(parameter.rule, decoded);
  if (clamps) {
    char digits[24];
    const auto end =
        std::to_chars(digits, digits + sizeof(digits), *spec.at_most);
    pass->Replace(
        text, std::string_view(digits, static_cast<size_t>(end.ptr - digits)));
  }
  return true;
}

bool CompiledQuery::CheckValue(const Parameter& parameter,
                               std::string_view text, Pass* pass) const {
  std::string value;
  if (!FormDecode(text, &value)) {
    return pass->recorder->Denied(parameter.rule,
                                  {"encoding", text, parameter.spec.name});
  }
  if (!parameter.value.Check(value, parameter.spec.name, pass->recorder,
                             pass->scratch)) {
    return false;
  }
  if (parameter.value.NeedsFold(value)) {
    std::string folded;
    PercentEncodeSegment(AsciiLower(value), &folded);
    pass->Replace(text, folded);
  }
  return true;
}

}  // namespace headgate::policy
