// The client of one http://, https:// or unix: server over HTTP/1.1: its pool
// of kept connections.
//
// The connection that was used last is used first, so that a quiet hour leaves
// few of them, and warm ones. A connection is never deleted while its own code
// runs: a closed one is put aside and swept by a timer. Belongs to one loop.
#ifndef HEADGATE_PROXY_UPSTREAM_NATIVE_H_
#define HEADGATE_PROXY_UPSTREAM_NATIVE_H_

#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "proxy/upstream_addresses.h"
#include "proxy/upstream_client.h"
#include "proxy/upstream_connection.h"

namespace headgate::proxy {

class NativeClient final : public ServerClient, private ConnectionPool {
 public:
  // `ca`: a PEM file for https; empty: the system's.
  NativeClient(ClientSettings settings, const config::Server& server,
               const std::string& ca);
  ~NativeClient() override;

  Attempt* Start(const UpstreamRequest& request, AttemptSink* sink,
                 bool fresh) override;

 private:
  // Of its answers' heads that are remembered.
  static constexpr size_t kHeadPlaces = 64;

  void OnIdle(NativeConnection* connection) override;
  void OnClosed(NativeConnection* connection) override;
  static void OnSweep(void* self);
  void Sweep();
  void SweepSoon();

  const ClientSettings settings_;
  ServerAddresses addresses_;
  std::unique_ptr<TlsClient> tls_;  // null: plain
  http::ResponseMemory heads_{kHeadPlaces};
  std::vector<std::unique_ptr<NativeConnection>> connections_;
  std::vector<NativeConnection*> idle_;  // used last at the back
  std::vector<std::unique_ptr<NativeConnection>> closed_;
  WheelTimer sweep_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_NATIVE_H_
