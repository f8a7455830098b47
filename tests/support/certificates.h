// Certificates made at run time: a CA, a server certificate for 127.0.0.1 and
// localhost, and a client certificate, as PEM files in a temporary folder. And
// the OpenSSL contexts of the test's own clients and servers.
//
// Making a set takes a few milliseconds (P-256 keys). Belongs to one thread.
#ifndef HEADGATE_TESTS_SUPPORT_CERTIFICATES_H_
#define HEADGATE_TESTS_SUPPORT_CERTIFICATES_H_

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/stream.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {

// What a client shows and trusts. Paths of PEM files; empty: none.
struct TlsClientOptions {
  std::string ca;  // empty: the server is not verified
  std::string certificate, key;
  std::string server_name = "localhost";  // SNI and verified name
  std::vector<std::string> alpn;
};

struct TlsServerOptions {
  std::string certificate, key;
  std::string client_ca;          // not empty: a client certificate is demanded
  std::vector<std::string> alpn;  // taken in this order of preference
};

SslContext MakeClientContext(const TlsClientOptions& options);
SslContext MakeServerContext(const TlsServerOptions& options);

struct CertificateOptions {
  std::string common_name = "localhost";
  std::vector<std::string> dns_names = {"localhost"};
  std::vector<std::string> ip_addresses = {"127.0.0.1"};
  std::chrono::seconds valid_from{-3600};  // from now
  std::chrono::seconds valid_for{24 * 3600};
  long serial = 2;
};

class TestCertificates {
 public:
  TestCertificates();
  ~TestCertificates();

  // Paths of PEM files.
  std::string ca() const { return dir_.File("ca.pem"); }
  std::string server() const { return dir_.File("server.pem"); }
  std::string server_key() const { return dir_.File("server.key"); }
  std::string client() const { return dir_.File("client.pem"); }
  std::string client_key() const { return dir_.File("client.key"); }

  // Writes `name`.pem and `name`.key, signed by this CA; an old pair is
  // replaced, each file whole.
  void Issue(const std::string& name, const CertificateOptions& options);

  TlsServerOptions ServerOptions() const {
    return {server(), server_key(), {}, {}};
  }
  TlsClientOptions ClientOptions() const {
    TlsClientOptions options;
    options.ca = ca();
    return options;
  }
  const TempDir& dir() const { return dir_; }

 private:
  struct Authority;
  TempDir dir_;
  std::unique_ptr<Authority> authority_;
};

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_CERTIFICATES_H_
