// The steps of a case: when each comes, how often, and what it saves.
#include <algorithm>

#include "absl/time/time.h"
#include "base/strings.h"
#include "cli/cases/load.h"
#include "cli/cases/saved_values.h"
#include "cli/cases/sections.h"

namespace headgate::cli {
namespace {

using config::MapReader;
using config::Node;

// So that no sum of times leaves 64 bits.
constexpr int64_t kCaseUsMax = int64_t{3660} * 24 * 3600 * 1'000'000;
constexpr absl::Duration kEveryMax = absl::Hours(24);
constexpr absl::Duration kAtMax = absl::Hours(24 * 366);

bool ReadTime(const Node& node, absl::Duration max,
              config::Diagnostics* diagnostics, int64_t* us) {
  absl::Duration duration;
  if (!config::ReadDuration(node, {.max = max}, diagnostics, &duration)) {
    return false;
  }
  *us = absl::ToInt64Microseconds(duration);
  return true;
}

// When the step's first call comes; `previous_us` is the last call before it.
bool ReadStart(MapReader* map, int64_t previous_us, CaseStep* step) {
  const Node* at = map->Find("at");
  const Node* after = map->Find("after");
  step->at_us = previous_us;
  if (at != nullptr && after != nullptr) {
    map->diagnostics()->Add(after->at, "either at or after, not both");
    return false;
  }
  if (after != nullptr) {
    int64_t us = 0;
    if (!ReadTime(*after, kAtMax, map->diagnostics(), &us)) return false;
    step->at_us += us;
  }
  if (at == nullptr) return true;
  if (!ReadTime(*at, kAtMax, map->diagnostics(), &step->at_us)) return false;
  if (step->at_us >= previous_us) return true;
  map->diagnostics()->Add(
      at->at,
      StrCat("steps out of order: expected at least ",
             CaseTimeText(previous_us), ", found ", config::Quote(at->text)),
      "the step before has its last call then");
  return false;
}

bool ReadTrain(MapReader* map, CaseStep* step) {
  bool good = true;
  const Node* repeat = map->Find("repeat");
  if (repeat != nullptr) {
    good = config::ReadInteger(*repeat, {.min = 1, .max = kRepeatMax},
                               map->diagnostics(), &step->repeat);
  }
  const Node* every = map->Find("every");
  if (every == nullptr) return good;
  if (repeat == nullptr) {
    map->diagnostics()->Add(every->at, "every needs repeat");
    return false;
  }
  return ReadTime(*every, kEveryMax, map->diagnostics(), &step->every_us) &&
         good;
}

// {token: access_token, room: data.id}
bool ReadSaves(const Node& node, config::Diagnostics* diagnostics,
               std::vector<SavedValue>* saves) {
  if (!node.is_map()) {
    return config::ReportUnexpected(
        node, "a map from a variable to its place in the answer", diagnostics);
  }
  bool good = true;
  for (const config::Entry& entry : node.entries) {
    SavedValue saved = {.name = entry.key, .path = {}, .at = entry.value.at};
    good = config::ReadString(entry.value, diagnostics, &saved.path) && good;
    saves->push_back(std::move(saved));
  }
  return good;
}

// A value must have been saved before it is used.
bool CheckSavedBefore(const CaseStep& step,
                      const std::vector<std::string>& saved,
                      const CaseReading& reading) {
  std::string text = step.request.head + step.request.body;
  if (step.expect && step.expect->json) text += step.expect->json->value;
  for (const std::string_view name : VariableNames(text)) {
    if (!reading.scope->IsSaved(name) || name == kCallVariable ||
        std::find(saved.begin(), saved.end(), name) != saved.end()) {
      continue;
    }
    reading.diagnostics->Add(
        step.at, StrCat(config::Quote(name), " is used before it is saved"));
    return false;
  }
  return true;
}

bool ReadStep(const Node& node, const CaseReading& reading, int64_t previous_us,
              CaseStep* step) {
  step->at = node.at;
  MapReader map(node, reading.diagnostics);
  bool good = ReadStart(&map, previous_us, step);
  good = ReadTrain(&map, step) && good;
  const Node* request = map.Require("request");
  good = request != nullptr && ReadRequest(*request, reading, &step->request) &&
         good;
  if (const Node* upstream = map.Find("upstream")) {
    good = ReadScriptedAnswer(*upstream, reading, &step->upstream.emplace()) &&
           good;
  }
  if (const Node* expect = map.Find("expect")) {
    good = ReadExpectation(*expect, reading, &step->expect.emplace()) && good;
  }
  if (const Node* save = map.Find("save")) {
    good = ReadSaves(*save, reading.diagnostics, &step->saves) && good;
  }
  if (const Node* storage = map.Find("storage")) {
    good =
        ReadStorage(*storage, reading.diagnostics, &step->storage_down) && good;
  }
  if (good && step->last_at_us() > kCaseUsMax) {
    reading.diagnostics->Add(
        node.at, StrCat("a case lasts at most ", CaseTimeText(kCaseUsMax)));
    return false;
  }
  return good;
}

}  // namespace

bool ReadSteps(const Node& node, const CaseReading& reading,
               std::vector<CaseStep>* steps) {
  if (!node.is_list() || node.items.empty()) {
    return config::ReportUnexpected(node, "a list with at least one step",
                                    reading.diagnostics);
  }
  std::vector<std::string> saved;
  bool good = true;
  int64_t previous_us = 0;
  for (const Node& item : node.items) {
    CaseStep step;
    if (!ReadStep(item, reading, previous_us, &step) ||
        !CheckSavedBefore(step, saved, reading)) {
      good = false;
      continue;
    }
    previous_us = step.last_at_us();
    for (const SavedValue& value : step.saves) saved.push_back(value.name);
    steps->push_back(std::move(step));
  }
  return good;
}

}  // namespace headgate::cli
