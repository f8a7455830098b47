// Mutants of rate limits, and of what a policy takes of a request at all.
#include <algorithm>
#include <map>
#include <utility>

#include "base/strings.h"
#include "cli/cases/mutant_maker.h"
#include "config/amount.h"
#include "policy/limits.h"
#include "policy/rules.h"

namespace headgate::cli {
namespace {

using config::Limit;

constexpr int64_t kLimitMax = 1'000'000;  // what the config takes

// A limit where it stands: the service's own, or an app's (`app` is not -1).
struct LimitPlace {
  std::string rule;  // "agora-chat.limits.default"
  std::string name;  // "default"
  int app = -1;
  Limit limit;
};

// "100/s", "5/500ms".
std::string RateText(int64_t limit, absl::Duration window) {
  std::string unit = config::DurationText(window);
  const bool one =
      unit.size() > 1 && unit[0] == '1' && (unit[1] < '0' || unit[1] > '9');
  return StrCat(limit, "/", one ? unit.substr(1) : unit);
}

Limit LimitOf(const policy::RateLimit& compiled, const config::Location& at) {
  Limit limit;
  limit.limit = compiled.limit;
  limit.window = absl::Microseconds(compiled.window_us);
  if (compiled.delay) limit.on_exceed = Limit::OnExceed::kDelay;
  limit.max_delay = absl::Microseconds(compiled.max_delay_us);
  limit.max_queue = compiled.max_queue;
  limit.shadow = compiled.shadow;
  if (compiled.candidate > 0) limit.candidate = compiled.candidate;
  limit.at = at;
  return limit;
}

// Each limit that an operation runs with, once.
std::vector<LimitPlace> LimitsOf(const policy::CompiledService& service) {
  std::vector<LimitPlace> places;
  std::map<std::string, int> seen;
  const auto add = [&](const std::string& rule, int app,
                       const policy::RateLimit& limit,
                       const config::Location& at) {
    if (seen[rule]++ > 0) return;
    places.push_back(
        {rule, rule.substr(rule.rfind('.') + 1), app, LimitOf(limit, at)});
  };
  for (const auto& operation : service.operations) {
    add(operation->limit_rule, -1, operation->limit, operation->limit_at);
    for (size_t app = 0; app < service.apps.size(); ++app) {
      const auto position = static_cast<size_t>(operation->position);
      const auto& own = service.apps[app]->limits[position];
      if (own == nullptr) continue;
      const policy::Rule& rule = service.apps[app]->rules->limits[position];
      add(rule.name, static_cast<int>(app), *own, rule.at);
    }
  }
  return places;
}

class LimitMutants {
 public:
  LimitMutants(const LimitPlace& place, MutantMaker* maker)
      : place_(place), limit_(place.limit), maker_(*maker) {}

  void Add() {
    AddLimit();
    AddWindow();
    AddCandidate();
    AddDelay();
    AddSwitches();
  }

 private:
  bool delays() const { return limit_.on_exceed == Limit::OnExceed::kDelay; }

  void AddChanged(std::string what, std::string missing, Limit changed) {
    maker_.AddToService(
        {place_.rule, std::move(what), std::move(missing), limit_.at},
        [app = place_.app, name = place_.name,
         changed = std::move(changed)](config::Service* service) {
          config::Limits& limits =
              app < 0 ? service->limits
                      : service->apps[static_cast<size_t>(app)].limits;
          limits[name] = changed;
        });
  }

  // What a case expects of a call that is one too many.
  std::string Over() const {
    if (limit_.shadow && delays()) return "expects would_delay";
    if (limit_.shadow) return "expects shadow_denied: true";
    if (delays()) return "expects its delay";
    return StrCat("expects rule ", place_.rule);
  }
  std::string Calls(int64_t count) const {
    return StrCat(count, count == 1 ? " call" : " calls");
  }

  void AddLimit() {
    const int64_t limit = limit_.limit;
    const auto add = [this](int64_t other, std::string missing) {
      Limit changed = limit_;
      changed.limit = other;
      AddChanged(StrCat(RateText(limit_.limit, limit_.window), " -> ",
                        RateText(other, limit_.window)),
                 std::move(missing), std::move(changed));
    };
    const std::string within =
        StrCat(" within ", config::DurationText(limit_.window));
    if (limit > 0) {
      add(limit - 1,
          StrCat(Calls(limit), within, " that are all allowed at once"));
    }
    add(limit + 1,
        StrCat(Calls(limit + 1), within, ", the last of which ", Over()));
    Limit changed = limit_;
    changed.limit = kLimitMax;
    AddChanged("dropped",
               StrCat(Calls(limit + 1), within, ", the last of which ", Over()),
               std::move(changed));
  }

  void AddWindow() {
    const auto add = [this](absl::Duration window, std::string missing) {
      Limit changed = limit_;
      changed.window = window;
      AddChanged(StrCat(RateText(limit_.limit, limit_.window), " -> ",
                        RateText(limit_.limit, window)),
                 std::move(missing), std::move(changed));
    };
    if (limit_.limit == 0) return;
    const absl::Duration unit = absl::Milliseconds(1);
    const std::string first =
        StrCat(Calls(limit_.limit), " at once and one more ");
    if (limit_.window > unit) {
      add(limit_.window - unit,
          StrCat(first, config::DurationText(limit_.window - unit),
                 " later that ", Over()));
    }
    add(limit_.window + unit, StrCat(first, config::DurationText(limit_.window),
                                     " later that is allowed at once"));
  }

  void AddCandidate() {
    if (!limit_.candidate) return;
    const int64_t candidate = *limit_.candidate;
    const auto add = [&](std::optional<int64_t> other, std::string what,
                         int64_t calls, bool denied) {
      Limit changed = limit_;
      changed.candidate = other;
      AddChanged(StrCat("candidate ", candidate, " -> ", what),
                 StrCat(Calls(calls), ", the last of which expects ",
                        "candidate_denied: ", denied ? "true" : "false"),
                 std::move(changed));
    };
    if (candidate > 1) {
      add(candidate - 1, StrCat(candidate - 1), candidate, false);
    }
    add(candidate + 1, StrCat(candidate + 1), candidate + 1, true);
    add(std::nullopt, "none", candidate + 1, true);
  }

  void AddDelay() {
    if (!delays()) return;
    const absl::Duration unit = absl::Milliseconds(1);
    const auto add = [&](absl::Duration delay) {
      Limit changed = limit_;
      changed.max_delay = delay;
      const absl::Duration longest = std::max(delay, limit_.max_delay);
      AddChanged(StrCat("max_delay ", config::DurationText(limit_.max_delay),
                        " -> ", config::DurationText(delay)),
                 StrCat("a call that would have to wait ",
                        config::DurationText(longest), " and ",
                        delay > limit_.max_delay ? "expects rule " + place_.rule
                                                 : "expects that delay"),
                 std::move(changed));
    };
    if (limit_.max_delay > unit) add(limit_.max_delay - unit);
    add(limit_.max_delay + unit);
    // Who waits at most max_delay cannot stand behind more than these.
    const int64_t waiting_max =
        limit_.limit * (limit_.max_delay / limit_.window + 1);
    if (limit_.max_queue > waiting_max) return;
    for (const int64_t other : {limit_.max_queue - 1, limit_.max_queue + 1}) {
      if (other < 0) continue;
      Limit changed = limit_;
      changed.max_queue = other;
      AddChanged(StrCat("max_queue ", limit_.max_queue, " -> ", other),
                 StrCat(Calls(limit_.limit + std::max(other, limit_.max_queue)),
                        " at once, the last of which ",
                        other > limit_.max_queue ? "expects rule " + place_.rule
                                                 : "expects its delay"),
                 std::move(changed));
    }
  }

  void AddSwitches() {
    Limit changed = limit_;
    changed.shadow = !limit_.shadow;
    AddChanged(StrCat("shadow ", limit_.shadow ? "on -> off" : "off -> on"),
               StrCat(Calls(limit_.limit + 1), ", the last of which ", Over()),
               changed);
    changed = limit_;
    changed.on_exceed =
        delays() ? Limit::OnExceed::kReject : Limit::OnExceed::kDelay;
    AddChanged(
        StrCat("on_exceed ", delays() ? "delay -> reject" : "reject -> delay"),
        StrCat(Calls(limit_.limit + 1), ", the last of which ", Over()),
        changed);
  }

  const LimitPlace& place_;
  const Limit& limit_;
  MutantMaker& maker_;
};

}  // namespace

void AddLimitMutants(MutantMaker* maker) {
  for (const LimitPlace& place : LimitsOf(maker->service())) {
    LimitMutants(place, maker).Add();
  }
}

// What nobody changed is no rule of this policy.
void AddRequestLimitMutants(const policy::Policy& policy,
                            std::vector<Mutant>* mutants) {
  using Limits = config::RequestLimits;
  struct Row {
    std::string_view name;
    int64_t Limits::*member;
    std::string_view unit;
  };
  constexpr Row kRows[] = {
      {"head_bytes", &Limits::head_bytes, "bytes in its head"},
      {"headers", &Limits::headers, "header fields"},
      {"body_bytes", &Limits::body_bytes, "bytes in its body"},
  };
  const Limits defaults;
  for (const Row& row : kRows) {
    const int64_t limit = policy.config().limits_for_requests.*row.member;
    if (limit == defaults.*row.member) continue;
    for (const int64_t other : {limit - 1, limit + 1}) {
      Mutant mutant;
      mutant.rule = StrCat("limits_for_requests.", row.name);
      mutant.name = StrCat(mutant.rule, ": ", limit, " -> ", other);
      mutant.missing =
          StrCat("a call with ", std::max(limit, other), " ", row.unit,
                 other > limit ? " that is denied" : " that is allowed");
      mutant.change = [member = row.member, other](config::Config* config) {
        config->limits_for_requests.*member = other;
      };
      mutants->push_back(std::move(mutant));
    }
  }
}

}  // namespace headgate::cli
