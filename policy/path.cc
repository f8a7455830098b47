#include "policy/path.h"

#include <algorithm>
#include <utility>

#include "base/percent.h"

namespace headgate::policy {

using Kind = TemplateSegment::Kind;

CompiledPath CompiledPath::Compile(const CompileContext& context,
                                   const config::Operation& operation,
                                   std::vector<TemplateSegment> segments) {
  CompiledPath path;
  path.segments_ = std::move(segments);
  for (const TemplateSegment& segment : path.segments_) {
    if (segment.kind == Kind::kLiteral) continue;
    path.variables_.push_back(CompileVariable(context, operation, segment));
  }
  return path;
}

CompiledPath::Variable CompiledPath::CompileVariable(
    const CompileContext& context, const config::Operation& operation,
    const TemplateSegment& segment) {
  config::PathSpec spec;
  spec.at = operation.request_at;
  const auto own = operation.path_variables.find(segment.text);
  if (own != operation.path_variables.end()) spec = own->second;

  Variable variable;
  variable.name = segment.text;
  variable.tail = segment.kind == Kind::kTail;
  variable.separator = segment.separator;
  variable.items = spec.items;
  Placement place;
  place.rule = StrCat(context.operation, ".path.", segment.text);
  place.value = spec.value.empty() ? segment.text : spec.value;
  place.error = spec.error;
  place.place_error_wins = true;
  place.at = spec.at;
  variable.value = PlacedValue::Compile(context, place);
  const std::string items = StrCat(place.rule, ".items");
  const config::Location& at =
      spec.items_at.file != nullptr ? spec.items_at : spec.at;
  variable.too_many =
      MakeRule(context.catalogue, items, at, Refusal::kInvalid, spec.too_many);
  variable.too_few =
      MakeRule(context.catalogue, items, at, Refusal::kInvalid, spec.too_few);
  return variable;
}

bool CompiledPath::Decode(absl::Span<const std::string_view> raw,
                          Decision* decision, std::string* scratch) const {
  decision->variables.clear();
  decision->variable_text.clear();
  // Decoding makes nothing longer: the text stays where the views see it.
  size_t bytes = 0;
  for (const std::string_view text : raw) bytes += text.size();
  decision->variable_text.reserve(bytes);
  for (size_t i = 0; i < variables_.size(); ++i) {
    const Variable& variable = variables_[i];
    std::string_view text = raw[i];
    if (!variable.tail && text.find('%') != std::string_view::npos) {
      if (!PercentDecode(text, scratch)) return false;
      text = *scratch;
    }
    const size_t start = decision->variable_text.size();
    decision->variable_text.append(text);
    if (variable.value.folds()) {
      char* folded = decision->variable_text.data() + start;
      std::transform(folded, folded + text.size(), folded,
                     [](char c) { return AsciiLower(c); });
    }
    decision->variables.emplace_back(
        variable.name, std::string_view(decision->variable_text).substr(start));
  }
  return true;
}

bool CompiledPath::Check(const Decision& decision, Recorder* recorder,
                         std::string* scratch) const {
  for (size_t i = 0; i < variables_.size(); ++i) {
    const Variable& variable = variables_[i];
    const std::string_view text = decision.variables[i].second;
    const bool passes =
        variable.separator != 0
            ? CheckList(variable, text, recorder, scratch)
            : variable.value.Check(text, variable.name, recorder, scratch);
    if (!passes) return false;
  }
  return true;
}

// The count comes first: a million names are refused without a look at them.
bool CompiledPath::CheckList(const Variable& variable, std::string_view text,
                             Recorder* recorder, std::string* scratch) {
  const auto items =
      std::count(text.begin(), text.end(), variable.separator) + 1;
  const config::Range& range = variable.items;
  if (items > range.max) {
    return recorder->Denied(variable.too_many,
                            {.location = variable.name, .bound = range.max});
  }
  if (items < range.min) {
    return recorder->Denied(variable.too_few,
                            {.location = variable.name, .bound = range.min});
  }
  if (recorder->tracing()) {
    recorder->Passed(variable.too_many, StrCat(items));
  }
  std::string_view rest = text;
  for (int64_t i = 0; i < items; ++i) {
    const std::string_view item = rest.substr(0, rest.find(variable.separator));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    if (variable.value.Judge(item, scratch) != CompiledValue::Verdict::kOk) {
      const std::string location = StrCat(variable.name, "[", i, "]");
      return variable.value.Deny(item, location, recorder, scratch);
    }
    if (recorder->tracing()) recorder->Passed(variable.value.rule(), item);
  }
  return true;
}

void CompiledPath::Write(const Decision& decision, std::string* path) const {
  size_t next = 0;
  for (const TemplateSegment& segment : segments_) {
    path->push_back('/');
    if (segment.kind == Kind::kLiteral) {
      path->append(segment.text);
      continue;
    }
    const std::string_view text = decision.variables[next++].second;
    if (segment.kind == Kind::kTail) {
      path->append(text);
    } else {
      PercentEncodeSegment(text, path);
    }
  }
  if (segments_.empty()) path->push_back('/');
}

}  // namespace headgate::policy
