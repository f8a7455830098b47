// The second half of Line: Map, and the answer.
#include "cli/cases/line_state.h"
#include "policy/catalogue.h"
#include "proxy/upstream.h"
#include "service/render.h"

namespace headgate::cli {
namespace {

using http::FieldId;
using http::Framing;
using policy::Refusal;

}  // namespace

void Line::State::AnswerHere(service::Call& call) {
  if (call.answer.error != nullptr) {
    outcome->local_error = call.answer.error;
    outcome->error = call.answer.error->code;
  }
  const service::RenderedAnswer answer = service::Render(call, now, now);
  CollectOwnFields(answer.status, {}, /*denied=*/false);
  outcome->body = answer.body;
  ReplyLocally(answer.status, answer.content_type);
}

void Line::State::TakeAnswer(const HandlerAnswer& answer) {
  answer_parser.Reset();
  const http::ParseResult parsed =
      answer_parser.Parse(answer.head, head.method, &answer_head);
  if (!parsed.done()) return TakeFailure(Refusal::kUpstreamProtocol);
  const bool has_body = answer_head.framing != Framing::kNone;
  const std::string_view content = has_body ? answer.body : std::string_view();
  // A larger one is judged by what comes first.
  const bool streaming = content.size() > proxy::kAnswerBufferBytes;
  outcome->mapped = policy::MapAnswer(
      *outcome->decision.service, outcome->decision.operation,
      {.status = answer_head.status,
       .content_type = answer_head.fields.Value(FieldId::kContentType),
       .body = content.substr(0, proxy::kAnswerBufferBytes),
       .streaming = streaming,
       .head_request = head.method == http::Method::kHead});
  if (outcome->mapped.error != nullptr) {
    return ReplyError(outcome->mapped.error, proxy::LimitOf(answer_head));
  }
  PassAnswer(content);
}

void Line::State::TakeFailure(Refusal failure) {
  outcome->mapped = policy::MapFailure(*outcome->decision.service, failure);
  ReplyError(outcome->mapped.error);
}

void Line::State::PassAnswer(std::string_view content) {
  CollectOwnFields(/*local_status=*/0, answer_head.fields.Value(FieldId::kVary),
                   /*denied=*/false);
  http::WriteResponseHead(answer_head,
                          {.content_length = content.size(),
                           .date = date,
                           .own_fields = own_fields.fields()},
                          &outcome->head);
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
  policy::Engine::Refuse(policy, path, target.query, refusal, decision);
  if (trace != nullptr) {
    trace->steps.push_back({.step = "parse",
                            .rule = decision->rule,
                            .at = {},
                            .value = std::string(sentence),
                            .passed = false});
  }
  ReplyError(decision->error);
}

void Line::State::ReplyError(const policy::CatalogueError* error,
                             const proxy::UpstreamLimit& limit) {
  const policy::Decision& decision = outcome->decision;
  if (error != nullptr) outcome->error = error->code;
  outcome->local_error = error;
  const proxy::ErrorAnswer answer =
      proxy::RenderError(error,
                         {.decision = decision,
                          .now = now,
                          .started = now,
                          .method = head.method_text,
                          .path = target.path},
                         &outcome->body);
  CollectOwnFields(answer.status, {}, !decision.allowed(), limit);
  ReplyLocally(answer.status, answer.content_type);
}

void Line::State::ReplyLocally(int status, std::string_view content_type) {
  http::WriteLocalHead(status, content_type,
                       {.content_length = outcome->body.size(),
                        .date = date,
                        .own_fields = own_fields.fields()},
                       &outcome->head);
  outcome->status = status;
  if (head.method == http::Method::kHead) outcome->body.clear();
}

void Line::State::CollectOwnFields(int local_status, std::string_view vary,
                                   bool denied,
                                   const proxy::UpstreamLimit& limit) {
  own_fields.Collect({.decision = outcome->decision,
                      .request_id = RequestId(),
                      .origin = head.fields.Value(FieldId::kOrigin),
                      .vary = vary,
                      .local_status = local_status,
                      .denied = denied,
                      .upstream = limit});
}

}  // namespace headgate::cli
