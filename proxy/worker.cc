#include "proxy/worker.h"

#include <algorithm>
#include <utility>

namespace headgate::proxy {

Worker::Worker(const WorkerEnvironment& environment, Snapshot snapshot,
               std::vector<BoundListener> listeners)
    : environment_(environment),
      loop_(*environment.clock),
      metrics_(environment.metrics->AddWorker()),
      access_log_(environment.access_log->NewWriter()),
      pipeline_({.loop = &loop_,
                 .limiter = environment.limiter,
                 .metrics = metrics_,
                 .access_log = access_log_.get(),
                 .app_labels = &app_labels_,
                 .partition_secret = environment.partition_secret}),
      connections_(&loop_),
      housekeeping_(&OnHousekeeping, this) {
  UseGeneration(std::move(snapshot));
  for (BoundListener& bound : listeners) {
    listeners_.push_back(std::make_unique<Listener>(
        &loop_, std::move(bound.socket),
        [this, tls = bound.tls](int fd, std::string peer) {
          OnAccept(fd, std::move(peer), tls);
        },
        [this] { metrics_->accept_failures.Add(); }));
  }
  OnHousekeeping(this);
}

Worker::~Worker() {
  connections_.ForEach([](Connection& connection) { connection.CloseNow(); });
}

void Worker::StartThread() {
  thread_ = std::thread([this] { loop_.Run(); });
}

void Worker::StopThread() {
  loop_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::Use(Snapshot snapshot) {
  loop_.Post([this, snapshot = std::move(snapshot)]() mutable {
    UseGeneration(std::move(snapshot));
  });
}

void Worker::UseGeneration(Snapshot snapshot) {
  generations_.push_back(std::make_unique<Generation>(
      std::move(snapshot), &loop_, environment_.metrics));
  const int64_t in_flight = limits().in_flight;
  pipeline_.Use(generations_.back().get(),
                std::max<int64_t>(1, in_flight / environment_.workers));
  if (generations_.size() > 1) generations_[generations_.size() - 2]->Retire();
}

void Worker::Drain() {
  loop_.Post([this] {
    draining_ = true;
    connections_.ForEach([](Connection& connection) { connection.Drain(); });
    NoteIfDone();
  });
}

void Worker::GiveUp() {
  loop_.Post([this] {
    connections_.ForEach([this](Connection& connection) {
      if (connection.exchange() != nullptr &&
          connection.exchange()->generation) {
        pipeline_.GiveUp(*connection.exchange());
      } else {
        connection.CloseNow();
      }
    });
  });
}

const config::RequestLimits& Worker::limits() const {
  return generations_.back()->policy().config().limits_for_requests;
}

const config::Timeouts& Worker::timeouts() const {
  return generations_.back()->policy().config().timeouts;
}

void Worker::OnAccept(int fd, std::string peer, const TlsContext* tls) {
  SslHandle ssl;
  if (tls != nullptr) {
    ssl = tls->NewSession();
    if (ssl == nullptr) {
      metrics_->accept_failures.Add();
      Transport(fd, nullptr).Close();
      return;
    }
  }
  metrics_->connections_accepted.Add();
  metrics_->connections_open.Add(1);
  done_.store(false, std::memory_order_release);
  connections_.Add(std::make_unique<Connection>(
      this, Transport(fd, std::move(ssl)), std::move(peer)));
}

void Worker::Retire(Connection* connection, CloseCause cause) {
  metrics_->connections_open.Add(-1);
  metrics_->ConnectionClosed(cause);
  connections_.Retire(connection);
  NoteIfDone();
}

void Worker::NoteIfDone() {
  if (draining_ && connections_.empty()) {
    done_.store(true, std::memory_order_release);
  }
}

void Worker::OnHousekeeping(void* self) {
  auto* worker = static_cast<Worker*>(self);
  worker->Housekeep();
  worker->housekeeping_.Set(&worker->loop_.timers(),
                            worker->loop_.Now().monotonic_us + kHousekeepingUs);
}

void Worker::Housekeep() {
  // Old policies go when their last exchange has ended.
  const Generation* current = generations_.back().get();
  std::erase_if(generations_, [current](const auto& generation) {
    return generation.get() != current && generation->pins() == 0;
  });
}

}  // namespace headgate::proxy
