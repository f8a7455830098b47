#include "proxy/upstream_health_check.h"

#include <utility>

#include "absl/time/time.h"
#include "base/strings.h"

namespace headgate::proxy {
namespace {

std::string HostOf(const config::Server& server) {
  if (server.scheme == config::Server::Scheme::kUnix) return "localhost";
  const bool bare_ipv6 = server.host.find(':') != std::string::npos &&
                         !server.host.starts_with('[');
  return StrCat(bare_ipv6 ? "[" : "", server.host, bare_ipv6 ? "]" : "", ":",
                server.port);
}

}  // namespace

HealthCheck::HealthCheck(const config::Health& config,
                         const config::Server& server, EventLoop* loop,
                         ServerClient* client,
                         std::function<void(bool passed)> on_result)
    : loop_(loop),
      client_(client),
      on_result_(std::move(on_result)),
      interval_us_(absl::ToInt64Microseconds(config.interval)),
      head_(StrCat("GET ", config.path, " HTTP/1.1\r\nHost: ", HostOf(server),
                   "\r\nUser-Agent: headgate\r\nConnection: close\r\n\r\n")),
      timer_(&OnTime, this) {
  timer_.Set(&loop_->timers(), loop_->Now().monotonic_us);
}

HealthCheck::~HealthCheck() {
  if (attempt_ != nullptr) attempt_->Abort();
}

void HealthCheck::OnTime(void* self) {
  static_cast<HealthCheck*>(self)->Begin();
}

void HealthCheck::Begin() {
  UpstreamRequest request;
  request.head = head_;
  request.alone = true;
  attempt_ = client_->Start(request, this, true);
}

void HealthCheck::End(bool passed) {
  attempt_ = nullptr;
  timer_.Set(&loop_->timers(), loop_->Now().monotonic_us + interval_us_);
  on_result_(passed);
}

void HealthCheck::OnAnswer(const http::ResponseHead& head, std::string_view,
                           bool complete) {
  // The rest of a large answer is of no interest.
  if (!complete) attempt_->Abort();
  End(head.status < 500);
}

void HealthCheck::OnAnswerBody(std::string_view, bool) {}

void HealthCheck::OnAttemptFailed(const AttemptFailure&) { End(false); }

}  // namespace headgate::proxy
