// One worker: a thread with its loop, its listening sockets, its connections,
// its upstream connections and its counters. What workers share is the policy
// (immutable), the limiter (sharded) and the access log's thread.
//
// Functions marked "any thread" post to the loop; the others belong to it.
#ifndef HEADGATE_PROXY_WORKER_H_
#define HEADGATE_PROXY_WORKER_H_

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "proxy/connection_set.h"
#include "proxy/listener.h"
#include "proxy/pipeline.h"
#include "proxy/tls_context.h"

namespace headgate::proxy {

// What the server gives each worker; all of it outlives the workers.
struct WorkerEnvironment {
  const Clock* clock = nullptr;
  policy::Limiter* limiter = nullptr;
  Metrics* metrics = nullptr;
  AccessLog* access_log = nullptr;
  const SipHashKey* partition_secret = nullptr;
  int64_t workers = 1;
};

// A worker's share of one listener.
struct BoundListener {
  FileDescriptor socket;
  const TlsContext* tls = nullptr;  // null: plain
};

class Worker final : public ConnectionHost {
 public:
  Worker(const WorkerEnvironment& environment, Snapshot snapshot,
         std::vector<BoundListener> listeners);
  ~Worker() override;

  void StartThread();
  // Any thread. New exchanges use the policy from the next turn on.
  void Use(Snapshot snapshot);
  // Any thread. Idle connections close, answers say so; `done()` turns true
  // when the last connection is gone.
  void Drain();
  bool done() const { return done_.load(std::memory_order_acquire); }
  // Any thread. Exchanges that still wait are answered 503.
  void GiveUp();
  // Any thread; returns when the thread has ended.
  void StopThread();
  int64_t in_flight() const { return metrics_->exchanges_in_flight.Get(); }

  // ConnectionHost.
  EventLoop& loop() override { return loop_; }
  BlockPool& blocks() override { return blocks_; }
  OutputPool& outputs() override { return outputs_; }
  ExchangePool& exchanges() override { return exchanges_; }
  ExchangeHandler& handler() override { return pipeline_; }
  http::RequestMemory* request_memory() override { return &request_memory_; }
  const config::RequestLimits& limits() const override;
  const config::Timeouts& timeouts() const override;
  bool draining() const override { return draining_; }
  void Retire(Connection* connection, CloseCause cause) override;

 private:
  static constexpr int64_t kHousekeepingUs = 500'000;
  // Of the clients' field lines that are remembered.
  static constexpr size_t kHeadPlaces = 512;

  void OnAccept(int fd, std::string peer, const TlsContext* tls);
  void UseGeneration(Snapshot snapshot);
  static void OnHousekeeping(void* self);
  void Housekeep();
  void NoteIfDone();

  WorkerEnvironment environment_;
  EventLoop loop_;
  BlockPool blocks_;
  OutputPool outputs_;
  ExchangePool exchanges_;
  http::RequestMemory request_memory_{kHeadPlaces};
  WorkerMetrics* metrics_;
  std::unique_ptr<AccessLog::Writer> access_log_;
  AppLabels app_labels_;
  // The current one is the last; the others wait for their exchanges to end.
  std::vector<std::unique_ptr<Generation>> generations_;
  Pipeline pipeline_;
  ConnectionSet connections_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  WheelTimer housekeeping_;
  bool draining_ = false;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_WORKER_H_
