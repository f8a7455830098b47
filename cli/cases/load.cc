#include "cli/cases/load.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/time/time.h"
#include "base/strings.h"
#include "cli/cases/expand.h"
#include "cli/cases/rows.h"
#include "cli/cases/sections.h"
#include "config/file_path.h"
#include "config/reader.h"

namespace headgate::cli {
namespace {

using config::Entry;
using config::MapReader;
using config::Node;

// What the file says once for all its cases.
struct Defaults {
  std::vector<CaseField> headers;
  const Node* app = nullptr;  // variables
  std::optional<ScriptedAnswer> upstream;
};

// Reads one file.
class FileReader {
 public:
  FileReader(CaseFile* file, config::Diagnostics* diagnostics)
      : file_(file),
        diagnostics_(diagnostics),
        budget_(kExpandedNodesMax, kExpandedBytesMax) {}

  void Read(const Node& root) {
    MapReader map(root, diagnostics_);
    if (const Node* policy = map.Require("policy")) ReadPolicy(*policy);
    if (const Node* defaults = map.Find("defaults")) ReadDefaults(*defaults);
    if (const Node* list = map.Find("equivalent_mutants")) {
      ReadEquivalentMutants(*list);
    }
    const Node* tests = map.Require("tests");
    if (tests == nullptr) return;
    if (!tests->is_list() || tests->items.empty()) {
      config::ReportUnexpected(*tests, "a list with at least one case",
                               diagnostics_);
      return;
    }
    for (const Node& test : tests->items) {
      if (full()) return;
      ReadTest(test);
    }
  }

 private:
  bool full() const { return diagnostics_->full() || budget_.used_up(); }

  void ReadPolicy(const Node& node) {
    file_->policy_at = node.at;
    std::string* path = &file_->policy_path;
    if (config::ReadString(node, diagnostics_, path)) {
      *path = config::ResolvePath(config::FolderOf(file_->path), *path);
    }
  }

  void ReadDefaults(const Node& node) {
    MapReader map(node, diagnostics_);
    if (const Node* headers = map.Find("headers")) {
      ReadFields(*headers, diagnostics_, &defaults_.headers);
    }
    if (const Node* app = map.Find("app")) ReadVariables(*app);
    if (const Node* upstream = map.Find("upstream")) {
      const VariableScope nothing;
      ReadScriptedAnswer(
          *upstream,
          {.diagnostics = diagnostics_, .budget = &budget_, .scope = &nothing},
          &defaults_.upstream.emplace());
      defaults_.upstream->by_default = true;
    }
    if (const Node* start = map.Find("start")) ReadStart(*start);
  }

  void ReadVariables(const Node& node) {
    if (!node.is_map()) {
      config::ReportUnexpected(node, "a map of variables", diagnostics_);
      return;
    }
    defaults_.app = &node;
    for (const Entry& entry : node.entries) {
      if (entry.value.is_scalar()) continue;
      config::ReportUnexpected(entry.value, "a text or a number", diagnostics_);
    }
  }

  void ReadStart(const Node& node) {
    absl::Time time;
    std::string error;
    if (!node.is_scalar() ||
        !absl::ParseTime(absl::RFC3339_full, node.text, &time, &error)) {
      config::ReportUnexpected(node, "a time such as 2026-01-01T00:00:00Z",
                               diagnostics_);
      return;
    }
    file_->start_unix_us = absl::ToUnixMicros(time);
  }

  void ReadEquivalentMutants(const Node& list) {
    if (!list.is_list()) {
      config::ReportUnexpected(list, "a list of {mutant, because}",
                               diagnostics_);
      return;
    }
    StringMap<config::Location> seen;
    for (const Node& item : list.items) {
      EquivalentMutant entry;
      MapReader map(item, diagnostics_);
      const Node* mutant = map.Require("mutant");
      const Node* because = map.Require("because");
      if (mutant == nullptr || because == nullptr ||
          !config::ReadString(*mutant, diagnostics_, &entry.mutant) ||
          !config::ReadString(*because, diagnostics_, &entry.because)) {
        continue;
      }
      entry.at = mutant->at;
      const auto [first, is_new] = seen.try_emplace(entry.mutant, entry.at);
      if (is_new) {
        file_->equivalent_mutants.push_back(std::move(entry));
      } else {
        diagnostics_->Add(entry.at, "duplicate mutant",
                          StrCat("the first is at ", first->second.ToString()));
      }
    }
  }

  // A case, or one for each of its rows.
  void ReadTest(const Node& test) {
    if (!test.is_map()) {
      config::ReportUnexpected(test, "a case: a map", diagnostics_);
      return;
    }
    const Node* each = test.Find("each");
    if (each == nullptr) {
      ReadRow(test, nullptr, 0);
      return;
    }
    if (!each->is_list() || each->items.empty()) {
      config::ReportUnexpected(*each, "a list with at least one row",
                               diagnostics_);
      return;
    }
    int number = 0;
    for (const Node& row : each->items) {
      if (full()) return;
      if (CheckRow(row, diagnostics_)) ReadRow(test, &row, ++number);
    }
  }

  void ReadRow(const Node& test, const Node* row, int number) {
    config::Diagnostics found;
    VariableScope scope;
    if (defaults_.app != nullptr) {
      for (const Entry& entry : defaults_.app->entries) scope.Add(entry);
    }
    AddSavedNames(test, &scope);
    const Node variables = ExpandRow(row, {&scope, &budget_, &found});
    AddRowVariables(variables, &scope);
    const Node expanded = ExpandTest(test, row, {&scope, &budget_, &found});
    Case made;
    made.at = row != nullptr ? row->at : test.at;
    if (!budget_.used_up()) {
      ReadCase(
          expanded,
          {.diagnostics = &found,
           .budget = &budget_,
           .scope = &scope,
           .headers = &defaults_.headers,
           .upstream = defaults_.upstream ? &*defaults_.upstream : nullptr},
          &made);
    }
    if (row != nullptr && !budget_.used_up()) {
      made.name += RowSuffix(test, *row, number);
      ReportUnused(variables, scope, &found);
    }
    if (found.empty()) {
      Keep(std::move(made));
    } else {
      Merge(found);
    }
  }

  void Keep(Case made) {
    for (const CaseStep& step : made.steps) calls_ += step.repeat;
    const auto [first, is_new] = names_.try_emplace(made.name, made.at);
    if (!is_new) {
      diagnostics_->Add(made.at,
                        StrCat("duplicate case ", config::Quote(made.name)),
                        StrCat("the first is at ", first->second.ToString()));
    } else if (file_->cases.size() >= kCasesMax || calls_ > kCallsMax) {
      diagnostics_->Add(made.at, StrCat("too large: at most ", kCasesMax,
                                        " cases and ", kCallsMax, " calls"));
      budget_.Close();
    } else {
      file_->cases.push_back(std::move(made));
    }
  }

  // A mistake that every row repeats is told once.
  void Merge(const config::Diagnostics& found) {
    for (const config::Diagnostic& diagnostic : found.Sorted()) {
      const std::string key =
          StrCat(diagnostic.at.ToString(), " ", diagnostic.message);
      if (!reported_.insert(key).second) continue;
      diagnostics_->Add(diagnostic.at, diagnostic.message, diagnostic.hint);
    }
  }

  CaseFile* file_;
  config::Diagnostics* diagnostics_;
  Budget budget_;
  Defaults defaults_;
  StringMap<config::Location> names_;
  std::set<std::string> reported_;
  int64_t calls_ = 0;
};

}  // namespace

std::optional<CaseFile> LoadCases(const std::string& path,
                                  const config::Environment& environment,
                                  config::Diagnostics* diagnostics) {
  absl::StatusOr<std::string> text = environment.read_file(path);
  if (text.ok()) return LoadCasesText(path, *std::move(text), diagnostics);
  const auto file =
      std::make_shared<const config::SourceFile>(config::SourceFile{path, ""});
  diagnostics->Add({.file = file},
                   StrCat("cannot read: ", FromAbsl(text.status().message())));
  return std::nullopt;
}

std::optional<CaseFile> LoadCasesText(std::string name, std::string text,
                                      config::Diagnostics* diagnostics) {
  CaseFile file;
  file.path = name;
  file.start_unix_us = kStartUnixUs;
  config::Diagnostics found;
  const std::optional<Node> root = config::ParseYaml(
      std::make_shared<const config::SourceFile>(
          config::SourceFile{std::move(name), std::move(text)}),
      &found);
  if (root) FileReader(&file, &found).Read(*root);
  if (root && found.empty()) return file;
  for (const config::Diagnostic& diagnostic : found.Sorted()) {
    diagnostics->Add(diagnostic.at, diagnostic.message, diagnostic.hint);
  }
  return std::nullopt;
}

}  // namespace headgate::cli
