// What the tests of HTTP/2 in clear text share: an upstream with `h2c`. Belongs
// to one thread.
#ifndef HEADGATE_TESTS_PROXY_UPSTREAM_H2C_HARNESS_H_
#define HEADGATE_TESTS_PROXY_UPSTREAM_H2C_HARNESS_H_

#include "tests/proxy/upstream_harness.h"
#include "tests/support/h2_server.h"

namespace headgate::proxy {

class H2cUpstreamTest : public UpstreamTest {
 protected:
  H2cUpstreamTest() { config.h2c = true; }
};

}  // namespace headgate::proxy

#endif  // HEADGATE_TESTS_PROXY_UPSTREAM_H2C_HARNESS_H_
