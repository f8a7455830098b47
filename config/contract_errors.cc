// `errors:`, `refusals:` and `upstream_answers:` of a contract file.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "config/contract_defaults.h"
#include "config/contract_reader.h"

namespace headgate::config {
namespace {

constexpr Range kErrorStatus = {.min = 400, .max = 599};

void ReadShape(const Node& node, const ContractReading& reading) {
  if (!node.is_map() || node.entries.empty()) {
    ReportUnexpected(node, "a map of JSON members", reading.diagnostics);
    return;
  }
  ErrorShape& shape = reading.contract->shape;
  const bool was_neutral = shape.at.file == nullptr;
  if (was_neutral) shape.content_type = ErrorShape().content_type;
  shape.members.clear();
  shape.at = node.at;
  for (const Entry& entry : node.entries) {
    std::string text;
    if (!ReadString(entry.value, reading.diagnostics, &text)) continue;
    Template parts;
    if (!ParseTextTemplate(text, &parts)) {
      reading.diagnostics->Add(entry.value.at, "a brace has no partner",
                               "write {{ and }} for braces");
    }
    shape.members.emplace_back(entry.key, std::move(text));
  }
}

void ReadError(const Entry& entry, const Strings& attributes,
               const ContractReading& reading) {
  auto& errors = reading.contract->errors;
  const bool is_new = !errors.contains(entry.key);
  ErrorSpec& error = errors[entry.key];
  error.name = entry.key;
  error.at = entry.key_at;
  MapReader map(entry.value, reading.diagnostics);
  if (is_new && entry.value.is_map()) map.Require("status");
  map.Integer("status", kErrorStatus, &error.status);
  for (const std::string& attribute : attributes) {
    std::string text;
    if (!map.String(attribute, &text)) continue;
    error.attributes[attribute] = std::move(text);
    error.attributes_at[attribute] = entry.value.Find(attribute)->at;
  }
}

// "503", "5xx", "500..504".
bool ReadStatus(const Node& node, Diagnostics* diagnostics,
                UpstreamRule* rule) {
  const std::string& text = node.text;
  if (node.is_scalar() && text.size() == 3 && text.ends_with("xx") &&
      text[0] >= '1' && text[0] <= '5') {
    rule->status_min = (text[0] - '0') * 100;
    rule->status_max = rule->status_min + 99;
    return true;
  }
  constexpr std::string_view kExpected =
      "a status such as 503, 5xx or 500..504";
  Diagnostics ignored;
  Range range;
  if (!ReadRange(node, &ignored, &range) || range.min < 100 ||
      range.max > 599) {
    return ReportUnexpected(node, kExpected, diagnostics);
  }
  rule->status_min = static_cast<int>(range.min);
  rule->status_max = static_cast<int>(range.max);
  return true;
}

void ReadUpstreamRule(const Node& node, const ContractReading& reading) {
  const Strings failures = {"connect", "timeout", "protocol", "tls"};
  UpstreamRule rule;
  rule.at = node.at;
  MapReader map(node, reading.diagnostics);
  if (const Node* when = map.Require("when")) {
    MapReader condition(*when, reading.diagnostics);
    const Node* status = condition.Find("status");
    size_t failure = 0;
    if (condition.Choice("failure", failures, &failure)) {
      rule.failure = failures[failure];
    }
    if (status != nullptr) ReadStatus(*status, reading.diagnostics, &rule);
    const bool one = (status == nullptr) != (when->Find("failure") == nullptr);
    if (when->is_map() && !one) {
      reading.diagnostics->Add(when->at,
                               "expected either \"failure\" or \"status\"");
    }
  }
  map.Require("answer");
  ReadErrorName(&map, "answer", reading, &rule.answer);
  reading.contract->upstream_answers.push_back(std::move(rule));
}

}  // namespace

bool CheckErrorName(const Node& node, const ContractReading& reading) {
  const auto& errors = reading.contract->errors;
  if (errors.contains(node.text)) return true;
  Strings known;
  for (const auto& [name, error] : errors) known.push_back(name);
  ReportUnknown(node.at, "unknown error " + Quote(node.text), node.text, known,
                reading.diagnostics);
  return false;
}

void ReadErrorName(MapReader* map, std::string_view key,
                   const ContractReading& reading, std::string* name) {
  const Node* node = map->Find(key);
  if (node != nullptr && ReadString(*node, reading.diagnostics, name)) {
    CheckErrorName(*node, reading);
  }
}

void ReadErrors(const Node& node, const ContractReading& reading) {
  if (!node.is_map()) {
    ReportUnexpected(node, "a map of errors", reading.diagnostics);
    return;
  }
  ErrorShape& shape = reading.contract->shape;
  if (const Node* given = node.Find("shape")) ReadShape(*given, reading);
  if (shape.members.empty()) shape = NeutralShape();
  if (const Node* type = node.Find("content_type")) {
    ReadString(*type, reading.diagnostics, &shape.content_type);
  }
  const Strings attributes = ShapeAttributes(shape);
  for (const Entry& entry : node.entries) {
    if (entry.key == "shape" || entry.key == "content_type") continue;
    ReadError(entry, attributes, reading);
  }
}

void ReadRefusals(const Node& node, const ContractReading& reading) {
  if (!node.is_map()) {
    ReportUnexpected(node, "a map of refusals", reading.diagnostics);
    return;
  }
  const Strings known = RefusalNames();
  for (const Entry& entry : node.entries) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      ReportUnknown(entry.key_at, "unknown refusal " + Quote(entry.key),
                    entry.key, known, reading.diagnostics);
      continue;
    }
    std::string& answer = reading.contract->refusals[entry.key];
    if (ReadString(entry.value, reading.diagnostics, &answer)) {
      CheckErrorName(entry.value, reading);
    }
  }
}

void ReadUpstreamAnswers(const Node& node, const ContractReading& reading) {
  if (!node.is_list()) {
    ReportUnexpected(node, "a list", reading.diagnostics);
    return;
  }
  reading.contract->upstream_answers.clear();
  for (const Node& rule : node.items) ReadUpstreamRule(rule, reading);
}

}  // namespace headgate::config
