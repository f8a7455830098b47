#include "cli/cases/against.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "cli/cases/judge.h"
#include "cli/cases/saved_values.h"
#include "cli/cases/sections.h"
#include "proxy/http_caller.h"

namespace headgate::cli {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(30);
// A limit of a whole day cannot be waited for.
constexpr int64_t kWaitUsMax = 60'000'000;
// Between a window's end here and the gateway's.
constexpr int64_t kMarginUs = 20'000;
// A delay may seem shorter by what the two clocks differ.
constexpr int64_t kClockUs = 2'000;
// More would not pass as a header field.
constexpr size_t kScriptBytesMax = 8192;

int64_t NowUs() { return Clock::System().Now().monotonic_us; }

void SleepUntil(int64_t us) {
  const int64_t left_us = us - NowUs();
  if (left_us > 0) absl::SleepFor(absl::Microseconds(left_us));
}

const policy::RateLimit& LimitOf(const policy::Decision& decision) {
  const policy::CompiledOperation& operation = *decision.operation;
  if (decision.app != nullptr) {
    const auto position = static_cast<size_t>(operation.position);
    const policy::RateLimit* own = decision.app->limits[position].get();
    if (own != nullptr) return *own;
  }
  return operation.limit;
}

// What a Runner says to one call.
struct Prediction {
  bool allowed = false;
  int status = 0;
  std::string error;
  const policy::CompiledService* service = nullptr;
  bool limited = false;
  // Whether the limiter's state shows: its calls must be the case's alone.
  bool exact = false;
  policy::LimiterKey key;
  int64_t limit = 0;
  int64_t window_us = 0;
};

// Whether it names a field that tells how many calls came before.
bool ShowsCount(const Expectation& expectation) {
  const auto& fields = expectation.headers;
  return std::any_of(fields.begin(), fields.end(), [](const auto& field) {
    return EqualsIgnoreCase(field.name, "RateLimit") ||
           EqualsIgnoreCase(field.name, "Retry-After");
  });
}

class Predictions final : public CallObserver {
 public:
  void OnCall(const ObservedCall& observed) override {
    const policy::Decision& decision = observed.outcome.decision;
    Prediction made = {.allowed = decision.allowed(),
                       .status = observed.outcome.status,
                       .error = observed.outcome.error,
                       .service = decision.service,
                       .limited = decision.limited};
    if (decision.limited) {
      const policy::RateLimit& limit = LimitOf(decision);
      const policy::RateDecision& rate = decision.rate;
      made.key = decision.limiter_key;
      made.limit = limit.limit;
      made.window_us = limit.window_us;
      made.exact = !rate.allowed || rate.would_deny || rate.delay_us > 0 ||
                   rate.candidate_denies ||
                   (observed.step.expect && ShowsCount(*observed.step.expect));
    }
    calls.push_back(std::move(made));
  }

  std::vector<Prediction> calls;
};

// The script as the upstream is told it.
std::string ScriptText(const ScriptedAnswer& script) {
  std::string text;
  JsonWriter writer(&text);
  writer.StartObject();
  if (script.failure) {
    writer.Member("failure", policy::RefusalName(*script.failure));
  } else {
    writer.Member("status", script.status);
    writer.Key("headers");
    writer.StartObject();
    for (const CaseField& field : script.fields) {
      writer.Member(field.name, field.value);
    }
    writer.EndObject();
    writer.Member("body", script.body);
  }
  writer.EndObject();
  return text;
}

bool SeesAnything(const Expectation& expectation) {
  return expectation.allow || expectation.status || expectation.error ||
         !expectation.headers.empty() || expectation.json || expectation.body ||
         expectation.delay_us || expectation.allowed || expectation.denied;
}

}  // namespace

struct Against::State {
  State(std::shared_ptr<const policy::Policy> policy,
        const AgainstOptions& options_in)
      : options(options_in),
        caller(options.url, kCallTimeout),
        runner(std::move(policy), {.observer = &predictions}) {}

  // "" if the case can be run.
  std::string WhyNot(const Case& test) const;
  // Until the limits have room. False: that would take too long.
  bool WaitForRoom();
  int64_t RoomAtUs(const Prediction& call, int64_t planned);
  void Spend(const Prediction& call);

  bool RunStep(const CaseStep& step, size_t first, int64_t begin_us,
               CaseResult* result, CallCounts* counts);
  bool RunCall(const CaseStep& step, const Prediction& predicted);
  bool Check(const CaseStep& step);
  proxy::HttpCall MakeCall(const CaseStep& step) const;

  const AgainstOptions options;
  proxy::HttpCaller caller;
  Predictions predictions;
  Runner runner;
  Judge judge;
  SavedValues saved;
  // When calls of a key were counted.
  std::map<std::pair<uint64_t, uint64_t>, std::deque<int64_t>> spent;
  // Of the call.
  CallOutcome live;
  bool allowed = false;
  int64_t took_us = 0;
  std::vector<Mismatch> mismatches;
};

std::string Against::State::WhyNot(const Case& test) const {
  bool sees = test.expect.has_value();
  for (const CaseStep& step : test.steps) {
    if (step.storage_down) return "it needs a store that is down";
    if (step.upstream && !options.scripted_upstream) {
      return "it needs an upstream that answers as it is told "
             "(--scripted-upstream)";
    }
    if (step.upstream && ScriptText(*step.upstream).size() > kScriptBytesMax) {
      return "its upstream's answer is too large";
    }
    sees |= step.expect && SeesAnything(*step.expect);
  }
  return sees ? "" : "a client sees nothing of what it expects";
}

int64_t Against::State::RoomAtUs(const Prediction& call, int64_t planned) {
  std::deque<int64_t>& times = spent[{call.key.high, call.key.low}];
  const int64_t now_us = NowUs();
  while (!times.empty() &&
         times.front() + call.window_us + kMarginUs < now_us) {
    times.pop_front();
  }
  if (times.empty()) return now_us;
  const int64_t free =
      call.limit - static_cast<int64_t>(times.size()) - planned;
  if (!call.exact && free >= 0) return now_us;
  return times.back() + call.window_us + kMarginUs;
}

bool Against::State::WaitForRoom() {
  std::map<std::pair<uint64_t, uint64_t>, int64_t> planned;
  for (const Prediction& call : predictions.calls) {
    if (call.limited) ++planned[{call.key.high, call.key.low}];
  }
  int64_t room_us = 0;
  for (const Prediction& call : predictions.calls) {
    if (!call.limited) continue;
    room_us = std::max(room_us,
                       RoomAtUs(call, planned[{call.key.high, call.key.low}]));
  }
  if (room_us > NowUs() + kWaitUsMax) return false;
  SleepUntil(room_us);
  return true;
}

void Against::State::Spend(const Prediction& call) {
  if (!call.limited) return;
  spent[{call.key.high, call.key.low}].push_back(NowUs());
}

proxy::HttpCall Against::State::MakeCall(const CaseStep& step) const {
  const CaseRequest request =
      step.request.uses_saved ? saved.Fill(step.request) : step.request;
  proxy::HttpCall call = {.method = request.method,
                          .target = request.target,
                          .fields = {},
                          .body = request.body};
  for (const CaseField& field : request.fields) {
    call.fields.emplace_back(field.name, field.value);
  }
  if (step.upstream) {
    call.fields.emplace_back(kTestAnswerField, ScriptText(*step.upstream));
  }
  return call;
}

bool Against::State::RunCall(const CaseStep& step,
                             const Prediction& predicted) {
  mismatches.clear();
  const int64_t started_us = NowUs();
  absl::StatusOr<proxy::HttpAnswer> answer = caller.Call(MakeCall(step));
  took_us = NowUs() - started_us;
  Spend(predicted);
  live.Clear();
  allowed = false;
  if (!answer.ok()) {
    mismatches.push_back({step.request.at, "answer", "one",
                          std::string(answer.status().message())});
    return false;
  }
  live.status = answer->status;
  live.head = std::move(answer->head);
  live.body = std::move(answer->body);
  if (predicted.service != nullptr && live.status >= 400) {
    const policy::CatalogueError* error =
        predicted.service->catalogue->Recognize(live.status, live.body);
    if (error != nullptr) live.error = error->code;
  }
  allowed = live.status < 400 ||
            (predicted.allowed && predicted.status == live.status &&
             predicted.error == live.error);
  return Check(step);
}

bool Against::State::Check(const CaseStep& step) {
  if (step.expect) {
    Expectation expectation = *step.expect;
    if (expectation.uses_saved) {
      expectation.json->value = saved.Fill(expectation.json->value, true);
    }
    judge.CheckAnswer(expectation, live, &mismatches);
    if (expectation.allow && expectation.allow->value != allowed) {
      mismatches.push_back({expectation.allow->at, "decision",
                            expectation.allow->value ? "allow" : "deny",
                            DescribeAnswer(live)});
    }
    if (expectation.delay_us &&
        took_us + kClockUs < expectation.delay_us->value) {
      mismatches.push_back({expectation.delay_us->at, "delay",
                            CaseTimeText(expectation.delay_us->value),
                            CaseTimeText(took_us)});
    }
  }
  for (const SavedValue& value : step.saves) {
    if (saved.Save(value, live.body)) continue;
    mismatches.push_back({value.at, StrCat("save.", value.name),
                          StrCat("a value at ", config::Quote(value.path)),
                          "none"});
  }
  return mismatches.empty();
}

bool Against::State::RunStep(const CaseStep& step, size_t first,
                             int64_t begin_us, CaseResult* result,
                             CallCounts* counts) {
  CallCounts of_step;
  FailedCall* failed = nullptr;
  for (int64_t call = 0; call < step.repeat; ++call) {
    const int64_t at_us = step.at_us + call * step.every_us;
    SleepUntil(begin_us + at_us);
    saved.Set(kCallVariable, StrCat(call + 1));
    const bool good =
        RunCall(step, predictions.calls[first + static_cast<size_t>(call)]);
    ++(allowed ? of_step.allowed : of_step.denied);
    if (good) continue;
    if (failed != nullptr) {
      ++failed->more;
      continue;
    }
    result->failed_calls.push_back(
        {.step = &step,
         .number = call + 1,
         .at_us = at_us,
         .mismatches = mismatches,
         .trace = {},
         .answer = live.status > 0 ? DescribeAnswer(live) : "nothing"});
    failed = &result->failed_calls.back();
  }
  counts->allowed += of_step.allowed;
  counts->denied += of_step.denied;
  if (step.expect) CheckCounts(*step.expect, of_step, &result->failed_counts);
  return failed == nullptr;
}

Against::Against(std::shared_ptr<const policy::Policy> policy,
                 const AgainstOptions& options)
    : state_(std::make_unique<State>(std::move(policy), options)) {}
Against::~Against() = default;

CaseResult Against::Run(const CaseFile& file, const Case& test) {
  State& state = *state_;
  CaseResult result;
  result.test = &test;
  result.skipped_because = state.WhyNot(test);
  if (result.skipped_because.empty()) {
    state.predictions.calls.clear();
    state.runner.Run(file, test);
    if (!state.WaitForRoom()) {
      result.skipped_because = "its limits would be waited for too long";
    }
  }
  if (!result.skipped_because.empty()) {
    result.outcome = CaseResult::Outcome::kSkipped;
    return result;
  }
  state.saved.Clear();
  CallCounts counts;
  const int64_t begin_us = NowUs();
  for (const CaseStep& step : test.steps) {
    const auto first = static_cast<size_t>(result.calls);
    const bool good = state.RunStep(step, first, begin_us, &result, &counts);
    result.calls += step.repeat;
    // The steps to come would ask for nonsense.
    if (!good && !step.saves.empty()) break;
  }
  if (test.expect) CheckCounts(*test.expect, counts, &result.failed_counts);
  if (!result.failed_calls.empty() || !result.failed_counts.empty()) {
    result.outcome = CaseResult::Outcome::kFailed;
  }
  result.elapsed_us = NowUs() - begin_us;
  return result;
}

}  // namespace headgate::cli
