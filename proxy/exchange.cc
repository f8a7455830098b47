#include "proxy/exchange.h"

#include <utility>

#include "proxy/connection.h"

namespace headgate::proxy {

void Exchange::Reset() {
  connection = nullptr;
  handler = nullptr;
  generation = GenerationPin();
  head.Clear();
  target = http::Target();
  request = policy::Request();
  body = {};
  body_storage.clear();
  whole_request = false;
  decision.Clear();
  upstream_head.clear();
  upstream_request = UpstreamRequest();
  if (delay_timer != nullptr) event_del(delay_timer.get());
  answer_started = answer_chunked = answer_paused = false;
  record = ExchangeRecord();
  request_id.clear();
  detail.clear();
  replay_body.clear();
}

void Exchange::OnAnswer(const http::ResponseHead& answer,
                        std::string_view piece, bool complete) {
  handler->OnAnswer(*this, answer, piece, complete);
}

void Exchange::OnAnswerBody(std::string_view piece, bool last) {
  handler->OnAnswerBody(*this, piece, last);
}

void Exchange::OnAnswerFailed(policy::Refusal failure, std::string_view why) {
  handler->OnAnswerFailed(*this, failure, why);
}

void Exchange::OnRequestBodyWanted() { connection->ResumeBody(); }

std::unique_ptr<Exchange> ExchangePool::Take() {
  if (kept_.empty()) return std::make_unique<Exchange>();
  std::unique_ptr<Exchange> exchange = std::move(kept_.back());
  kept_.pop_back();
  return exchange;
}

void ExchangePool::Give(std::unique_ptr<Exchange> exchange) {
  // A large body's memory is not kept for requests that need none.
  constexpr size_t kBodyKeptBytes = 64 * 1024;
  exchange->Reset();
  if (exchange->body_storage.capacity() > kBodyKeptBytes) {
    exchange->body_storage = std::string();
  }
  if (kept_.size() < kKeptMax) kept_.push_back(std::move(exchange));
}

}  // namespace headgate::proxy
