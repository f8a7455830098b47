// What the tests of https servers share: an upstream that trusts the servers
// of test certificates. Belongs to one thread.
#ifndef HEADGATE_TESTS_PROXY_UPSTREAM_TLS_HARNESS_H_
#define HEADGATE_TESTS_PROXY_UPSTREAM_TLS_HARNESS_H_

#include "tests/proxy/upstream_harness.h"
#include "tests/support/certificates.h"

namespace headgate::proxy {

class TlsUpstreamTest : public UpstreamTest {
 protected:
  explicit TlsUpstreamTest(bool http2) {
    config.http2 = http2;
    config.ca = certificates().ca();
    // libcurl's own clock runs: no test may depend on how fast this machine is.
    config.connect_timeout = absl::Seconds(20);
  }
  static const test::TestCertificates& certificates() {
    static const test::TestCertificates made;
    return made;
  }
  static test::TlsServerOptions Tls() { return certificates().ServerOptions(); }
};

}  // namespace headgate::proxy

#endif  // HEADGATE_TESTS_PROXY_UPSTREAM_TLS_HARNESS_H_
