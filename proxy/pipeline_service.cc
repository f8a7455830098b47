// The services that Headgate answers itself, as Pipeline's Handle and Map see
// them: a call goes to the gateway, and its answer comes back, at once or from
// a thread of the store.
#include <memory>
#include <thread>
#include <utility>

#include "base/strings.h"
#include "proxy/connection.h"
#include "proxy/pipeline.h"
#include "service/call.h"
#include "service/render.h"

namespace headgate::proxy {
namespace {

// A call with a larger body or answer gives its buffers back.
constexpr size_t kKeptBytesMax = 256 * 1024;

}  // namespace

// ---- Handle ----------------------------------------------------------------

bool Pipeline::HandleHere(Exchange& exchange) {
  origin_.clear();
  StrAppend(&origin_, exchange.connection->is_tls() ? "https://" : "http://",
            exchange.head.authority);
  service::FillCall(exchange.request, exchange.body, exchange.decision, origin_,
                    environment_.loop->Now(), &call_);
  if (!exchange.generation->gateway()->HandleNow(&call_)) {
    HandleLater(exchange, std::make_unique<service::Call>(std::move(call_)));
    return true;
  }
  AnswerHere(exchange, call_);
  if (call_.body.capacity() + call_.answer.body.capacity() > kKeptBytesMax) {
    call_ = service::Call();
  }
  return true;
}

void Pipeline::HandleLater(Exchange& exchange,
                           std::unique_ptr<service::Call> asked) {
  auto pending = std::make_shared<ServiceCall>();
  pending->exchange = &exchange;
  exchange.service_call = pending;
  // The call may outlive this generation's last exchange: it holds the gateway.
  const auto gateway = exchange.generation->gateway();
  gateway->HandleLater(
      std::move(asked),
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
}

// ---- Map -------------------------------------------------------------------

void Pipeline::AnswerHere(Exchange& exchange, service::Call& call) {
  exchange.detail = call.answer.detail;
  if (call.answer.error != nullptr) {
    exchange.record.error = call.answer.error->name;
  }
  const service::RenderedAnswer answer =
      service::Render(call, exchange.record.started, environment_.loop->Now());
  CollectOwnFields(exchange, answer.status, {}, /*denied=*/false);
  ReplyLocally(exchange, answer.status, answer.content_type, answer.body);
}

}  // namespace headgate::proxy
