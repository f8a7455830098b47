#include "cli/cases/runner.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/reason_phrase.h"
#include "base/strings.h"
#include "cli/cases/judge.h"
#include "cli/cases/saved_values.h"
#include "cli/cases/standalone.h"

namespace headgate::cli {
namespace {

// A case never has so many keys; a larger table would only cost its making.
constexpr int64_t kLimiterKeysMax = 16384;
// So that a window that began before the case is no special case.
constexpr int64_t kMonotonicStartUs = int64_t{1} << 40;

policy::Limiter::Options LimiterOptions(const policy::Policy& policy) {
  return {.keys_max = std::min(policy.config().limiter.keys, kLimiterKeysMax),
          .shards = 1};
}

int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// The upstream of a step: what the case scripts, or else the success that the
// contract documents.
class ScriptedUpstream final : public CallHandler {
 public:
  void Use(const CaseStep& step) {
    script_ = step.upstream ? &*step.upstream : nullptr;
  }

  HandlerAnswer Handle(const policy::Decision& decision) override {
    if (script_ == nullptr) return DocumentedSuccess(decision);
    if (script_->failure) {
      return {.failure = *script_->failure, .failed = true};
    }
    return {.head = script_->head, .body = script_->body};
  }

 private:
  HandlerAnswer DocumentedSuccess(const policy::Decision& decision) {
    const policy::CompiledOperation* operation = decision.operation;
    int status = 200;
    if (operation != nullptr && !operation->spec.answers.empty()) {
      status = operation->spec.answers.front();
    }
    head_ = StrCat("HTTP/1.1 ", status, " ", ReasonPhrase(status), "\r\n");
    if (status == 204) return {.head = head_ += "\r\n"};
    head_ +=
        "Content-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n";
    return {.head = head_, .body = "{}"};
  }

  const ScriptedAnswer* script_ = nullptr;
  std::string head_;
};

// Decides each call as the unchanged policy does.
class Guard {
 public:
  explicit Guard(std::shared_ptr<const policy::Policy> policy)
      : policy_(std::move(policy)),
        limiter_(LimiterOptions(*policy_)),
        line_(*policy_, {.spend = false, .handle = false}) {}

  void UseGateway(const service::Gateway* gateway) {
    line_.UseGateway(gateway);
  }
  // Whether a handler may trust `decision` of the same call.
  bool Agrees(const CaseRequest& request, const Instant& now,
              const policy::Decision& decision) {
    line_.Run(request.head, request.body, now, &limiter_, nullptr, &outcome_);
    const policy::Decision& own = outcome_.decision;
    return own.allowed() && own.operation != nullptr &&
           own.operation->name == decision.operation->name &&
           own.operation->spec.body.kind ==
               decision.operation->spec.body.kind &&
           own.caller.kind == decision.caller.kind &&
           (own.app == nullptr) == (decision.app == nullptr);
  }

 private:
  const std::shared_ptr<const policy::Policy> policy_;
  policy::Limiter limiter_;
  Line line_;
  CallOutcome outcome_;
};

}  // namespace

struct Runner::State {
  State(std::shared_ptr<const policy::Policy> policy_in, const Options& options)
      : policy(std::move(policy_in)),
        line(*policy, {}),
        limiter_options(LimiterOptions(*policy)),
        has_standalone(HasStandaloneService(*policy)),
        observer(options.observer) {
    if (options.guard == nullptr || !has_standalone) return;
    guard = std::make_unique<Guard>(options.guard);
    line.UseGuard([this](const policy::Decision& decision) {
      return guard->Agrees(*sent, now, decision);
    });
  }

  // Runs a case from its beginning. Without a `result` it stops at the first
  // mismatch. True: there was none.
  bool RunCase(const CaseFile& file, const Case& test, CaseResult* result);
  bool RunStep(const CaseFile& file, const Case& test, const CaseStep& step,
               CaseResult* result);
  void RunCall(const CaseFile& file, const CaseStep& step, int64_t at_us);
  bool CheckCall(const CaseStep& step);
  bool CheckTotals(const Expectation& expectation, const CallCounts& counts,
                   CaseResult* result);

  bool StartStandalone(CaseResult* result);
  void CheckScript(const CaseStep& step);

  bool tracing() const { return observer != nullptr || keep_trace; }

  const std::shared_ptr<const policy::Policy> policy;
  Line line;
  const policy::Limiter::Options limiter_options;
  const bool has_standalone;
  CallObserver* const observer;
  ScriptedUpstream upstream;
  Judge judge;

  // Of the case that runs.
  std::optional<policy::Limiter> limiter;
  std::unique_ptr<Standalone> standalone;
  std::unique_ptr<Guard> guard;
  SavedValues saved;
  CallCounts counts;
  bool misses_saved = false;
  bool keep_trace = false;
  // Of the call.
  Instant now;
  const CaseRequest* sent = nullptr;
  CaseRequest filled_request;
  CallOutcome outcome;
  policy::Trace trace;
  std::vector<Mismatch> mismatches;
};

void Runner::State::RunCall(const CaseFile& file, const CaseStep& step,
                            int64_t at_us) {
  now = {.monotonic_us = kMonotonicStartUs + at_us,
         .unix_us = file.start_unix_us + at_us};
  trace.steps.clear();
  policy::Trace* const recorded = tracing() ? &trace : nullptr;
  sent = &step.request;
  if (step.request.uses_saved) {
    filled_request = saved.Fill(step.request);
    sent = &filled_request;
  }
  line.Run(sent->head, sent->body, now, &*limiter, &upstream, &outcome,
           recorded);
}

bool Runner::State::CheckCall(const CaseStep& step) {
  mismatches.clear();
  if (step.expect && step.expect->uses_saved) {
    Expectation filled = *step.expect;
    filled.json->value = saved.Fill(filled.json->value, /*json=*/true);
    judge.Check(filled, outcome, &mismatches);
  } else if (step.expect) {
    judge.Check(*step.expect, outcome, &mismatches);
  }
  for (const SavedValue& value : step.saves) {
    if (saved.Save(value, outcome.body)) continue;
    misses_saved = true;
    mismatches.push_back({value.at, StrCat("save.", value.name),
                          StrCat("a value at ", config::Quote(value.path)),
                          "none"});
  }
  CheckScript(step);
  return mismatches.empty();
}

// A script for an upstream that there is not would say nothing.
void Runner::State::CheckScript(const CaseStep& step) {
  const policy::Decision& decision = outcome.decision;
  if (!step.upstream || step.upstream->by_default || !decision.allowed() ||
      outcome.reached_upstream()) {
    return;
  }
  mismatches.push_back({step.upstream->at, "upstream",
                        "a service with an upstream",
                        StrCat(decision.service->name, ", answered here")});
}

bool Runner::State::RunStep(const CaseFile& file, const Case& test,
                            const CaseStep& step, CaseResult* result) {
  upstream.Use(step);
  if (standalone != nullptr) standalone->SetDown(step.storage_down);
  CallCounts step_counts;
  FailedCall* failed = nullptr;
  for (int64_t call = 0; call < step.repeat; ++call) {
    const int64_t at_us = step.at_us + call * step.every_us;
    if (step.request.uses_saved || (step.expect && step.expect->uses_saved)) {
      saved.Set(kCallVariable, StrCat(call + 1));
    }
    RunCall(file, step, at_us);
    ++(outcome.decision.allowed() ? step_counts.allowed : step_counts.denied);
    if (observer != nullptr) {
      observer->OnCall({test, step, outcome, trace});
    }
    if (CheckCall(step)) continue;
    if (result == nullptr) return false;
    if (failed != nullptr) {
      ++failed->more;
      continue;
    }
    result->failed_calls.push_back({.step = &step,
                                    .number = call + 1,
                                    .at_us = at_us,
                                    .mismatches = mismatches,
                                    .trace = trace,
                                    .answer = DescribeAnswer(outcome)});
    failed = &result->failed_calls.back();
  }
  counts.allowed += step_counts.allowed;
  counts.denied += step_counts.denied;
  const bool good =
      !step.expect || CheckTotals(*step.expect, step_counts, result);
  return good && failed == nullptr;
}

bool Runner::State::CheckTotals(const Expectation& expectation,
                                const CallCounts& totals, CaseResult* result) {
  std::vector<Mismatch> found;
  if (CheckCounts(expectation, totals, &found)) return true;
  if (result != nullptr) {
    for (Mismatch& mismatch : found) {
      result->failed_counts.push_back(std::move(mismatch));
    }
  }
  return false;
}

bool Runner::State::RunCase(const CaseFile& file, const Case& test,
                            CaseResult* result) {
  limiter.emplace(limiter_options);
  saved.Clear();
  counts = {};
  misses_saved = false;
  if (has_standalone && !StartStandalone(result)) return false;
  bool good = true;
  for (const CaseStep& step : test.steps) {
    good = RunStep(file, test, step, result) && good;
    if (!good && result == nullptr) return false;
    // The steps to come would ask for nonsense.
    if (misses_saved) return false;
  }
  if (test.expect) good = CheckTotals(*test.expect, counts, result) && good;
  return good;
}

// A store of its own for each case.
bool Runner::State::StartStandalone(CaseResult* result) {
  line.UseGateway(nullptr);
  absl::StatusOr<std::unique_ptr<Standalone>> made = Standalone::Create(policy);
  if (!made.ok()) {
    if (result != nullptr) {
      result->failed_counts.push_back({result->test->at, "policy",
                                       "services that can be answered here",
                                       std::string(made.status().message())});
    }
    return false;
  }
  standalone = *std::move(made);
  line.UseGateway(&standalone->gateway());
  if (guard != nullptr) guard->UseGateway(&standalone->gateway());
  return true;
}

Runner::Runner(std::shared_ptr<const policy::Policy> policy,
               const Options& options)
    : policy_(std::move(policy)),
      state_(std::make_unique<State>(policy_, options)) {}
Runner::~Runner() = default;

CaseResult Runner::Run(const CaseFile& file, const Case& test) {
  const int64_t started_us = NowUs();
  CaseResult result;
  result.test = &test;
  for (const CaseStep& step : test.steps) result.calls += step.repeat;
  // An observer wants each call once, whatever becomes of the case.
  const bool good = state_->RunCase(
      file, test, state_->observer == nullptr ? nullptr : &result);
  if (!good) {
    result.outcome = CaseResult::Outcome::kFailed;
    if (state_->observer == nullptr) {
      state_->keep_trace = true;
      state_->RunCase(file, test, &result);
      state_->keep_trace = false;
    }
  }
  result.elapsed_us = NowUs() - started_us;
  return result;
}

bool Runner::Passes(const CaseFile& file, const Case& test) {
  return state_->RunCase(file, test, nullptr);
}

}  // namespace headgate::cli
