#include "cli/cases/line.h"

#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/secret.h"
#include "base/strings.h"
#include "policy/catalogue.h"
#include "policy/engine.h"
#include "policy/rate_headers.h"
#include "policy/request.h"
#include "proxy/app_labels.h"
#include "proxy/cors.h"
#include "proxy/http/request_parser.h"
#include "proxy/http/response_parser.h"
#include "proxy/http/target.h"
#include "proxy/http/writer.h"
#include "proxy/upstream.h"
#include "service/call.h"
#include "service/render.h"

namespace headgate::cli {
namespace {

using http::FieldId;
using http::Framing;
using policy::Refusal;

// What is random in `serve` is the same in every run here.
constexpr char kAppLabelKey[] = "policy tests show the same key always";
constexpr std::string_view kRequestId = "policy-test";
constexpr std::string_view kClientAddress = "127.0.0.1";

bool IsBodyless(int status) { return status == 204 || status == 304; }

http::HeadLimits LimitsOf(const config::RequestLimits& limits) {
  return {.head_bytes = static_cast<size_t>(limits.head_bytes),
          .request_line_bytes = static_cast<size_t>(limits.head_bytes) / 2,
          .fields = static_cast<size_t>(limits.headers)};
}

// A request whose method has a meaning for a body says that it has none.
bool MeansBody(const http::RequestHead& head) {
  return head.framing != Framing::kNone || head.method == http::Method::kPost ||
         head.method == http::Method::kPut ||
         head.method == http::Method::kPatch;
}

}  // namespace

struct Line::State {
  State(const policy::Policy& policy_in, const Options& options_in)
      : policy(policy_in),
        options(options_in),
        request_parser(LimitsOf(policy_in.config().limits_for_requests)),
        answer_parser(http::HeadLimits{}),
        labels(Secret(kAppLabelKey)) {}

  // The steps, in their order. False: answered.
  bool Parse(std::string_view bytes);
  bool Normalize();
  bool AnswerPreflight();
  bool Decide();
  void Handle(CallHandler* handler);
  bool HandleHere();
  void AnswerHere(service::Call& call);
  void UseTokens();

  void Deny(Refusal refusal, std::string_view sentence);
  void WriteUpstreamHead(std::string_view forwarded);
  void TakeAnswer(const HandlerAnswer& answer);
  void TakeFailure(Refusal failure);
  void PassAnswer(std::string_view content);
  void ReplyError(const policy::CatalogueError* error);
  void ReplyLocally(int status, std::string_view content_type);
  void CollectOwnFields(std::string_view vary, bool denied);
  void AddRateFields(bool denied);

  const policy::Policy& policy;
  const Options options;
  const service::Gateway* gateway = nullptr;
  http::RequestParser request_parser;
  http::ResponseParser answer_parser;
  proxy::AppLabels labels;
  // Limiters come and go with the cases; an engine belongs to one.
  policy::Limiter* limiter = nullptr;
  std::unique_ptr<policy::Engine> engine;

  // The call.
  http::RequestHead head;
  http::ResponseHead answer_head;
  std::string target_storage;
  http::Target target;
  policy::Request request;
  std::string_view body;
  Instant now;
  CallOutcome* outcome = nullptr;
  policy::Trace* trace = nullptr;

  std::vector<http::OwnField> own_fields;
  std::string date, rate_policy, rate_limit, retry_after, cors_scratch;
};

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
  if (head.method != http::Method::kOptions) return false;
  const proxy::CorsRequest cors = {
      .method = head.method_text,
      .origin = head.fields.Value(FieldId::kOrigin),
      .request_method = head.fields.Value(FieldId::kAccessControlRequestMethod),
      .request_headers =
          head.fields.Value(FieldId::kAccessControlRequestHeaders)};
  const policy::CompiledService* service = policy.FamilyOf(target.path);
  if (service == nullptr || service->spec.cors.origins.empty() ||
      !proxy::IsPreflight(cors)) {
    return false;
  }
  outcome->decision.service = service;
  own_fields.clear();
  proxy::AddPreflightFields(service->spec.cors, cors,
                            "GET, POST, PUT, PATCH, DELETE", &cors_scratch,
                            &own_fields);
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
  if (gateway == nullptr) return true;
  auto call = std::make_unique<service::Call>();
  call->service = decision.service;
  call->operation = decision.operation;
  call->app = decision.app;
  call->caller = decision.caller;
  call->method = head.method_text;
  call->url = StrCat("http://", head.authority, decision.path);
  call->query = decision.query_rewritten ? std::string_view(decision.query)
                                         : target.query;
  call->sent_query = target.query;
  call->body = decision.body_rewritten ? std::string_view(decision.body) : body;
  call->content_type = request.content_type;
  call->credentials = request.authorization;
  for (const auto& [name, value] : decision.variables) {
    call->variables.emplace_back(name, value);
  }
  call->now = now;
  gateway->Handle(std::move(call),
                  [this](std::unique_ptr<service::Call> answered) {
                    AnswerHere(*answered);
                  });
  return true;
}

void Line::State::AnswerHere(service::Call& call) {
  if (call.answer.error != nullptr) {
    outcome->local_error = call.answer.error;
    outcome->error = call.answer.error->code;
  }
  const service::RenderedAnswer answer = service::Render(call, now, now);
  CollectOwnFields({}, /*denied=*/false);
  outcome->body = answer.body;
  ReplyLocally(answer.status, answer.content_type);
}

void Line::State::Handle(CallHandler* handler) {
  if (HandleHere()) return;
  const policy::Decision& decision = outcome->decision;
  const std::string_view forwarded =
      decision.body_rewritten ? std::string_view(decision.body) : body;
  WriteUpstreamHead(forwarded);
  outcome->upstream_body = forwarded;
  if (!options.handle) return;
  const HandledCall call = {.decision = decision,
                            .method = head.method_text,
                            .body = forwarded,
                            .now = now};
  const HandlerAnswer answer = handler->Handle(call);
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
  const std::string_view given = head.fields.Value(FieldId::kXRequestId);
  http::UpstreamRequestOptions writing = {
      .host = head.authority,
      .client_address = kClientAddress,
      .request_id = http::IsRequestId(given) ? given : kRequestId};
  if (!forwarded.empty() || MeansBody(head)) {
    writing.framing = Framing::kContentLength;
    writing.content_length = forwarded.size();
  }
  http::WriteRequestHead(head, sent, writing, &outcome->upstream_head);
}

void Line::State::TakeAnswer(const HandlerAnswer& answer) {
  answer_parser.Reset();
  const http::ParseResult parsed =
      answer_parser.Parse(answer.head, head.method, &answer_head);
  if (!parsed.done()) return TakeFailure(Refusal::kUpstreamProtocol);
  const bool is_head = head.method == http::Method::kHead;
  const bool has_body = !is_head && !IsBodyless(answer_head.status);
  const std::string_view content = has_body ? answer.body : std::string_view();
  // A larger one is judged by what comes first.
  const bool streaming = content.size() > proxy::kAnswerBufferBytes;
  outcome->mapped = policy::MapAnswer(
      *outcome->decision.service, outcome->decision.operation,
      {.status = answer_head.status,
       .content_type = answer_head.fields.Value(FieldId::kContentType),
       .body = content.substr(0, proxy::kAnswerBufferBytes),
       .streaming = streaming,
       .head_request = is_head});
  if (outcome->mapped.error != nullptr) {
    return ReplyError(outcome->mapped.error);
  }
  PassAnswer(content);
}

void Line::State::TakeFailure(Refusal failure) {
  outcome->mapped = policy::MapFailure(*outcome->decision.service, failure);
  ReplyError(outcome->mapped.error);
}

void Line::State::PassAnswer(std::string_view content) {
  CollectOwnFields(answer_head.fields.Value(FieldId::kVary),
                   /*denied=*/false);
  http::AnswerOptions writing = {
      .content_length = content.size(), .date = date, .own_fields = own_fields};
  if (head.method == http::Method::kHead || IsBodyless(answer_head.status)) {
    writing.framing = answer_head.has_content_length ? Framing::kContentLength
                                                     : Framing::kNone;
    writing.content_length = answer_head.content_length;
    writing.omit_length = !answer_head.has_content_length;
  }
  http::WriteResponseHead(answer_head, writing, &outcome->head);
  outcome->status = answer_head.status;
  outcome->body = content;
  if (outcome->status < 400) return;
  const policy::CatalogueError* error =
      outcome->decision.service->catalogue->Recognize(outcome->status, content);
  if (error != nullptr) outcome->error = error->code;
}

void Line::State::Deny(Refusal refusal, std::string_view sentence) {
  policy::Decision* decision = &outcome->decision;
  const std::string_view path =
      target.path.empty() ? head.target.substr(0, head.target.find('?'))
                          : target.path;
  policy::Engine::Refuse(policy, path, refusal, decision);
  if (trace != nullptr) {
    trace->steps.push_back({.step = "parse",
                            .rule = decision->rule,
                            .at = {},
                            .value = std::string(sentence),
                            .passed = false});
  }
  ReplyError(decision->error);
}

void Line::State::ReplyError(const policy::CatalogueError* error) {
  const policy::Decision& decision = outcome->decision;
  CollectOwnFields({}, !decision.allowed());
  outcome->body.clear();
  if (error == nullptr) {
    policy::RenderProblem(decision.refusal, &outcome->body);
    return ReplyLocally(policy::RefusalStatus(decision.refusal),
                        "application/problem+json");
  }
  outcome->error = error->code;
  outcome->local_error = error;
  policy::Catalogue::Render(*error,
                            {.now = now,
                             .started = now,
                             .method = head.method_text,
                             .path = target.path,
                             .value = decision.value,
                             .location = decision.location,
                             .bound = decision.bound,
                             .variables = &decision.variables},
                            &outcome->body);
  ReplyLocally(error->status, decision.service->catalogue->content_type());
}

void Line::State::ReplyLocally(int status, std::string_view content_type) {
  const bool bodyless = IsBodyless(status);
  http::WriteLocalHead(
      status, content_type,
      {.framing = bodyless ? Framing::kNone : Framing::kContentLength,
       .content_length = outcome->body.size(),
       .omit_length = bodyless,
       .date = date,
       .own_fields = own_fields},
      &outcome->head);
  outcome->status = status;
  if (head.method == http::Method::kHead) outcome->body.clear();
}

void Line::State::CollectOwnFields(std::string_view vary, bool denied) {
  own_fields.clear();
  const std::string_view given = head.fields.Value(FieldId::kXRequestId);
  own_fields.push_back(
      {"X-Request-ID", http::IsRequestId(given) ? given : kRequestId});
  const policy::Decision& decision = outcome->decision;
  if (decision.limited) AddRateFields(denied);
  if (decision.service == nullptr ||
      decision.service->spec.cors.origins.empty()) {
    return;
  }
  proxy::AddCorsFields(decision.service->spec.cors,
                       head.fields.Value(FieldId::kOrigin), vary, &cors_scratch,
                       &own_fields);
}

void Line::State::AddRateFields(bool denied) {
  const policy::Decision& decision = outcome->decision;
  const std::string_view partition = labels.For(decision.app_key).partition_key;
  rate_policy.clear();
  rate_limit.clear();
  policy::AppendRateLimitPolicy(*decision.rate_text, partition, &rate_policy);
  policy::AppendRateLimit(*decision.rate_text, decision.rate, partition,
                          &rate_limit);
  own_fields.push_back({"RateLimit-Policy", rate_policy});
  own_fields.push_back({"RateLimit", rate_limit});
  if (!denied || decision.refusal != Refusal::kRate) return;
  retry_after.clear();
  policy::AppendRetryAfter(decision.rate, &retry_after);
  own_fields.push_back({"Retry-After", retry_after});
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
