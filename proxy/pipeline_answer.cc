// The second half of Pipeline: Map, Send and Finish.
#include <algorithm>
#include <utility>

#include "policy/answers.h"
#include "proxy/answer_summary.h"
#include "proxy/connection.h"
#include "proxy/pipeline.h"

namespace headgate::proxy {
namespace {

using http::FieldId;
using http::Framing;
using policy::Refusal;

// A slow client's unsent answer above this pauses the upstream.
constexpr size_t kUnsentHighWaterBytes = 256 * 1024;
}  // namespace

// ---- Map -------------------------------------------------------------------

void Pipeline::OnAnswer(Exchange& exchange, const http::ResponseHead& head,
                        std::string_view body, bool complete) {
  ExchangeRecord& record = exchange.record;
  record.upstream_status = head.status;
  record.upstream_ended_us = environment_.loop->Now().monotonic_us;
  const policy::Mapped mapped = policy::MapAnswer(
      *exchange.decision.service, exchange.decision.operation,
      {.status = head.status,
       .content_type = head.fields.Value(FieldId::kContentType),
       .body = body,
       .streaming = !complete,
       .head_request = exchange.head.method == http::Method::kHead});
  if (mapped.error == nullptr) {
    return PassAnswer(exchange, head, body, complete);
  }
  record.mapped = mapped.reason;
  exchange.detail =
      SumUp({.status = head.status,
             .content_type = head.fields.Value(FieldId::kContentType),
             .body = body,
             .complete = complete,
             .code_key = exchange.decision.service->catalogue->code_key()});
  ReplyError(exchange, mapped.error, LimitOf(head));
}

void Pipeline::OnAnswerFailed(Exchange& exchange, Refusal failure,
                              std::string_view detail) {
  exchange.record.upstream_ended_us = environment_.loop->Now().monotonic_us;
  if (exchange.answer_started) return Break(exchange, detail);
  const policy::Mapped mapped =
      policy::MapFailure(*exchange.decision.service, failure);
  exchange.record.mapped = mapped.reason;
  exchange.detail = detail;
  ReplyError(exchange, mapped.error);
}

void Pipeline::Deny(Exchange& exchange, Refusal refusal,
                    std::string_view detail) {
  exchange.detail = detail;
  policy::Decision& decision = exchange.decision;
  if (decision.service == nullptr) {
    const std::string_view path =
        exchange.target.path.empty()
            ? exchange.head.target.substr(0, exchange.head.target.find('?'))
            : exchange.target.path;
    policy::Engine::Refuse(exchange.generation->policy(), path,
                           exchange.target.query, refusal, &decision);
  } else {
    decision.outcome = policy::Decision::Outcome::kDeny;
    decision.refusal = refusal;
    decision.error = &decision.service->catalogue->For(refusal);
  }
  ReplyError(exchange, decision.error);
}

void Pipeline::ReplyError(Exchange& exchange,
                          const policy::CatalogueError* error,
                          const UpstreamLimit& limit) {
  const policy::Decision& decision = exchange.decision;
  const ErrorAnswer answer = RenderError(error,
                                         {.decision = decision,
                                          .now = environment_.loop->Now(),
                                          .started = exchange.record.started,
                                          .method = exchange.head.method_text,
                                          .path = exchange.target.path},
                                         &body_);
  CollectOwnFields(exchange, answer.status, {}, !decision.allowed(), limit);
  ReplyLocally(exchange, answer.status, answer.content_type, body_);
}

// ---- Send ------------------------------------------------------------------

void Pipeline::ReplyLocally(Exchange& exchange, int status,
                            std::string_view content_type,
                            std::string_view body) {
  const http::AnswerOptions options = {
      .content_length = body.size(),
      .keep_alive = exchange.connection->MayKeepAlive(),
      .client_minor_version = exchange.head.minor_version,
      .date = Date(),
      .own_fields = own_fields_.fields()};
  head_.clear();
  http::WriteLocalHead(status, content_type, options, &head_);
  if (exchange.head.method == http::Method::kHead) body = {};
  exchange.record.status = status;
  exchange.record.local_reply = true;
  exchange.record.bytes_out = static_cast<int64_t>(head_.size() + body.size());
  exchange.connection->Send(head_, body);
  Finish(exchange);
}

void Pipeline::PassAnswer(Exchange& exchange, const http::ResponseHead& head,
                          std::string_view body, bool complete) {
  CollectOwnFields(exchange, /*local_status=*/0,
                   head.fields.Value(FieldId::kVary),
                   /*denied=*/false);
  const http::AnswerOptions options =
      AnswerFraming(exchange, head, body, complete);
  head_.clear();
  http::WriteResponseHead(head, options, &head_);
  exchange.record.status = head.status;
  exchange.record.bytes_out = static_cast<int64_t>(head_.size());
  if (complete) {
    exchange.record.bytes_out += static_cast<int64_t>(body.size());
    exchange.connection->Send(head_, body);
    return Finish(exchange);
  }
  exchange.answer_started = true;
  exchange.answer_chunked = options.framing == Framing::kChunked;
  exchange.connection->Send(head_, {});
  SendPiece(exchange, body, /*last=*/false);
}

http::AnswerOptions Pipeline::AnswerFraming(Exchange& exchange,
                                            const http::ResponseHead& head,
                                            std::string_view body,
                                            bool complete) {
  http::AnswerOptions options = {
      .content_length = body.size(),
      .client_minor_version = exchange.head.minor_version,
      .date = Date(),
      .own_fields = own_fields_.fields()};
  if (!complete && head.framing == Framing::kContentLength) {
    options.content_length = head.content_length;
  } else if (!complete && exchange.head.minor_version == 0) {
    // HTTP/1.0 knows no chunks: the end of the connection ends the answer.
    options.framing = Framing::kUntilClose;
    exchange.connection->CloseAfterAnswer();
  } else if (!complete) {
    options.framing = Framing::kChunked;
  }
  options.keep_alive = exchange.connection->MayKeepAlive();
  return options;
}

void Pipeline::OnAnswerBody(Exchange& exchange, std::string_view piece,
                            bool last) {
  SendPiece(exchange, piece, last);
  if (!last) return;
  exchange.record.upstream_ended_us = environment_.loop->Now().monotonic_us;
  Finish(exchange);
}

void Pipeline::SendPiece(Exchange& exchange, std::string_view piece,
                         bool last) {
  Connection& connection = *exchange.connection;
  exchange.record.bytes_out += static_cast<int64_t>(piece.size());
  if (!exchange.answer_chunked) {
    connection.Send(piece, {});
  } else {
    head_.clear();
    if (!piece.empty()) http::WriteChunkStart(piece.size(), &head_);
    connection.Send(head_, piece);
    connection.Send(piece.empty() ? std::string_view() : http::kChunkEnd,
                    last ? http::kLastChunk : std::string_view());
  }
  if (!last && connection.unsent() > kUnsentHighWaterBytes) {
    exchange.answer_paused = true;
    exchange.call->PauseAnswer();
  }
}

void Pipeline::CollectOwnFields(Exchange& exchange, int local_status,
                                std::string_view vary, bool denied,
                                const UpstreamLimit& limit) {
  own_fields_.Collect({.decision = exchange.decision,
                       .request_id = exchange.request_id,
                       .origin = exchange.head.fields.Value(FieldId::kOrigin),
                       .vary = vary,
                       .local_status = local_status,
                       .denied = denied,
                       .upstream = limit});
}

std::string_view Pipeline::Date() {
  const int64_t second = environment_.loop->Now().unix_us / 1'000'000;
  if (second != date_second_) {
    date_second_ = second;
    date_.clear();
    http::FormatHttpDate(second, &date_);
  }
  return date_;
}

// ---- Finish ----------------------------------------------------------------

void Pipeline::Finish(Exchange& exchange) {
  Record(exchange);
  exchange.connection->EndExchange();
}

void Pipeline::Break(Exchange& exchange, std::string_view detail) {
  exchange.record.aborted = true;
  exchange.detail = detail;
  Record(exchange);
  exchange.connection->Abort();
}

void Pipeline::DropCall(Exchange& exchange) {
  if (exchange.call == nullptr) return;
  ExchangeRecord& record = exchange.record;
  record.upstream = exchange.call->server();
  record.retries = exchange.call->retries();
  if (record.upstream_status == 0) {
    record.upstream_status = exchange.call->broken_status();
  }
  exchange.call.reset();
}

void Pipeline::Record(Exchange& exchange) {
  DropCall(exchange);
  ExchangeRecord& record = exchange.record;
  record.ended = environment_.loop->Now();
  record.request_id = exchange.request_id;
  record.method = exchange.head.method_text;
  record.path = exchange.target.path;
  record.decision = &exchange.decision;
  record.detail = exchange.detail;
  if (environment_.access_log->wants_lines()) {
    record.app = AppOf(exchange.decision);
  }
  RecordReplay(exchange);
  environment_.metrics->Count(record);
  environment_.access_log->Write(record);
  warnings_.Warn(record);
  environment_.metrics->exchanges_in_flight.Add(-1);
  // What the service still does for it, it does for nobody.
  if (exchange.service_call != nullptr) {
    exchange.service_call->exchange = nullptr;
    exchange.service_call.reset();
  }
}

std::string_view Pipeline::AppOf(const policy::Decision& decision) {
  if (decision.app != nullptr) return decision.app->name;
  if (decision.app_key.empty()) return "";
  return environment_.app_labels->For(decision.app_key);
}

// What the engine decided, it can decide again.
void Pipeline::RecordReplay(Exchange& exchange) {
  ExchangeRecord& record = exchange.record;
  if (record.head_decided_us == 0 || !environment_.access_log->wants_replay()) {
    return;
  }
  const policy::Decision& decision = exchange.decision;
  const std::string_view label =
      decision.app_key_secret && !decision.app_key.empty()
          ? environment_.app_labels->For(decision.app_key)
          : std::string_view();
  replay_.Describe(
      {.decision = decision,
       .request = exchange.request,
       .body_members = exchange.replay_body,
       .key_label = label,
       .at_us = record.head_decided_us - record.started.monotonic_us},
      &replay_text_);
  record.replay = replay_text_;
}

}  // namespace headgate::proxy
