// One case, its variables replaced.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "cli/cases/sections.h"

namespace headgate::cli {
namespace {

using config::MapReader;
using config::Node;

void ReportNoSteps(const Node& node, config::Diagnostics* diagnostics) {
  for (const config::Entry& entry : node.entries) {
    if (entry.key != "request" && entry.key != "upstream") continue;
    diagnostics->Add(entry.key_at,
                     StrCat("a case has either steps or ", entry.key),
                     StrCat("give each step its ", entry.key));
  }
}

// False: some step was refused.
bool ReadAllSteps(const Node& node, const Node& steps,
                  const CaseReading& reading, MapReader* map, Case* made) {
  const bool good = ReadSteps(steps, reading, &made->steps);
  if (const Node* expect = map->Find("expect")) {
    ReadCounts(*expect, reading, &made->expect.emplace());
  }
  ReportNoSteps(node, reading.diagnostics);
  map->Find("request");
  map->Find("upstream");
  return good;
}

// A case without `steps` is one.
void ReadOnlyStep(const CaseReading& reading, MapReader* map, Case* made) {
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

bool ExpectsSomething(const Case& made) {
  if (made.expect) return true;
  return std::any_of(
      made.steps.begin(), made.steps.end(),
      [](const CaseStep& step) { return step.expect.has_value(); });
}

}  // namespace

void ReadCase(const Node& node, const CaseReading& reading, Case* made) {
  MapReader map(node, reading.diagnostics);
  if (map.Require("name") != nullptr) map.String("name", &made->name);
  bool storage_down = false;
  if (const Node* storage = map.Find("storage")) {
    ReadStorage(*storage, reading.diagnostics, &storage_down);
  }
  bool good = true;
  if (const Node* steps = map.Find("steps")) {
    good = ReadAllSteps(node, *steps, reading, &map, made);
  } else {
    ReadOnlyStep(reading, &map, made);
  }
  for (CaseStep& step : made->steps) {
    step.storage_down |= storage_down;
    if (!step.upstream && reading.upstream != nullptr) {
      step.upstream = *reading.upstream;
    }
  }
  if (!good || ExpectsSomething(*made)) return;
  reading.diagnostics->Add(
      node.at, "the case expects nothing",
      "add expect, with the decision, status, error or body that must come");
}

}  // namespace headgate::cli
