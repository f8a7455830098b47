// The client of one http:// or unix: server over HTTP/2 in clear text (h2c,
// with prior knowledge): many calls on few connections, on our own sockets.
// (libcurl 7.88 was tried: every kept connection fails. nghttp2's sessions were
// used: a call took 40 000 instructions, and 16 000 of them were theirs.)
//
// All calls share the oldest connection that has room; another is opened only
// when the server allows no more streams on those that there are. A call that
// is sent again over a fresh connection takes one that was opened since the
// last was lost. Belongs to one loop.
#ifndef HEADGATE_PROXY_UPSTREAM_H2_H_
#define HEADGATE_PROXY_UPSTREAM_H2_H_

#include <memory>
#include <span>
#include <vector>

#include "config/config.h"
#include "proxy/upstream_addresses.h"
#include "proxy/upstream_client.h"
#include "proxy/upstream_h2_connection.h"
#include "proxy/upstream_h2_stream.h"

namespace headgate::proxy {

class H2Client final : public ServerClient, private H2ConnectionPool {
 public:
  H2Client(ClientSettings settings, const config::Server& server);
  ~H2Client() override;

  Attempt* Start(const UpstreamRequest& request, AttemptSink* sink,
                 bool fresh) override;

 private:
  static constexpr size_t kReadBytes = 64 * 1024;
  // Of its answers' heads that are remembered.
  static constexpr size_t kHeadPlaces = 64;

  void OnIdle(H2Connection* connection) override;
  void OnClosed(H2Connection* connection) override;
  void OnLost() override;
  void OnStreamsMax(uint32_t streams) override;
  void Move(H2Stream* stream) override;
  std::span<char> ReadSpace() override;
  static void OnSweep(void* self);

  H2Connection* Choose(bool fresh) const;
  H2Connection* Open(bool only_one);

  const ClientSettings settings_;
  ServerAddresses addresses_;
  H2HeadMemory heads_{kHeadPlaces};
  H2StreamPool streams_;
  std::vector<std::unique_ptr<H2Connection>> connections_;  // oldest first
  std::vector<std::unique_ptr<H2Connection>> closed_;
  std::unique_ptr<char[]> read_space_;
  int64_t lost_us_ = 0;  // when one was lost last
  uint32_t streams_max_ = H2Session::kStreamsAssumed;
  WheelTimer sweep_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H2_H_
