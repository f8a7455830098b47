#include "policy/engine.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "policy/authenticate.h"
#include "policy/rules.h"
#include "policy/verified_credentials.h"

namespace headgate::policy {
namespace {

// The operations' halves of the limiter's keys, hashed once for each policy.
class OperationKeys {
 public:
  void UsePolicy(uint64_t serial) {
    if (std::exchange(serial_, serial) != serial) keys_.clear();
  }
  const LimiterKey& For(const CompiledOperation& operation,
                        const Limiter& limiter) {
    const auto index = static_cast<size_t>(operation.index);
    if (index >= keys_.size()) keys_.resize(index + 1);
    std::optional<LimiterKey>& key = keys_[index];
    if (!key) key = limiter.HashOperation(operation.rules->limiter_name);
    return *key;
  }

 private:
  uint64_t serial_ = 0;                          // of no policy
  std::vector<std::optional<LimiterKey>> keys_;  // by the operation's index
};

}  // namespace

struct Engine::Buffers {
  JsonReader reader;
  std::string written;
  JsonWriter writer{&written};
  Router::Match match;
  VerifiedCredentials verified;
  OperationKeys operation_keys;
  std::string credentials;
  std::string scratch;
};

// One evaluation, as the steps see it.
struct Engine::Line {
  const Policy& policy;
  const Request& request;
  const Instant& now;
  Decision* decision;
  Recorder recorder;
  Engine* engine;
  std::string_view body = {};
  const CompiledRoute* route = nullptr;  // null: no operation matched

  Buffers& buffers() const { return *engine->buffers_; }
  const OperationRules& rules() const { return *decision->operation->rules; }
  const CompiledRoute* RouteOf(int number) const {
    return &policy.routes_[static_cast<size_t>(number)];
  }
};

namespace {

// No operation matched: the family says what that means.
bool Unmatched(Router::Outcome outcome, const Request& request,
               Decision* decision, Recorder* recorder) {
  if (decision->service == nullptr) {
    Rule nobody;
    nobody.name = "route";
    nobody.refusal = Refusal::kNoOperation;
    return recorder->Denied(nobody, {.value = request.path});
  }
  const ServiceRules& rules = *decision->service->rules;
  if (decision->service->spec.unmatched ==
      config::Service::Unmatched::kForward) {
    decision->path = request.path;
    recorder->Passed(rules.no_operation, request.path);
    return true;
  }
  const bool wrong_method = outcome == Router::Outcome::kWrongMethod;
  return recorder->Denied(
      wrong_method ? rules.wrong_method : rules.no_operation,
      {.value = wrong_method ? request.method : request.path});
}

}  // namespace

// Which operation is meant, and by which variables.
bool Engine::Route(Line* line) {
  const Request& request = line->request;
  Decision* decision = line->decision;
  Router::Match& match = line->buffers().match;
  const Router::Outcome outcome =
      line->policy.router_->Find(request.method, request.path, &match);
  if (outcome != Router::Outcome::kFound) {
    const CompiledService* family =
        match.route < 0 ? line->policy.FamilyOf(request.path)
                        : line->RouteOf(match.route)->operation->service;
    decision->service = family;
    return Unmatched(outcome, request, decision, &line->recorder);
  }
  line->route = line->RouteOf(match.route);
  decision->operation = line->route->operation;
  decision->service = decision->operation->service;
  if (!line->route->path.Decode(match.variables, decision,
                                &line->buffers().scratch)) {
    return line->recorder.Denied(decision->service->rules->bad_path,
                                 {.value = request.path});
  }
  line->recorder.Passed(decision->service->rules->no_operation,
                        decision->operation->name);
  return true;
}

bool Engine::Authenticate(Line* line) {
  if (line->route == nullptr) return true;
  Buffers& buffers = line->buffers();
  buffers.verified.UsePolicy(line->policy.serial());
  return policy::Authenticate({line->now, line->engine->tokens_,
                               &buffers.verified, &buffers.credentials},
                              *line->route, line->request, line->decision,
                              &line->recorder);
}

// Per app key and operation.
bool Engine::Limit(Line* line) {
  if (line->route == nullptr) return true;
  Decision* decision = line->decision;
  const CompiledOperation& operation = *decision->operation;
  const RateLimit* limit = &operation.limit;
  const Rule* rule = &operation.rules->limit;
  decision->rate_text = &operation.rules->rate_text;
  if (decision->app != nullptr) {
    const auto position = static_cast<size_t>(operation.position);
    const RateLimit* own = decision->app->limits[position].get();
    if (own != nullptr) {
      limit = own;
      rule = &decision->app->rules->limits[position];
      decision->rate_text = &decision->app->rules->rate_texts[position];
    }
  }
  Limiter* limiter = line->engine->limiter_;
  decision->limited = true;
  OperationKeys& keys = line->buffers().operation_keys;
  keys.UsePolicy(line->policy.serial());
  decision->limiter_key = Limiter::Combine(
      limiter->HashAppKey(decision->app_key), keys.For(operation, *limiter));
  decision->rate =
      line->engine->spend_
          ? limiter->Admit(decision->limiter_key, *limit, line->now)
          : limiter->Peek(decision->limiter_key, *limit, line->now);
  if (!decision->rate.allowed) {
    return line->recorder.Denied(*rule, {.bound = limit->limit});
  }
  if (line->recorder.tracing()) {
    line->recorder.Passed(
        *rule, StrCat(decision->rate.remaining, " of ", limit->limit, " left"));
  }
  return true;
}

bool Engine::Authorize(Line* line) {
  if (line->route == nullptr || !line->rules().deny) return true;
  return line->recorder.Denied(*line->rules().deny, {});
}

// The path and the query, and what of them is forwarded.
bool Engine::ValidateHead(Line* line) {
  if (line->route == nullptr) return true;
  Decision* decision = line->decision;
  std::string* scratch = &line->buffers().scratch;
  if (!line->route->path.Check(*decision, &line->recorder, scratch) ||
      !line->rules().query.Check(line->request.query, decision, &line->recorder,
                                 scratch)) {
    return false;
  }
  line->route->path.Write(*decision, &decision->path);
  using Kind = config::BodySpec::Kind;
  const Kind kind = decision->operation->spec.body.kind;
  // Where no body is needed, one that comes must be JSON all the same.
  decision->needs_body =
      kind == Kind::kJson || (kind == Kind::kNone && line->request.has_body);
  return true;
}

bool Engine::ValidateBody(Line* line) {
  Buffers& buffers = line->buffers();
  const BodyTools tools{&buffers.reader, &buffers.writer, &line->recorder,
                        &buffers.scratch};
  return line->rules().body.Check(line->body, line->request.content_type, tools,
                                  line->decision, &line->decision->body_json);
}

// Only what has the documented form can be held against the grants.
bool Engine::AuthorizeBody(Line* line) {
  const CompiledApp* app = line->decision->app;
  if (line->rules().grants.empty() || app == nullptr || !app->rules->grants) {
    return true;
  }
  return line->rules().grants.Check(line->decision->body_json,
                                    *app->rules->grants, &line->recorder);
}

// The line of a decision. `limit` stands before `validate`: a refused call
// costs little, and a flood of malformed calls is a flood all the same. It
// stands behind `authenticate`, since a call that cannot be anybody's should
// not spend an app's calls.
const Engine::Step Engine::kHead[] = {
    {"route", &Engine::Route},
    {"authenticate", &Engine::Authenticate},
    {"limit", &Engine::Limit},
    {"authorize", &Engine::Authorize},
    {"validate", &Engine::ValidateHead},
};
const Engine::Step Engine::kBody[] = {
    {"validate", &Engine::ValidateBody},
    {"authorize", &Engine::AuthorizeBody},
};

Engine::Engine(Limiter* limiter, bool spend)
    : limiter_(limiter), spend_(spend), buffers_(std::make_unique<Buffers>()) {}
Engine::~Engine() = default;

void Engine::UseTokens(const TokenVerifier* tokens) {
  tokens_ = tokens;
  buffers_->verified.Clear();
}

bool Engine::Run(absl::Span<const Step> steps, Line* line) {
  for (const Step& step : steps) {
    line->recorder.set_step(step.name);
    if (!step.run(line)) return false;
  }
  return true;
}

void Engine::EvaluateHead(const Policy& policy, const Request& request,
                          const Instant& now, Decision* decision,
                          Trace* trace) {
  Line line{policy, request, now, decision, Recorder(decision, trace), this};
  Run(kHead, &line);
}

void Engine::EvaluateBody(const Policy& policy, const Request& request,
                          std::string_view body, const Instant& now,
                          Decision* decision, Trace* trace) {
  Line line{policy, request, now, decision, Recorder(decision, trace),
            this,   body};
  Run(kBody, &line);
}

void Engine::Evaluate(const Policy& policy, const Request& request,
                      std::string_view body, const Instant& now,
                      Decision* decision, Trace* trace) {
  EvaluateHead(policy, request, now, decision, trace);
  if (decision->allowed() && decision->needs_body) {
    EvaluateBody(policy, request, body, now, decision, trace);
  }
}

void Engine::Refuse(const Policy& policy, std::string_view path,
                    std::string_view query, Refusal refusal,
                    Decision* decision) {
  decision->service = policy.FamilyOf(path);
  Rule rule;
  rule.name = RefusalName(refusal);
  rule.refusal = refusal;
  if (decision->service != nullptr) {
    rule.error = &decision->service->catalogue->For(refusal);
  }
  Fault fault;
  if (refusal == Refusal::kInvalidQuery) {
    fault = {.value = query, .location = "query"};
  }
  Recorder(decision, nullptr).Denied(rule, fault);
}

}  // namespace headgate::policy
