// Active health: a GET to one server each interval. It says `Connection: close`
// and goes over a connection of its own, so that it tries that too. Any valid
// answer below 500 passes: a 404 says that the server lives.
// Belongs to one loop.
#ifndef HEADGATE_PROXY_UPSTREAM_HEALTH_CHECK_H_
#define HEADGATE_PROXY_UPSTREAM_HEALTH_CHECK_H_

#include <functional>
#include <string>

#include "config/config.h"
#include "proxy/upstream_client.h"

namespace headgate::proxy {

class HealthCheck final : private AttemptSink {
 public:
  // Tells `on_result` after each check. The client must outlive it.
  HealthCheck(const config::Health& config, const config::Server& server,
              EventLoop* loop, ServerClient* client,
              std::function<void(bool passed)> on_result);
  ~HealthCheck();

 private:
  static void OnTime(void* self);
  void Begin();
  void End(bool passed);

  void OnAnswer(const http::ResponseHead& head, std::string_view body,
                bool complete) override;
  void OnAnswerBody(std::string_view piece, bool last) override;
  void OnAttemptFailed(const AttemptFailure& failure) override;
  void OnRequestBodyWanted() override {}
  bool OnResent() override { return true; }

  EventLoop* loop_;
  ServerClient* client_;
  std::function<void(bool passed)> on_result_;
  const int64_t interval_us_;
  std::string head_;
  WheelTimer timer_;
  Attempt* attempt_ = nullptr;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_HEALTH_CHECK_H_
