#include "proxy/upstream_h2.h"

#include <algorithm>
#include <utility>

namespace headgate::proxy {

H2Client::H2Client(ClientSettings settings, const config::Server& server)
    : settings_(std::move(settings)),
      addresses_(settings_.loop, server),
      streams_(&settings_),
      sweep_(&OnSweep, this) {}

H2Client::~H2Client() { settings_.stats->idle.Set(0); }

Attempt* H2Client::Start(const UpstreamRequest& request, AttemptSink* sink,
                         bool fresh) {
  H2Connection* connection = request.alone ? nullptr : Choose(fresh);
  if (connection == nullptr) connection = Open(request.alone);
  H2Stream* stream = streams_.New();
  connection->Add(stream, request, sink);
  return stream;
}

H2Connection* H2Client::Choose(bool fresh) const {
  for (const auto& connection : connections_) {
    if (connection->HasRoom() &&
        (!fresh || connection->started_us() >= lost_us_)) {
      return connection.get();
    }
  }
  return nullptr;
}

H2Connection* H2Client::Open(bool only_one) {
  connections_.push_back(std::make_unique<H2Connection>(
      H2Connection::Environment{&settings_, &addresses_, &streams_, &heads_,
                                static_cast<H2ConnectionPool*>(this),
                                streams_max_},
      only_one));
  return connections_.back().get();
}

std::span<char> H2Client::ReadSpace() {
  if (read_space_ == nullptr) {
    read_space_ = std::make_unique_for_overwrite<char[]>(kReadBytes);
  }
  return {read_space_.get(), kReadBytes};
}

// A server that allows none now may allow some on a new connection.
void H2Client::OnStreamsMax(uint32_t streams) {
  streams_max_ = std::max<uint32_t>(1, streams);
}

void H2Client::Move(H2Stream* stream) {
  H2Connection* connection = Choose(false);
  if (connection == nullptr) connection = Open(false);
  connection->Adopt(stream);
}

void H2Client::OnLost() { lost_us_ = settings_.loop->Now().monotonic_us; }

void H2Client::OnIdle(H2Connection* connection) {
  const auto idle =
      std::count_if(connections_.begin(), connections_.end(),
                    [](const auto& each) { return each->is_idle(); });
  if (idle > settings_.idle_max) connection->Leave();
}

void H2Client::OnClosed(H2Connection* connection) {
  const auto found =
      std::find_if(connections_.begin(), connections_.end(),
                   [&](const auto& each) { return each.get() == connection; });
  closed_.push_back(std::move(*found));
  connections_.erase(found);
  sweep_.Set(&settings_.loop->timers(), settings_.loop->Now().monotonic_us);
}

// From the loop's tick: none of their code runs now.
void H2Client::OnSweep(void* self) {
  static_cast<H2Client*>(self)->closed_.clear();
}

}  // namespace headgate::proxy
