#include "proxy/pipeline.h"

#include <utility>

#include "proxy/connection.h"

namespace headgate::proxy {
namespace {

using http::FieldId;
using policy::Refusal;

// A body of a forwarded call is held up to this size, so that it can be sent
// again; a larger one streams.
constexpr uint64_t kHeldBodyBytesMax = 64 * 1024;

std::string_view HostPart(std::string_view peer) {
  const size_t colon = peer.rfind(':');
  if (colon == std::string_view::npos || peer.starts_with("unix")) {
    return "unix";
  }
  std::string_view host = peer.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return host;
}

}  // namespace

Pipeline::Pipeline(const PipelineEnvironment& environment)
    : environment_(environment),
      engine_(environment.limiter),
      own_fields_(*environment.partition_secret) {}

void Pipeline::Use(Generation* generation, int64_t in_flight_max) {
  generation_ = generation;
  in_flight_max_ = in_flight_max;
  const auto& gateway = generation->gateway();
  engine_.UseTokens(gateway == nullptr ? nullptr : &gateway->tokens());
}

// ---- The request side ------------------------------------------------------

BodyMode Pipeline::OnHead(Exchange& exchange) {
  Begin(exchange);
  if (!Admit(exchange) || !Normalize(exchange) || AnswerPreflight(exchange) ||
      !DecideHead(exchange)) {
    return BodyMode::kWhole;
  }
  if (exchange.whole_request) {
    OnWholeBody(exchange);
    return BodyMode::kWhole;
  }
  const policy::Decision& decision = exchange.decision;
  const bool waits = decision.rate.delay_us > 0;
  const bool here = exchange.generation->upstream(*decision.service) == nullptr;
  return decision.needs_body || waits || here ? BodyMode::kWhole
                                              : BodyMode::kPieces;
}

void Pipeline::OnWholeBody(Exchange& exchange) {
  if (exchange.decision.needs_body && !DecideBody(exchange)) return;
  if (!Delay(exchange)) Handle(exchange, /*body_streams=*/false);
}

bool Pipeline::OnBodyPiece(Exchange& exchange, std::string_view piece,
                           bool last) {
  if (exchange.call != nullptr) return exchange.call->SendBody(piece, last);
  // Nothing of a request goes out before its body is whole, or too large to be
  // held: most that cannot be read to their end reach no upstream at all.
  exchange.body_storage.append(piece);
  exchange.body = exchange.body_storage;
  if (last) {
    Handle(exchange, /*body_streams=*/false);
    return true;
  }
  if (exchange.body.size() <= kHeldBodyBytesMax) return true;
  if (!Handle(exchange, /*body_streams=*/true)) return true;
  return exchange.call->SendBody(exchange.body, /*last=*/false);
}

void Pipeline::OnBroken(Exchange& exchange, Refusal refusal,
                        std::string_view sentence) {
  if (!exchange.generation) Begin(exchange);
  if (exchange.answer_started) return Break(exchange, sentence);
  DropCall(exchange);
  Deny(exchange, refusal, sentence);
}

void Pipeline::OnDownstreamGone(Exchange& exchange) {
  exchange.record.aborted = true;
  Finish(exchange);
}

void Pipeline::OnOutputDrained(Exchange& exchange) {
  if (!std::exchange(exchange.answer_paused, false)) return;
  exchange.call->ResumeAnswer();
}

void Pipeline::GiveUp(Exchange& exchange) {
  exchange.connection->CloseAfterAnswer();
  OnBroken(exchange, Refusal::kDraining, "timeouts.drain is over");
}

// ---- Admit -----------------------------------------------------------------

void Pipeline::Begin(Exchange& exchange) {
  environment_.metrics->exchanges_in_flight.Add(1);
  exchange.generation = GenerationPin(generation_);
  const std::string_view given =
      exchange.head.fields.Value(FieldId::kXRequestId);
  if (http::IsRequestId(given)) {
    exchange.request_id = given;
  } else {
    request_ids_.Append(&exchange.request_id);
  }
}

bool Pipeline::Admit(Exchange& exchange) {
  if (environment_.metrics->exchanges_in_flight.Get() <= in_flight_max_) {
    return true;
  }
  Deny(exchange, Refusal::kOverloaded, "limits_for_requests.in_flight");
  return false;
}

bool Pipeline::Normalize(Exchange& exchange) {
  http::TargetError error;
  if (!http::NormalizeTarget(exchange.head, &exchange.target_storage,
                             &exchange.target, &error)) {
    Deny(exchange, error.refusal, error.sentence);
    return false;
  }
  const config::Config& config = exchange.generation->policy().config();
  if (exchange.head.framing == http::Framing::kContentLength &&
      exchange.head.content_length >
          static_cast<uint64_t>(config.limits_for_requests.body_bytes)) {
    Deny(exchange, Refusal::kBodyTooLarge, "Content-Length over body_bytes");
    return false;
  }
  return true;
}

bool Pipeline::AnswerPreflight(Exchange& exchange) {
  const policy::CompiledService* service = own_fields_.CollectPreflight(
      exchange.generation->policy(), exchange.head, exchange.target.path);
  if (service == nullptr) return false;
  exchange.decision.service = service;
  ReplyLocally(exchange, 204, {}, {});
  return true;
}

// ---- Decide ----------------------------------------------------------------

bool Pipeline::DecideHead(Exchange& exchange) {
  const http::Fields& fields = exchange.head.fields;
  exchange.request = {.method = exchange.head.method_text,
                      .path = exchange.target.path,
                      .query = exchange.target.query,
                      .authorization = fields.Value(FieldId::kAuthorization),
                      .content_type = fields.Value(FieldId::kContentType),
                      .has_body = !exchange.whole_request};
  const Instant now = environment_.loop->Now();
  engine_.EvaluateHead(exchange.generation->policy(), exchange.request, now,
                       &exchange.decision);
  exchange.record.decided_us = now.monotonic_us;
  exchange.record.head_decided_us = now.monotonic_us;
  if (exchange.decision.allowed()) return true;
  ReplyError(exchange, exchange.decision.error);
  return false;
}

bool Pipeline::DecideBody(Exchange& exchange) {
  const Instant now = environment_.loop->Now();
  engine_.EvaluateBody(exchange.generation->policy(), exchange.request,
                       exchange.body, now, &exchange.decision);
  exchange.record.decided_us = now.monotonic_us;
  if (environment_.access_log->wants_replay()) {
    replay_.DescribeBody(exchange.decision, exchange.request, exchange.body,
                         &exchange.replay_body);
  }
  if (exchange.decision.allowed()) return true;
  ReplyError(exchange, exchange.decision.error);
  return false;
}

// ---- Handle ----------------------------------------------------------------

bool Pipeline::Delay(Exchange& exchange) {
  const int64_t delay_us = exchange.decision.rate.delay_us;
  if (delay_us <= 0) return false;
  // The engine will have read other bodies by then.
  exchange.decision.body_json = JsonValue();
  if (exchange.delay_timer == nullptr) {
    exchange.delay_timer = environment_.loop->Timer(
        [](int, short, void* argument) {
          auto* waiting = static_cast<Exchange*>(argument);
          waiting->handler->OnDelayOver(*waiting);
        },
        &exchange);
  }
  const timeval delay = {.tv_sec = delay_us / 1'000'000,
                         .tv_usec = delay_us % 1'000'000};
  event_add(exchange.delay_timer.get(), &delay);
  return true;
}

void Pipeline::OnDelayOver(Exchange& exchange) {
  Handle(exchange, /*body_streams=*/false);
}

bool Pipeline::Handle(Exchange& exchange, bool body_streams) {
  const policy::Decision& decision = exchange.decision;
  Upstream* upstream = exchange.generation->upstream(*decision.service);
  if (upstream == nullptr) return HandleHere(exchange);
  const std::string_view body =
      decision.body_rewritten ? std::string_view(decision.body) : exchange.body;
  exchange.upstream_request = {
      .body = body_streams ? std::string_view() : body,
      .body_streams = body_streams,
      .body_chunked = exchange.head.framing == http::Framing::kChunked,
      .head_method = exchange.head.method == http::Method::kHead};
  WriteUpstreamHead(exchange, body_streams);
  exchange.record.upstream_started_us = environment_.loop->Now().monotonic_us;
  exchange.call = upstream->Start(exchange.upstream_request, &exchange);
  return true;
}

void Pipeline::WriteUpstreamHead(Exchange& exchange, bool body_streams) {
  const policy::Decision& decision = exchange.decision;
  http::Target target = exchange.target;
  if (decision.operation != nullptr) target.path = decision.path;
  if (decision.query_rewritten) target.query = decision.query;
  http::UpstreamRequestOptions options = {
      .host = exchange.head.authority,
      .client_address = HostPart(exchange.connection->peer()),
      .scheme = exchange.connection->is_tls() ? "https" : "http",
      .request_id = exchange.request_id,
      .whole_answer = decision.operation != nullptr};
  const size_t body_bytes = exchange.upstream_request.body.size();
  if (body_streams) {
    options.framing = exchange.head.framing;
    options.content_length = exchange.head.content_length;
  } else if (body_bytes > 0 || exchange.head.framing != http::Framing::kNone) {
    options.framing = http::Framing::kContentLength;
    options.content_length = body_bytes;
  }
  http::WriteRequestHead(exchange.head, target, options,
                         &exchange.upstream_head);
  exchange.upstream_request.head = exchange.upstream_head;
}

}  // namespace headgate::proxy
