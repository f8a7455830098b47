#include "cli/cases/coverage.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>
#include <utility>

#include "base/strings.h"
#include "policy/rules.h"

namespace headgate::cli {
namespace {

constexpr std::string_view kAllowed = "never allowed";
constexpr std::string_view kDenied = "never denied";
constexpr std::string_view kAnswered = "never answered";

// "RULE: never at 61"
std::string Never(int64_t value) { return StrCat("never at ", value); }

bool ChecksCredentials(const policy::CompiledService& service) {
  const auto& all = service.operations;
  return std::any_of(all.begin(), all.end(), [&](const auto& operation) {
    return operation->spec.credentials.value_or(service.contract.credentials) !=
           "none";
  });
}

// The rule of the limit that was asked.
const std::string& RateRule(const policy::Decision& decision) {
  const policy::CompiledOperation& operation = *decision.operation;
  const auto position = static_cast<size_t>(operation.position);
  if (decision.app != nullptr && decision.app->limits[position] != nullptr) {
    return decision.app->rules->limits[position].name;
  }
  return operation.limit_rule;
}

// "create_chat_member_token.grants of helpdesk"
std::string GrantsRule(const policy::CompiledOperation& operation,
                       const policy::CompiledApp& app) {
  return StrCat(operation.name, ".grants of ", app.name);
}

bool Excludes(const config::Range& range, int64_t value) {
  return value < range.min || value > range.max;
}

// What a triple at either end of the range asks for.
std::set<int64_t> Triples(const config::Range& range, int64_t least) {
  std::set<int64_t> values;
  const auto add = [&values](int64_t bound, int64_t outside) {
    values.insert({bound, outside, 2 * bound - outside});
  };
  if (range.max != config::Range{}.max) add(range.max, range.max + 1);
  if (range.min > least) add(range.min, range.min - 1);
  // The far side of a narrow range is not inside of it.
  std::erase_if(values, [&](int64_t value) {
    return value < least || value < range.min - 1 ||
           (range.max != config::Range{}.max && value > range.max + 1);
  });
  return values;
}

// Whether it was this place's measure that denied.
bool DeniedByMeasure(const policy::Decision& decision, const Place& place) {
  switch (place.measure) {
    case Place::Measure::kNone:
      return false;
    case Place::Measure::kLength:
      return decision.rule == StrCat(place.rule, ".length");
    case Place::Measure::kInteger:
      return decision.rule == StrCat(place.rule, ".range");
    case Place::Measure::kCount:
    case Place::Measure::kBytes:
      return decision.rule == place.rule;
  }
  return false;
}

int64_t LeastOf(const Place& place) {
  return place.measure == Place::Measure::kInteger
             ? std::numeric_limits<int64_t>::min()
             : 0;
}

}  // namespace

double Coverage::Count::percent() const {
  return all == 0 ? 100.0
                  : 100.0 * static_cast<double>(met) / static_cast<double>(all);
}

std::string PercentText(double percent) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f %%",
                std::floor(percent * 10.0 + 1e-9) / 10.0);
  return text;
}

Coverage::Coverage(const Session& session) {
  std::set<const policy::Policy*> seen;
  for (const LoadedFile& file : session.files) {
    if (!seen.insert(file.policy.get()).second) continue;
    for (const auto& service : file.policy->services()) AddService(*service);
  }
}

void Coverage::Add(const policy::CompiledService& service, Subject subject,
                   const std::string& name, std::string_view never,
                   const config::Location& at) {
  std::string text = StrCat(name, ": ", never);
  const auto [found, is_new] =
      by_place_.emplace(StrCat(at.ToString(), " ", text), points_.size());
  by_key_.emplace(Key(&service, text), found->second);
  if (is_new) points_.push_back({subject, std::move(text), at});
}

void Coverage::AddService(const policy::CompiledService& service) {
  if (ChecksCredentials(service)) {
    const std::string rule = StrCat(service.name, ".authenticate");
    Add(service, Subject::kRule, rule, kAllowed, service.spec.at);
    Add(service, Subject::kRule, rule, kDenied, service.spec.at);
  }
  for (const auto& operation : service.operations) AddOperation(*operation);
  for (const auto& error : service.catalogue->errors()) {
    if (!error->documented) continue;
    Add(service, Subject::kError, StrCat("error ", error->name), kAnswered,
        error->at);
  }
}

void Coverage::AddOperation(const policy::CompiledOperation& operation) {
  const policy::CompiledService& service = *operation.service;
  const config::Operation& spec = operation.spec;
  AddRateLimit(service, operation.limit_rule, operation.limit_at,
               operation.limit.limit);
  for (const auto& app : service.apps) {
    const auto position = static_cast<size_t>(operation.position);
    if (app->limits[position] == nullptr) continue;
    const policy::Rule& rule = app->rules->limits[position];
    AddRateLimit(service, rule.name, rule.at, app->limits[position]->limit);
  }
  if (!spec.deny.empty()) {
    // Nothing behind it is reached.
    Add(service, Subject::kRule, StrCat(spec.name, ".deny"), kDenied, spec.at);
    return;
  }
  Add(service, Subject::kRule, spec.name, kAllowed, spec.at);
  if (spec.body.kind == config::BodySpec::Kind::kJson) {
    Add(service, Subject::kRule, StrCat(spec.name, ".body"), kDenied,
        spec.body.at.file != nullptr ? spec.body.at : spec.request_at);
  }
  AddGrants(operation);
  std::vector<Place>& places = places_[&operation];
  places = PlacesOf(operation);
  for (const Place& place : places) AddPlace(service, place);
}

// Each app has its own.
void Coverage::AddGrants(const policy::CompiledOperation& operation) {
  if (operation.spec.grants.empty()) return;
  const policy::CompiledService& service = *operation.service;
  const auto permissions = PermissionsOf(operation);
  for (const auto& app : service.apps) {
    if (!app->rules->grants) continue;
    const policy::Grants& grants = *app->rules->grants;
    const auto covered = [&grants](const std::string& permission) {
      return grants.Cover(permission);
    };
    const std::string rule = GrantsRule(operation, *app);
    if (!permissions || std::ranges::any_of(*permissions, covered)) {
      Add(service, Subject::kRule, rule, kAllowed, app->spec.at);
    }
    if (!permissions || !std::ranges::all_of(*permissions, covered)) {
      Add(service, Subject::kRule, rule, kDenied, app->spec.at);
    }
  }
}

void Coverage::AddRateLimit(const policy::CompiledService& service,
                            const std::string& rule, const config::Location& at,
                            int64_t limit) {
  Add(service, Subject::kRule, rule, kDenied, at);
  if (limit == 0) return;
  Add(service, Subject::kRule, rule, kAllowed, at);
  for (int64_t call = std::max<int64_t>(limit - 1, 1); call <= limit + 1;
       ++call) {
    Add(service, Subject::kLimit, rule, Never(call), at);
  }
}

void Coverage::AddPlace(const policy::CompiledService& service,
                        const Place& place) {
  Add(service, Subject::kRule, place.rule, kAllowed, place.at);
  if (place.deniable) {
    Add(service, Subject::kRule, place.rule, kDenied, place.at);
  }
  if (place.required) {
    Add(service, Subject::kRule, StrCat(place.rule, ".missing"), kDenied,
        place.missing_at);
  }
  if (place.measure == Place::Measure::kNone) return;
  for (const int64_t value : Triples(place.range, LeastOf(place))) {
    Add(service, Subject::kLimit, place.rule, Never(value), place.at);
  }
}

void Coverage::Meet(const policy::CompiledService& service,
                    std::string_view name, std::string_view never) {
  const auto found = by_key_.find(Key(&service, StrCat(name, ": ", never)));
  if (found != by_key_.end()) points_[found->second].met = true;
}

// The rule, or the nearest that it is an aspect of: "a.body.name.charset" is
// "a.body.name".
void Coverage::MeetDenied(const policy::Decision& decision) {
  std::string_view rule = decision.rule;
  while (true) {
    const auto found =
        by_key_.find(Key(decision.service, StrCat(rule, ": ", kDenied)));
    if (found != by_key_.end()) {
      points_[found->second].met = true;
      return;
    }
    const size_t dot = rule.rfind('.');
    if (dot == rule.npos) return;
    rule = rule.substr(0, dot);
  }
}

void Coverage::MeetRate(const policy::Decision& decision) {
  const policy::CompiledService& service = *decision.service;
  const std::string& rule = RateRule(decision);
  const policy::RateDecision& rate = decision.rate;
  const bool over = !rate.allowed || rate.would_deny || rate.delay_us > 0 ||
                    rate.would_delay_us > 0;
  if (over) {
    Meet(service, rule, kDenied);
    Meet(service, rule, Never(rate.limit + 1));
    return;
  }
  Meet(service, rule, kAllowed);
  Meet(service, rule, Never(rate.limit - rate.remaining));
}

void Coverage::MeetGrants(const ObservedCall& call) {
  const policy::Decision& decision = call.outcome.decision;
  if (decision.app == nullptr || !decision.app->rules->grants) return;
  const std::string asked = StrCat(decision.operation->name, ".grants");
  for (const policy::TraceStep& step : call.trace.steps) {
    if (step.rule != asked) continue;
    Meet(*decision.service, GrantsRule(*decision.operation, *decision.app),
         step.passed ? kAllowed : kDenied);
  }
}

// Inside of a limit counts what was let through, outside what it refused.
void Coverage::MeetPlaces(const ObservedCall& call) {
  const policy::Decision& decision = call.outcome.decision;
  const auto found = places_.find(decision.operation);
  if (found == places_.end()) return;
  reader_.Use(call.step.request, decision);
  for (const Place& place : found->second) {
    const bool denied = !decision.allowed();
    if (denied && !DeniedByMeasure(decision, place)) continue;
    const std::vector<int64_t> values = reader_.Read(place);
    if (!denied && !values.empty()) {
      Meet(*decision.service, place.rule, kAllowed);
    }
    if (place.measure == Place::Measure::kNone) continue;
    for (const int64_t value : values) {
      if (Excludes(place.range, value) != denied) continue;
      Meet(*decision.service, place.rule, Never(value));
    }
  }
}

void Coverage::MeetErrors(const CallOutcome& outcome) {
  const policy::CompiledService& service = *outcome.decision.service;
  const policy::CatalogueError* error = outcome.local_error;
  if (error == nullptr) error = outcome.mapped.error;
  if (error == nullptr && outcome.status >= 400) {
    error = service.catalogue->Recognize(outcome.status, outcome.body);
  }
  if (error == nullptr) return;
  Meet(service, StrCat("error ", error->name), kAnswered);
}

void Coverage::OnCall(const ObservedCall& call) {
  const policy::Decision& decision = call.outcome.decision;
  if (decision.service == nullptr) return;
  MeetErrors(call.outcome);
  if (!decision.allowed()) MeetDenied(decision);
  if (decision.operation == nullptr) return;
  if (decision.limited) {
    Meet(*decision.service, StrCat(decision.service->name, ".authenticate"),
         kAllowed);
    MeetRate(decision);
  }
  if (decision.allowed()) {
    Meet(*decision.service, decision.operation->name, kAllowed);
  }
  MeetGrants(call);
  MeetPlaces(call);
}

Coverage::Count Coverage::Total() const {
  const auto met = std::count_if(points_.begin(), points_.end(),
                                 [](const Point& point) { return point.met; });
  return {met, static_cast<int64_t>(points_.size())};
}

Coverage::Count Coverage::Of(Subject subject) const {
  Count count;
  for (const Point& point : points_) {
    if (point.subject != subject) continue;
    ++count.all;
    if (point.met) ++count.met;
  }
  return count;
}

std::string Coverage::Describe() const {
  const auto figure = [](const Count& count) {
    return StrCat(count.met, " of ", count.all);
  };
  std::string text = StrCat("coverage: ", PercentText(Total().percent()),
                            " (rules ", figure(Of(Subject::kRule)), ", errors ",
                            figure(Of(Subject::kError)), ", limits ",
                            figure(Of(Subject::kLimit)), ")\n");
  std::vector<const Point*> open;
  for (const Point& point : points_) {
    if (!point.met) open.push_back(&point);
  }
  std::stable_sort(
      open.begin(), open.end(), [](const Point* a, const Point* b) {
        const auto key = [](const Point* point) {
          return std::pair(
              point->at.file == nullptr ? std::string() : point->at.file->name,
              point->at.line);
        };
        return key(a) < key(b);
      });
  for (const Point* point : open) {
    StrAppend(&text, "  ", point->at.ToString(), ": ", point->text, "\n");
  }
  return text;
}

}  // namespace headgate::cli
