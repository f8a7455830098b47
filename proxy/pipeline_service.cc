// The services that Headgate answers itself, as Pipeline's Handle and Map see
// them: a call goes to the gateway, and its answer comes back, at once or from
// a thread of the store.
#include <thread>
#include <utility>

#include "base/strings.h"
#include "proxy/connection.h"
#include "proxy/pipeline.h"
#include "service/call.h"
#include "service/render.h"

namespace headgate::proxy {
namespace {

std::string OriginOf(const Exchange& exchange) {
  return StrCat(exchange.connection->is_tls() ? "https://" : "http://",
                exchange.head.authority);
}

}  // namespace

// ---- Handle ----------------------------------------------------------------

bool Pipeline::HandleHere(Exchange& exchange) {
  auto pending = std::make_shared<ServiceCall>();
  pending->exchange = &exchange;
  exchange.service_call = pending;
  // The call may outlive this generation's last exchange: it holds the gateway.
  const auto gateway = exchange.generation->gateway();
  gateway->Handle(
      service::MakeCall(exchange.request, exchange.body, exchange.decision,
                        OriginOf(exchange), environment_.loop->Now()),
      [this, gateway, loop = environment_.loop, pending = std::move(pending),
       home = std::this_thread::get_id()](
          std::unique_ptr<service::Call> call) mutable {
        auto answer = [this, gateway, pending = std::move(pending),
                       call = std::move(call)] {
          if (pending->exchange != nullptr) {
            AnswerHere(*pending->exchange, *call);
          }
        };
        if (std::this_thread::get_id() == home) return answer();
        loop->Post(std::move(answer));
      });
  return true;
}

// ---- Map -------------------------------------------------------------------

void Pipeline::AnswerHere(Exchange& exchange, service::Call& call) {
  exchange.detail = call.answer.detail;
  if (call.answer.error != nullptr) {
    exchange.record.error = call.answer.error->name;
  }
  const service::RenderedAnswer answer =
      service::Render(call, exchange.record.started, environment_.loop->Now());
  CollectOwnFields(exchange, {}, /*denied=*/false);
  ReplyLocally(exchange, answer.status, answer.content_type, answer.body);
}

}  // namespace headgate::proxy
