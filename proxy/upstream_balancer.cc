#include "proxy/upstream_balancer.h"

#include <utility>

#include "absl/time/time.h"

namespace headgate::proxy {

using policy::Refusal;

// One call, over all the attempts that it takes.
class Balancer::Call final : public UpstreamCall, private AttemptSink {
 public:
  explicit Call(Balancer* balancer) : balancer_(*balancer) {}

  void Begin(const UpstreamRequest& request, AnswerSink* sink) {
    request_ = request;
    sink_ = sink;
    retries_ = 0;
    broken_status_ = 0;
    body_given_ = false;
    ++balancer_.in_flight_;
    Send(balancer_.Pick(nullptr), false);
  }

  bool SendBody(std::string_view piece, bool last) override {
    if (attempt_ == nullptr) return true;  // over: nobody wants it
    body_given_ = true;
    return attempt_->SendBody(piece, last);
  }
  void PauseAnswer() override {
    if (attempt_ != nullptr) attempt_->PauseAnswer();
  }
  void ResumeAnswer() override {
    if (attempt_ != nullptr) attempt_->ResumeAnswer();
  }
  std::string_view server() const override { return server_->stats->server; }
  int retries() const override { return retries_; }
  int broken_status() const override { return broken_status_; }
  void Cancel() override {
    if (attempt_ != nullptr) {
      server_->health.OnUndecided();
      Attempt* attempt = EndAttempt();
      EndCall();
      attempt->Abort();
    }
    balancer_.free_calls_.push_back(this);
  }

 private:
  void Send(Server* server, bool fresh) {
    server_ = server;
    ++server->in_flight;
    server->stats->in_flight.Add(1);
    server->stats->requests.Add(1);
    server->health.OnSent();
    attempt_ = server->client->Start(request_, this, fresh);
  }
  Attempt* EndAttempt() {
    --server_->in_flight;
    server_->stats->in_flight.Add(-1);
    return std::exchange(attempt_, nullptr);
  }
  AnswerSink* EndCall() {
    --balancer_.in_flight_;
    return sink_;
  }

  void OnAnswer(const http::ResponseHead& head, std::string_view body,
                bool complete) override {
    server_->health.OnAnswered();
    balancer_.UpdateUp(server_);
    if (complete) {
      EndAttempt();
      EndCall();
    }
    sink_->OnAnswer(head, body, complete);
  }
  void OnAnswerBody(std::string_view piece, bool last) override {
    if (last) {
      EndAttempt();
      EndCall();
    }
    sink_->OnAnswerBody(piece, last);
  }
  void OnRequestBodyWanted() override { sink_->OnRequestBodyWanted(); }
  bool OnResent() override { return CountRetry(); }

  void OnAttemptFailed(const AttemptFailure& failure) override {
    EndAttempt();
    server_->stats->failures(failure.kind).Add(1);
    // What was no answer came from a server that is there all the same.
    if (failure.kind == Refusal::kUpstreamProtocol) {
      server_->health.OnUndecided();
    } else {
      server_->health.OnFailed(balancer_.loop_->Now().monotonic_us);
    }
    balancer_.UpdateUp(server_);
    if (failure.resend != AttemptFailure::Resend::kNo && CountRetry()) {
      const bool elsewhere =
          failure.resend == AttemptFailure::Resend::kElsewhere;
      Server* server = elsewhere ? balancer_.Pick(server_) : server_;
      server->stats->retries.Add(1);
      Send(server, !elsewhere);
      return;
    }
    broken_status_ = failure.status;
    EndCall()->OnAnswerFailed(failure.kind, failure.detail);
  }

  bool CountRetry() {
    // Of a streamed body nothing is kept.
    if (retries_ >= balancer_.retries_max_ || body_given_) return false;
    ++retries_;
    return true;
  }

  Balancer& balancer_;
  UpstreamRequest request_;
  AnswerSink* sink_ = nullptr;
  Server* server_ = nullptr;
  Attempt* attempt_ = nullptr;  // null: the call is over
  int retries_ = 0;
  int broken_status_ = 0;
  bool body_given_ = false;
};

Balancer::Balancer(const config::Upstream& config, EventLoop* loop,
                   ClientMaker make_client)
    : loop_(loop),
      retries_max_(config.retries),
      stats_(std::make_shared<UpstreamStats>()),
      servers_(config.servers.size()) {
  for (size_t i = 0; i < servers_.size(); ++i) {
    const config::Server& from = config.servers[i];
    Server* server = &servers_[i];
    server->stats = &stats_->servers.emplace_back(from.url);
    ClientSettings settings;
    settings.loop = loop;
    settings.server = from.url;
    settings.connect_timeout_us =
        absl::ToInt64Microseconds(config.connect_timeout);
    settings.response_timeout_us =
        absl::ToInt64Microseconds(config.response_timeout);
    settings.idle_max = config.idle_connections;
    settings.stats = server->stats;
    server->client = make_client(std::move(settings), config, from);
    if (!config.health.has_value()) continue;
    server->check = std::make_unique<HealthCheck>(
        *config.health, from, loop, server->client.get(),
        [this, server](bool passed) {
          server->stats->health_checks.Add(1);
          if (!passed) server->stats->health_check_failures.Add(1);
          server->health.OnCheck(passed);
          UpdateUp(server);
        });
  }
}

Balancer::~Balancer() = default;

UpstreamCallHandle Balancer::Start(const UpstreamRequest& request,
                                   AnswerSink* sink) {
  if (free_calls_.empty()) {
    calls_.push_back(std::make_unique<Call>(this));
    free_calls_.push_back(calls_.back().get());
  }
  Call* call = free_calls_.back();
  free_calls_.pop_back();
  call->Begin(request, sink);
  return UpstreamCallHandle(call);
}

Balancer::Server* Balancer::Pick(const Server* except) {
  if (servers_.size() == 1) return &servers_[0];
  const int64_t now_us = loop_->Now().monotonic_us;
  Server* best = nullptr;    // takes calls, fewest in flight
  Server* oldest = nullptr;  // if all are out
  ++turn_;
  for (size_t i = 0; i < servers_.size(); ++i) {
    Server* server = &servers_[(turn_ + i) % servers_.size()];
    if (server == except) continue;
    if (server->health.Takes(now_us) &&
        (best == nullptr || server->in_flight < best->in_flight)) {
      best = server;
    }
    if (oldest == nullptr ||
        server->health.last_failure_us() < oldest->health.last_failure_us()) {
      oldest = server;
    }
  }
  return best != nullptr ? best : oldest;
}

void Balancer::Retire() {
  retired_ = true;
  for (Server& server : servers_) {
    server.check.reset();
    UpdateUp(&server);
  }
}

void Balancer::UpdateUp(Server* server) const {
  server->stats->up.Set(!retired_ && server->health.up() ? 1 : 0);
}

}  // namespace headgate::proxy
