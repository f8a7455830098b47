#include "proxy/upstream_factory.h"

#include <utility>

#include "proxy/upstream_balancer.h"
#include "proxy/upstream_curl.h"
#include "proxy/upstream_h2.h"
#include "proxy/upstream_native.h"

namespace headgate::proxy {
namespace {

std::unique_ptr<ServerClient> MakeClient(ClientSettings settings,
                                         const config::Upstream& config,
                                         const config::Server& server) {
  if (config.h2c) {
    return std::make_unique<H2Client>(std::move(settings), server);
  }
  if (config.http2) {
    return std::make_unique<CurlClient>(std::move(settings), server, config.ca);
  }
  return std::make_unique<NativeClient>(std::move(settings), server, config.ca);
}

}  // namespace

std::unique_ptr<ConfiguredUpstream> MakeUpstream(const config::Upstream& config,
                                                 EventLoop* loop) {
  return std::make_unique<Balancer>(config, loop, &MakeClient);
}

}  // namespace headgate::proxy
