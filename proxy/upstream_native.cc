#include "proxy/upstream_native.h"

#include <algorithm>
#include <utility>

namespace headgate::proxy {

NativeClient::NativeClient(ClientSettings settings,
                           const config::Server& server, const std::string& ca)
    : settings_(std::move(settings)),
      addresses_(settings_.loop, server),
      sweep_(&OnSweep, this) {
  if (server.scheme == config::Server::Scheme::kHttps) {
    tls_ = std::make_unique<TlsClient>(server.host, ca);
  }
}

NativeClient::~NativeClient() { settings_.stats->idle.Set(0); }

Attempt* NativeClient::Start(const UpstreamRequest& request, AttemptSink* sink,
                             bool fresh) {
  if (!fresh && !idle_.empty()) {
    NativeConnection* connection = idle_.back();
    idle_.pop_back();
    settings_.stats->idle.Add(-1);
    connection->Reuse(request, sink);
    return connection;
  }
  auto connection = std::make_unique<NativeConnection>(
      &settings_, &addresses_, tls_.get(), &heads_,
      static_cast<ConnectionPool*>(this));
  NativeConnection* started = connection.get();
  started->index = connections_.size();
  connections_.push_back(std::move(connection));
  started->Start(request, sink);
  return started;
}

void NativeClient::OnIdle(NativeConnection* connection) {
  idle_.push_back(connection);
  settings_.stats->idle.Add(1);
  if (connection->has_large_buffer()) SweepSoon();
  if (static_cast<int64_t>(idle_.size()) <= settings_.idle_max) return;
  idle_.front()->Abort();  // the coldest one; OnClosed takes it from the list
}

void NativeClient::OnClosed(NativeConnection* connection) {
  const auto idle = std::find(idle_.begin(), idle_.end(), connection);
  if (idle != idle_.end()) {
    idle_.erase(idle);
    settings_.stats->idle.Add(-1);
  }
  const size_t index = connection->index;
  closed_.push_back(std::move(connections_[index]));
  if (index + 1 < connections_.size()) {
    connections_[index] = std::move(connections_.back());
    connections_[index]->index = index;
  }
  connections_.pop_back();
  SweepSoon();
}

void NativeClient::SweepSoon() {
  if (sweep_.is_set()) return;
  sweep_.Set(&settings_.loop->timers(), settings_.loop->Now().monotonic_us);
}

void NativeClient::OnSweep(void* self) {
  static_cast<NativeClient*>(self)->Sweep();
}

// From the loop's tick: nobody is reading an answer now.
void NativeClient::Sweep() {
  closed_.clear();
  for (NativeConnection* connection : idle_) connection->ShrinkBuffer();
}

}  // namespace headgate::proxy
