#include "cli/cases/generate.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "cli/cases/case_file.h"
#include "cli/cases/generate_samples.h"
#include "cli/cases/generate_sketch.h"
#include "cli/cases/load.h"
#include "cli/cases/runner.h"
#include "config/diagnostic.h"

namespace headgate::cli {
namespace {

constexpr size_t kColumnsMax = 80;
// Longer paths are not repeated in expectations.
constexpr size_t kShownPathMax = 100;

// What came of the calls of one step.
struct Seen {
  int64_t allowed = 0, denied = 0;
  bool alike = true;  // all of them
  // Of the first.
  int status = 0;
  std::string error, rule;
  std::string forwarded;  // the target, where it is not the one that was sent
};

// Watches a case run.
class Watcher final : public CallObserver {
 public:
  void Begin(const Case& test) {
    test_ = &test;
    seen_.assign(test.steps.size(), Seen());
  }
  const std::vector<Seen>& seen() const { return seen_; }

  void OnCall(const ObservedCall& call) override {
    Seen& seen = seen_[static_cast<size_t>(&call.step - test_->steps.data())];
    const CallOutcome& outcome = call.outcome;
    const policy::Decision& decision = outcome.decision;
    if (seen.allowed + seen.denied == 0) {
      seen.status = outcome.status;
      seen.error = outcome.error;
      seen.rule = decision.allowed() ? "" : decision.rule;
      const std::string target = TargetOf(outcome.upstream_head);
      if (target != call.step.request.target) seen.forwarded = target;
    } else {
      seen.alike &= seen.status == outcome.status &&
                    seen.error == outcome.error &&
                    decision.allowed() == (seen.allowed > 0);
    }
    ++(decision.allowed() ? seen.allowed : seen.denied);
  }

 private:
  static std::string TargetOf(std::string_view head) {
    const size_t begin = head.find(' ');
    if (begin == head.npos) return {};
    const std::string_view rest = head.substr(begin + 1);
    return std::string(rest.substr(0, rest.find(' ')));
  }

  const Case* test_ = nullptr;
  std::vector<Seen> seen_;
};

std::vector<std::string> ExpectationOf(const Seen& seen) {
  std::vector<std::string> keys;
  if (!seen.alike) {
    return {StrCat("allowed: ", seen.allowed), StrCat("denied: ", seen.denied)};
  }
  if (seen.allowed > 0) keys.emplace_back("decision: allow");
  if (seen.allowed == 0 || seen.status != 200) {
    keys.push_back(StrCat("status: ", seen.status));
  }
  if (!seen.error.empty()) {
    keys.push_back(StrCat("error: ", YamlText(seen.error)));
  }
  if (!seen.rule.empty()) keys.push_back(StrCat("rule: ", YamlText(seen.rule)));
  if (!seen.forwarded.empty() && seen.forwarded.size() <= kShownPathMax) {
    keys.push_back(
        StrCat("upstream_request: {path: ", YamlQuoted(seen.forwarded), "}"));
  }
  return keys;
}

// Writes a flow map over lines, as a person would: "{a: 1, b: 2}".
void AppendMap(const std::vector<std::string>& entries, size_t indent,
               std::string* out) {
  const std::string next = StrCat("\n", std::string(indent, ' '));
  const auto column = [out] {
    const size_t line = out->rfind('\n');
    return out->size() - (line == std::string::npos ? 0 : line + 1);
  };
  out->push_back('{');
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) {
      const bool fits = column() + entries[i].size() + 4 <= kColumnsMax;
      out->append(fits ? ", " : "," + next);
    }
    out->append(entries[i]);
  }
  out->push_back('}');
}

// The text of a file. Without `seen` each case expects to be allowed: enough to
// be loaded.
class FileWriter {
 public:
  FileWriter(const std::vector<std::vector<Seen>>* seen, std::string* out)
      : seen_(seen), out_(*out) {}

  void Write(const SketchGroup& group) {
    StrAppend(&out_, "\n  # ", group.title, "\n");
    if (!group.note.empty()) StrAppend(&out_, "  # (", group.note, ")\n");
    for (const Sketch& sketch : group.sketches) WriteCase(sketch);
  }

 private:
  std::vector<Seen> NextSeen(size_t steps) {
    if (seen_ != nullptr) return (*seen_)[next_++];
    Seen allowed;
    allowed.allowed = 1;
    allowed.status = 200;
    return std::vector<Seen>(steps, allowed);
  }

  void WriteCase(const Sketch& sketch) {
    StrAppend(&out_, "\n  - name: ", YamlQuoted(sketch.name), "\n");
    if (sketch.storage_down) out_ += "    storage: down\n";
    if (!sketch.steps.empty()) return WriteSteps(sketch);
    if (!sketch.rows.empty()) WriteRows(sketch);
    out_ += "    request:\n";
    WriteRequest(sketch.request, 6);
    if (!sketch.upstream.empty()) {
      StrAppend(&out_, "    upstream: ", sketch.upstream, "\n");
    }
    if (!sketch.rows.empty()) return;
    out_ += "    expect: ";
    AppendMap(ExpectationOf(NextSeen(1).front()), 13, &out_);
    out_ += "\n";
  }

  void WriteRows(const Sketch& sketch) {
    out_ += "    each:\n";
    for (const SketchRow& row : sketch.rows) {
      std::vector<std::string> entries;
      for (const auto& [name, value] : row.variables) {
        entries.push_back(StrCat(name, ": ", value));
      }
      std::string expect = "expect: ";
      AppendMap(ExpectationOf(NextSeen(1).front()), 17, &expect);
      entries.push_back(std::move(expect));
      out_ += "      - ";
      AppendMap(entries, 9, &out_);
      out_ += "\n";
    }
  }

  void WriteSteps(const Sketch& sketch) {
    const std::vector<Seen> seen = NextSeen(sketch.steps.size());
    out_ += "    steps:\n";
    for (size_t i = 0; i < sketch.steps.size(); ++i) {
      const SketchStep& step = sketch.steps[i];
      StrAppend(&out_, "      - at: ", CaseTimeText(step.at_us), "\n");
      if (step.repeat > 1) {
        StrAppend(&out_, "        repeat: ", step.repeat, "\n");
      }
      if (i == 0) {
        out_ += "        request: &call\n";
        WriteRequest(sketch.request, 10);
      } else {
        out_ += "        request: *call\n";
      }
      out_ += "        expect: ";
      AppendMap(ExpectationOf(seen[i]), 17, &out_);
      out_ += "\n";
    }
  }

  void WriteRequest(const SketchRequest& request, size_t indent) {
    const std::string begin(indent, ' ');
    StrAppend(&out_, begin, "method: ", YamlText(request.method), "\n", begin,
              "path: ", YamlQuoted(request.path), "\n");
    if (!request.headers.empty()) {
      std::vector<std::string> fields;
      for (const auto& [name, value] : request.headers) {
        fields.push_back(StrCat(name, ": ", YamlQuoted(value)));
      }
      StrAppend(&out_, begin, "headers: ");
      AppendMap(fields, indent + 10, &out_);
      out_ += "\n";
    }
    if (request.has_body) {
      StrAppend(&out_, begin, "body: ", YamlQuoted(request.body), "\n");
    } else if (!request.json.empty()) {
      StrAppend(&out_, begin, "json: ", request.json, "\n");
    }
  }

  const std::vector<std::vector<Seen>>* seen_;
  size_t next_ = 0;
  std::string& out_;
};

std::string WriteFile(const std::vector<SketchGroup>& groups,
                      const GenerateOptions& options,
                      const std::vector<std::vector<Seen>>* seen) {
  std::string text = StrCat(
      "# Made by `headgate test --generate`: what this policy does today, at "
      "the\n"
      "# edges of its rules. Every expectation is what the policy itself said,"
      " so\n"
      "# the file passes whether that is right or wrong: read it before you "
      "trust it,\n"
      "# then keep it, so that no later change goes unseen.\n"
      "policy: ",
      YamlText(options.policy_path), "\ntests:");
  FileWriter writer(seen, &text);
  for (const SketchGroup& group : groups) writer.Write(group);
  return text;
}

}  // namespace

absl::StatusOr<std::string> GenerateCases(
    std::shared_ptr<const policy::Policy> policy,
    const GenerateOptions& options) {
  std::vector<SketchGroup> groups;
  for (const auto& service : policy->services()) {
    for (SketchGroup& group :
         SketchService(*service, options.policy_text,
                       policy->config().limits_for_requests.body_bytes)) {
      groups.push_back(std::move(group));
    }
  }
  config::Diagnostics diagnostics;
  const std::optional<CaseFile> file = LoadCasesText(
      "generated", WriteFile(groups, options, nullptr), &diagnostics);
  if (!file) return absl::InternalError(diagnostics.ToString());
  Watcher watcher;
  Runner runner(std::move(policy), {.observer = &watcher});
  std::vector<std::vector<Seen>> seen;
  for (const Case& test : file->cases) {
    watcher.Begin(test);
    runner.Run(*file, test);
    seen.push_back(watcher.seen());
  }
  return WriteFile(groups, options, &seen);
}

}  // namespace headgate::cli
