#include "cli/cases/load.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/time/time.h"
#include "base/strings.h"
#include "cli/cases/expand.h"
#include "cli/cases/sections.h"
#include "config/reader.h"

namespace headgate::cli {
namespace {

using config::Entry;
using config::MapReader;
using config::Node;

const std::vector<std::string> kRowKeys = {"expect", "upstream"};

bool IsRowKey(std::string_view key) {
  return key == "expect" || key == "upstream";
}

// "" for a file of the working directory.
std::string FolderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "";
  return std::string(path.substr(0, slash + 1));
}

struct Defaults {
  std::vector<CaseField> headers;
  const Node* app = nullptr;  // variables of every case
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
    if (const Node* policy = map.Require("policy")) {
      file_->policy_at = policy->at;
      if (config::ReadString(*policy, diagnostics_, &file_->policy_path) &&
          !file_->policy_path.starts_with('/')) {
        file_->policy_path = FolderOf(file_->path) + file_->policy_path;
      }
    }
    if (const Node* defaults = map.Find("defaults")) ReadDefaults(*defaults);
    const Node* tests = map.Require("tests");
    if (tests == nullptr) return;
    if (!tests->is_list() || tests->items.empty()) {
      config::ReportUnexpected(*tests, "a list with at least one case",
                               diagnostics_);
      return;
    }
    for (const Node& test : tests->items) {
      if (diagnostics_->full() || budget_.used_up()) return;
      ReadTest(test);
    }
  }

 private:
  void ReadDefaults(const Node& node) {
    MapReader map(node, diagnostics_);
    if (const Node* headers = map.Find("headers")) {
      ReadFields(*headers, diagnostics_, &defaults_.headers);
    }
    if (const Node* app = map.Find("app")) {
      defaults_.app = app;
      CheckVariables(*app);
    }
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

  void CheckVariables(const Node& node) {
    if (!node.is_map()) {
      config::ReportUnexpected(node, "a map of variables", diagnostics_);
      return;
    }
    for (const Entry& entry : node.entries) CheckVariable(entry);
  }

  bool CheckVariable(const Entry& entry) {
    if (entry.value.is_scalar()) return true;
    return config::ReportUnexpected(entry.value, "a text or a number",
                                    diagnostics_);
  }

  // A case, or one for each of its rows.
  void ReadTest(const Node& test) {
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
      if (diagnostics_->full() || budget_.used_up()) return;
      if (!CheckRow(row)) continue;
      ReadRow(test, &row, ++number);
    }
  }

  bool CheckRow(const Node& row) {
    if (!row.is_map()) {
      return config::ReportUnexpected(row, "a map of variables", diagnostics_);
    }
    bool good = true;
    for (const Entry& entry : row.entries) {
      if (IsRowKey(entry.key) || entry.value.is_scalar()) continue;
      config::ReportUnknown(
          entry.key_at,
          StrCat("unknown key ", config::Quote(entry.key),
                 ": a variable of a row is a text or a number"),
          entry.key, kRowKeys, diagnostics_);
      good = false;
    }
    return good;
  }

  // Mistakes that every row repeats are told once.
  void ReadRow(const Node& test, const Node* row, int number) {
    config::Diagnostics found;
    VariableScope scope;
    AddVariables(test, row, &scope);
    const Expansion expansion = {&scope, &budget_, &found};
    const Node expanded = ExpandTest(test, row, expansion);
    if (budget_.used_up()) {
      Merge(found);
      return;
    }
    Case made;
    made.at = row != nullptr ? row->at : test.at;
    ReadCase(expanded,
             {.diagnostics = &found,
              .budget = &budget_,
              .scope = &scope,
              .headers = &defaults_.headers},
             &made);
    if (row != nullptr) {
      NameRow(test, *row, number, &made);
      ReportUnused(*row, scope, &found);
    }
    if (found.empty()) {
      Keep(std::move(made));
    } else {
      Merge(found);
    }
  }

  void AddVariables(const Node& test, const Node* row, VariableScope* scope) {
    if (defaults_.app != nullptr) {
      for (const Entry& entry : defaults_.app->entries) scope->Add(entry);
    }
    if (row != nullptr) {
      for (const Entry& entry : row->entries) {
        if (!IsRowKey(entry.key)) scope->Add(entry);
      }
    }
    const Node* steps = test.Find("steps");
    if (steps == nullptr) return;
    for (const Node& step : steps->items) {
      const Node* save = step.Find("save");
      if (save == nullptr) continue;
      for (const Entry& entry : save->entries) scope->AddSaved(entry.key);
    }
  }

  // The case as it would be without `each`.
  static Node ExpandTest(const Node& test, const Node* row,
                         const Expansion& expansion) {
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

  // A row's `expect` goes over the case's, key by key.
  static void Overlay(Entry over, Node* test) {
    Entry* under = nullptr;
    for (Entry& entry : test->entries) {
      if (entry.key == over.key) under = &entry;
    }
    if (under == nullptr) {
      test->entries.push_back(std::move(over));
      return;
    }
    if (over.key != "expect" || !under->value.is_map() ||
        !over.value.is_map()) {
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

  void ReadCase(const Node& node, const CaseReading& reading, Case* made) {
    MapReader map(node, reading.diagnostics);
    if (map.Require("name") != nullptr) map.String("name", &made->name);
    bool storage_down = false;
    if (const Node* storage = map.Find("storage")) {
      ReadStorage(*storage, reading.diagnostics, &storage_down);
    }
    if (const Node* steps = map.Find("steps")) {
      ReadSteps(*steps, reading, &made->steps);
      if (const Node* expect = map.Find("expect")) {
        ReadCounts(*expect, reading, &made->expect.emplace());
      }
      ReportNoSteps(node, reading.diagnostics);
      map.Find("request");
      map.Find("upstream");
    } else {
      ReadOnlyStep(&map, reading, made);
    }
    for (CaseStep& step : made->steps) {
      step.storage_down |= storage_down;
      if (!step.upstream) step.upstream = defaults_.upstream;
    }
    if (!ExpectsSomething(*made)) {
      reading.diagnostics->Add(
          node.at, "the case expects nothing",
          "add expect, with the decision, status, error or body that must "
          "come");
    }
  }

  static void ReportNoSteps(const Node& node,
                            config::Diagnostics* diagnostics) {
    for (const Entry& entry : node.entries) {
      if (entry.key != "request" && entry.key != "upstream") continue;
      diagnostics->Add(entry.key_at,
                       StrCat("a case has either steps or ", entry.key),
                       StrCat("give each step its ", entry.key));
    }
  }

  static void ReadOnlyStep(MapReader* map, const CaseReading& reading,
                           Case* made) {
    CaseStep step;
    step.at = map->at();
    if (const Node* request = map->Require("request")) {
      ReadRequest(*request, reading, &step.request);
    }
    if (const Node* upstream = map->Find("upstream")) {
      ReadScriptedAnswer(*upstream, reading, &step.upstream.emplace());
    }
    if (const Node* expect = map->Find("expect")) {
      ReadExpectation(*expect, reading, &step.expect.emplace());
    }
    made->steps.push_back(std::move(step));
  }

  // Steps that were refused have been reported themselves.
  static bool ExpectsSomething(const Case& made) {
    if (made.expect || made.steps.empty()) return true;
    for (const CaseStep& step : made.steps) {
      if (step.expect) return true;
    }
    return false;
  }

  // "sixty names [count: 60]", unless the name itself tells the variables.
  static void NameRow(const Node& test, const Node& row, int number,
                      Case* made) {
    const Node* name = test.Find("name");
    if (name != nullptr && !VariableNames(name->text).empty()) return;
    std::vector<std::string> parts;
    for (const Entry& entry : row.entries) {
      if (IsRowKey(entry.key)) continue;
      parts.push_back(
          StrCat(entry.key, ": ", config::Printable(entry.value.text)));
    }
    if (parts.empty()) parts.push_back(StrCat("row ", number));
    StrAppend(&made->name, " [", Join(parts, ", "), "]");
  }

  static void ReportUnused(const Node& row, const VariableScope& scope,
                           config::Diagnostics* diagnostics) {
    for (const Entry& entry : row.entries) {
      if (IsRowKey(entry.key) || scope.IsUsed(entry)) continue;
      config::ReportUnknown(
          entry.key_at,
          StrCat("nothing in the case uses ", config::Quote(entry.key)),
          entry.key, kRowKeys, diagnostics);
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

int64_t CaseFile::calls() const {
  int64_t calls = 0;
  for (const Case& test : cases) {
    for (const CaseStep& step : test.steps) calls += step.repeat;
  }
  return calls;
}

std::optional<CaseFile> LoadCases(const std::string& path,
                                  const config::Environment& environment,
                                  config::Diagnostics* diagnostics) {
  absl::StatusOr<std::string> text = environment.read_file(path);
  if (!text.ok()) {
    diagnostics->Add({.file = std::make_shared<const config::SourceFile>(
                          config::SourceFile{path, ""})},
                     StrCat("cannot be read: ", text.status().message()));
    return std::nullopt;
  }
  return LoadCasesText(path, *std::move(text), diagnostics);
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
