// What the tests of HTTP/2 in clear text share: an upstream with `h2c`, and
// calls to it. Belongs to one thread.
#ifndef HEADGATE_TESTS_PROXY_UPSTREAM_H2C_HARNESS_H_
#define HEADGATE_TESTS_PROXY_UPSTREAM_H2C_HARNESS_H_

#include <memory>
#include <vector>

#include "tests/proxy/upstream_harness.h"
#include "tests/support/h2_server.h"

namespace headgate::proxy {

class H2cUpstreamTest : public UpstreamTest {
 protected:
  H2cUpstreamTest() { config.h2c = true; }

  void Use(const test::H2Server& server) {
    UseServers({ServerAt(server.url())});
  }
  std::unique_ptr<TestCall> Started() {
    auto call = NewCall();
    Start(call.get());
    return call;
  }
  // That many are under way, one of them for the first time.
  std::vector<std::unique_ptr<TestCall>> Started(int count) {
    std::vector<std::unique_ptr<TestCall>> calls;
    for (int i = 0; i < count; ++i) calls.push_back(Started());
    return calls;
  }
  bool TurnUntilRequests(const test::H2Server& server, size_t count) {
    return TurnUntil([&] { return server.requests().size() >= count; });
  }
};

}  // namespace headgate::proxy

#endif  // HEADGATE_TESTS_PROXY_UPSTREAM_H2C_HARNESS_H_
