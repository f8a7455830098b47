#include "cli/cases/line.h"

#include <utility>

#include "base/strings.h"
#include "cli/cases/line_state.h"

namespace headgate::cli {
namespace {

using http::FieldId;
using http::Framing;
using policy::Refusal;

// What is random in `serve` is the same in every run here.
constexpr SipHashKey kPartitionSecret = {1, 2};
constexpr std::string_view kRequestId = "policy-test";
constexpr std::string_view kClientAddress = "127.0.0.1";

}  // namespace

Line::State::State(const policy::Policy& policy_in, const Options& options_in)
    : policy(policy_in),
      options(options_in),
      request_parser(http::LimitsOf(policy_in.config().limits_for_requests)),
      answer_parser(http::HeadLimits{}),
      own_fields(kPartitionSecret) {}

std::string_view Line::State::RequestId() const {
  const std::string_view given = head.fields.Value(FieldId::kXRequestId);
  return http::IsRequestId(given) ? given : kRequestId;
}

bool Line::State::Parse(std::string_view bytes) {
  request_parser.Reset();
  const http::ParseResult parsed = request_parser.Parse(bytes, &head);
  if (parsed.done() && parsed.head_bytes == bytes.size()) return true;
  Deny(parsed.error() ? parsed.refusal : Refusal::kBadRequest,
       parsed.error() ? parsed.sentence : "the head ends early");
  return false;
}

bool Line::State::Normalize() {
  http::TargetError error;
  if (!http::NormalizeTarget(head, &target_storage, &target, &error)) {
    Deny(error.refusal, error.sentence);
    return false;
  }
  const auto body_bytes_max =
      static_cast<size_t>(policy.config().limits_for_requests.body_bytes);
  if (body.size() <= body_bytes_max) return true;
  Deny(Refusal::kBodyTooLarge, "Content-Length over body_bytes");
  return false;
}

bool Line::State::AnswerPreflight() {
  const policy::CompiledService* service =
      own_fields.CollectPreflight(policy, head, target.path);
  if (service == nullptr) return false;
  outcome->decision.service = service;
  outcome->body.clear();
  ReplyLocally(204, {});
  return true;
}

bool Line::State::Decide() {
  request = {.method = head.method_text,
             .path = target.path,
             .query = target.query,
             .authorization = head.fields.Value(FieldId::kAuthorization),
             .content_type = head.fields.Value(FieldId::kContentType),
             .has_body = !body.empty()};
  engine->Evaluate(policy, request, body, now, &outcome->decision, trace);
  if (outcome->decision.allowed()) return true;
  ReplyError(outcome->decision.error);
  return false;
}

void Line::State::UseTokens() {
  engine->UseTokens(gateway == nullptr ? nullptr : &gateway->tokens());
}

// A service without an upstream. False: it has one.
bool Line::State::HandleHere() {
  const policy::Decision& decision = outcome->decision;
  if (decision.service->spec.upstream) return false;
  if (gateway == nullptr || !options.handle) return true;
  if (guard && !guard(decision)) return true;
  gateway->Handle(service::MakeCall(request, body, decision,
                                    StrCat("http://", head.authority), now),
                  [this](std::unique_ptr<service::Call> answered) {
                    AnswerHere(*answered);
                  });
  return true;
}

void Line::State::Handle(CallHandler* handler) {
  if (HandleHere()) return;
  const policy::Decision& decision = outcome->decision;
  const std::string_view forwarded =
      decision.body_rewritten ? std::string_view(decision.body) : body;
  WriteUpstreamHead(forwarded);
  outcome->upstream_body = forwarded;
  if (!options.handle) return;
  const HandlerAnswer answer = handler->Handle(decision);
  if (answer.failed) {
    TakeFailure(answer.failure);
  } else {
    TakeAnswer(answer);
  }
}

void Line::State::WriteUpstreamHead(std::string_view forwarded) {
  const policy::Decision& decision = outcome->decision;
  http::Target sent = target;
  if (decision.operation != nullptr) sent.path = decision.path;
  if (decision.query_rewritten) sent.query = decision.query;
  http::UpstreamRequestOptions writing = {.host = head.authority,
                                          .client_address = kClientAddress,
                                          .request_id = RequestId()};
  if (!forwarded.empty() || head.framing != Framing::kNone) {
    writing.framing = Framing::kContentLength;
    writing.content_length = forwarded.size();
  }
  http::WriteRequestHead(head, sent, writing, &outcome->upstream_head);
}

void CallOutcome::Clear() {
  decision.Clear();
  upstream_head.clear();
  upstream_body.clear();
  mapped = {};
  status = 0;
  head.clear();
  body.clear();
  error.clear();
  local_error = nullptr;
}

HeadField FindHeadField(std::string_view head, std::string_view name) {
  size_t line = head.find("\r\n");
  while (line != head.npos) {
    const size_t begin = line + 2;
    line = head.find("\r\n", begin);
    const std::string_view field = head.substr(begin, line - begin);
    const size_t colon = field.find(':');
    if (colon == field.npos) continue;
    if (EqualsIgnoreCase(field.substr(0, colon), name)) {
      return {.found = true, .value = TrimOws(field.substr(colon + 1))};
    }
  }
  return {};
}

Line::Line(const policy::Policy& policy, const Options& options)
    : state_(std::make_unique<State>(policy, options)) {}
Line::~Line() = default;

void Line::UseGateway(const service::Gateway* gateway) {
  state_->gateway = gateway;
  if (state_->engine != nullptr) state_->UseTokens();
}

void Line::UseGuard(std::function<bool(const policy::Decision&)> guard) {
  state_->guard = std::move(guard);
}

void Line::Run(std::string_view head, std::string_view body, const Instant& now,
               policy::Limiter* limiter, CallHandler* handler,
               CallOutcome* outcome, policy::Trace* trace) {
  State& state = *state_;
  if (state.limiter != limiter || state.engine == nullptr) {
    state.limiter = limiter;
    state.engine =
        std::make_unique<policy::Engine>(limiter, state.options.spend);
    state.UseTokens();
  }
  outcome->Clear();
  state.target = {};
  state.body = body;
  state.now = now;
  state.outcome = outcome;
  state.trace = trace;
  state.date.clear();
  http::FormatHttpDate(now.unix_us / 1'000'000, &state.date);
  if (!state.Parse(head) || !state.Normalize() || state.AnswerPreflight() ||
      !state.Decide()) {
    return;
  }
  state.Handle(handler);
}

}  // namespace headgate::cli
