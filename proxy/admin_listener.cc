#include "proxy/admin_listener.h"

#include <utility>
#include <vector>

#include "policy/catalogue.h"
#include "proxy/http/writer.h"

namespace headgate::proxy {

AdminListener::AdminListener(EventLoop* loop, FileDescriptor socket,
                             Control* control, const Clock* clock)
    : loop_(loop),
      handler_(control, clock),
      limits_({.body_bytes = AdminHandler::kBodyBytesMax}),
      connections_(loop),
      listener_(
          loop, std::move(socket),
          [this](int fd, std::string peer) {
            connections_.Add(std::make_unique<Connection>(
                this, Transport(fd, nullptr), std::move(peer)));
          },
          [] {}) {}

AdminListener::~AdminListener() {
  connections_.ForEach([](Connection& connection) { connection.CloseNow(); });
}

void AdminListener::Retire(Connection* connection, CloseCause) {
  connections_.Retire(connection);
}

BodyMode AdminListener::OnHead(Exchange& exchange) {
  http::TargetError error;
  if (!http::NormalizeTarget(exchange.head, &exchange.target_storage,
                             &exchange.target, &error)) {
    ReplyRefusal(exchange, error.refusal);
  } else if (exchange.whole_request) {
    OnWholeBody(exchange);
  }
  return BodyMode::kWhole;
}

void AdminListener::OnWholeBody(Exchange& exchange) {
  Reply(exchange, handler_.Handle({.method = exchange.head.method_text,
                                   .path = exchange.target.path,
                                   .query = exchange.target.query,
                                   .body = exchange.body}));
}

bool AdminListener::OnBodyPiece(Exchange&, std::string_view, bool) {
  return true;
}

void AdminListener::OnBroken(Exchange& exchange, policy::Refusal refusal,
                             std::string_view) {
  ReplyRefusal(exchange, refusal);
}

void AdminListener::OnDownstreamGone(Exchange& exchange) {
  exchange.connection->EndExchange();
}

void AdminListener::ReplyRefusal(Exchange& exchange, policy::Refusal refusal) {
  AdminAnswer answer = {.status = policy::RefusalStatus(refusal),
                        .content_type = "application/problem+json"};
  policy::RenderProblem(refusal, &answer.body);
  Reply(exchange, answer);
}

void AdminListener::Reply(Exchange& exchange, const AdminAnswer& answer) {
  std::string date;
  http::FormatHttpDate(loop_->Now().unix_us / 1'000'000, &date);
  std::vector<http::OwnField> fields = {
      {http::FieldId::kCacheControl, "no-store"}};
  if (!answer.allow.empty()) {
    fields.push_back({http::FieldId::kAllow, answer.allow});
  }
  head_.clear();
  http::WriteLocalHead(answer.status, answer.content_type,
                       {.framing = http::Framing::kContentLength,
                        .content_length = answer.body.size(),
                        .keep_alive = exchange.connection->MayKeepAlive(),
                        .client_minor_version = exchange.head.minor_version,
                        .date = date,
                        .own_fields = fields},
                       &head_);
  const bool bodyless = exchange.head.method == http::Method::kHead;
  exchange.connection->Send(
      head_, bodyless ? std::string_view() : std::string_view(answer.body));
  exchange.connection->EndExchange();
}

}  // namespace headgate::proxy
