// The admin address: the same connections as downstream ones, with
// AdminHandler behind them instead of a pipeline. It runs on the control
// thread, so that an operator's call never waits for a busy worker, and no
// worker ever waits for a reload.
#ifndef HEADGATE_PROXY_ADMIN_LISTENER_H_
#define HEADGATE_PROXY_ADMIN_LISTENER_H_

#include <string>

#include "proxy/admin.h"
#include "proxy/connection_set.h"
#include "proxy/listener.h"

namespace headgate::proxy {

class AdminListener final : public ConnectionHost, public ExchangeHandler {
 public:
  AdminListener(EventLoop* loop, FileDescriptor socket, Control* control,
                const Clock* clock);
  ~AdminListener() override;

  // ConnectionHost.
  EventLoop& loop() override { return *loop_; }
  BlockPool& blocks() override { return blocks_; }
  OutputPool& outputs() override { return outputs_; }
  ExchangePool& exchanges() override { return exchanges_; }
  ExchangeHandler& handler() override { return *this; }
  http::RequestMemory* request_memory() override { return nullptr; }
  const config::RequestLimits& limits() const override { return limits_; }
  const config::Timeouts& timeouts() const override { return timeouts_; }
  bool draining() const override { return false; }
  void Retire(Connection* connection, CloseCause cause) override;

  // ExchangeHandler.
  BodyMode OnHead(Exchange& exchange) override;
  void OnWholeBody(Exchange& exchange) override;
  void OnBroken(Exchange& exchange, policy::Refusal refusal,
                std::string_view sentence) override;
  void OnDownstreamGone(Exchange& exchange) override;
  // None of these comes: there is no upstream, and no body in pieces.
  bool OnBodyPiece(Exchange&, std::string_view, bool) override;
  void OnOutputDrained(Exchange&) override {}
  void OnAnswer(Exchange&, const http::ResponseHead&, std::string_view,
                bool) override {}
  void OnAnswerBody(Exchange&, std::string_view, bool) override {}
  void OnAnswerFailed(Exchange&, policy::Refusal, std::string_view) override {}
  void OnDelayOver(Exchange&) override {}

 private:
  void Reply(Exchange& exchange, const AdminAnswer& answer);
  void ReplyRefusal(Exchange& exchange, policy::Refusal refusal);

  EventLoop* loop_;
  AdminHandler handler_;
  config::RequestLimits limits_;
  config::Timeouts timeouts_;
  BlockPool blocks_;
  OutputPool outputs_;
  ExchangePool exchanges_;
  ConnectionSet connections_;
  Listener listener_;
  std::string head_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_ADMIN_LISTENER_H_
