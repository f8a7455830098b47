// The second half of Line: Map, and the answer.
#include "cli/cases/line_state.h"
#include "policy/catalogue.h"
#include "policy/rate_headers.h"
#include "proxy/cors.h"
#include "proxy/upstream.h"
#include "service/render.h"

namespace headgate::cli {
namespace {

using http::FieldId;
using http::Framing;
using policy::Refusal;

bool IsBodyless(int status) { return status == 204 || status == 304; }

}  // namespace

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
  own_fields.push_back({"X-Request-ID", RequestId()});
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

}  // namespace headgate::cli
