#include "cli/cases/rows.h"

#include <utility>
#include <vector>

#include "base/strings.h"
#include "cli/cases/saved_values.h"
#include "config/reader.h"

namespace headgate::cli {
namespace {

using config::Entry;
using config::Node;

const std::vector<std::string> kRowKeys = {"expect", "upstream"};

bool IsRowKey(std::string_view key) {
  return key == "expect" || key == "upstream";
}

// Puts `over` into the case: in the place of what it has, or over its keys.
void Overlay(Entry over, Node* test) {
  Entry* under = nullptr;
  for (Entry& entry : test->entries) {
    if (entry.key == over.key) under = &entry;
  }
  if (under == nullptr) {
    test->entries.push_back(std::move(over));
    return;
  }
  if (over.key != "expect" || !under->value.is_map() || !over.value.is_map()) {
    *under = std::move(over);
    return;
  }
  under->value.at = over.value.at;
  std::erase_if(under->value.entries, [&over](const Entry& entry) {
    return over.value.Find(entry.key) != nullptr;
  });
  for (Entry& entry : over.value.entries) {
    under->value.entries.push_back(std::move(entry));
  }
}

}  // namespace

bool CheckRow(const Node& row, config::Diagnostics* diagnostics) {
  if (!row.is_map()) {
    return config::ReportUnexpected(row, "a map of variables", diagnostics);
  }
  bool good = true;
  for (const Entry& entry : row.entries) {
    if (IsRowKey(entry.key) || entry.value.is_scalar()) continue;
    config::ReportUnknown(entry.key_at,
                          StrCat("unknown key ", config::Quote(entry.key),
                                 ": a variable of a row is a text or a number"),
                          entry.key, kRowKeys, diagnostics);
    good = false;
  }
  return good;
}

Node ExpandRow(const Node* row, const Expansion& expansion) {
  Node variables;
  if (row == nullptr) return variables;
  for (const Entry& entry : row->entries) {
    if (IsRowKey(entry.key)) continue;
    variables.entries.push_back(
        {entry.key, entry.key_at, Expand(entry.value, expansion)});
  }
  return variables;
}

void AddRowVariables(const Node& variables, VariableScope* scope) {
  for (const Entry& entry : variables.entries) scope->Add(entry);
}

void AddSavedNames(const Node& test, VariableScope* scope) {
  const Node* steps = test.Find("steps");
  if (steps == nullptr) return;
  for (const Node& step : steps->items) {
    if (step.Find("repeat") != nullptr) scope->AddSaved(kCallVariable);
    const Node* save = step.Find("save");
    if (save == nullptr) continue;
    for (const Entry& entry : save->entries) scope->AddSaved(entry.key);
  }
}

Node ExpandTest(const Node& test, const Node* row, const Expansion& expansion) {
  Node expanded;
  expanded.kind = test.kind;
  expanded.at = test.at;
  for (const Entry& entry : test.entries) {
    if (entry.key == "each") continue;
    expanded.entries.push_back(
        {entry.key, entry.key_at, Expand(entry.value, expansion)});
  }
  if (row == nullptr) return expanded;
  for (const Entry& entry : row->entries) {
    if (!IsRowKey(entry.key)) continue;
    Overlay({entry.key, entry.key_at, Expand(entry.value, expansion)},
            &expanded);
  }
  return expanded;
}

std::string RowSuffix(const Node& test, const Node& row, int number) {
  const Node* name = test.Find("name");
  if (name != nullptr && !VariableNames(name->text).empty()) return "";
  std::vector<std::string> parts;
  for (const Entry& entry : row.entries) {
    if (IsRowKey(entry.key)) continue;
    parts.push_back(
        StrCat(entry.key, ": ", config::Printable(entry.value.text)));
  }
  if (parts.empty()) parts.push_back(StrCat("row ", number));
  return StrCat(" [", Join(parts, ", "), "]");
}

void ReportUnused(const Node& variables, const VariableScope& scope,
                  config::Diagnostics* diagnostics) {
  for (const Entry& entry : variables.entries) {
    if (scope.IsUsed(entry)) continue;
    config::ReportUnknown(
        entry.key_at,
        StrCat("nothing in the case uses ", config::Quote(entry.key)),
        entry.key, kRowKeys, diagnostics);
  }
}

}  // namespace headgate::cli
