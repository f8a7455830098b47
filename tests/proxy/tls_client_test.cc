// Our client's side of TLS beside our server's, joined in memory.
#include "proxy/tls_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "proxy/tls_context.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"

namespace headgate::proxy {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class TlsClientTest : public testing::Test {
 protected:
  struct Outcome {
    std::string error;  // of the handshake; empty: it worked
    bool resumed = false;
    std::string protocol;
  };

  // A server with a certificate of these names.
  std::unique_ptr<TlsContext> ServerFor(const test::CertificateOptions& names) {
    certificates_.Issue("named", names);
    config::Tls tls;
    tls.certificate = certificates_.dir().File("named.pem");
    tls.key = certificates_.dir().File("named.key");
    auto loaded = TlsContext::Load(tls);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return *std::move(loaded);
  }

  // A connection from its handshake to its end; a byte goes to the client, and
  // with it the ticket.
  static Outcome Connect(TlsClient* client, const TlsContext& context) {
    const SslHandle near = client->NewSession();
    if (near == nullptr) return {.error = client->error()};
    const SslHandle far = context.NewSession();
    BIO* near_bio = nullptr;
    BIO* far_bio = nullptr;
    BIO_new_bio_pair(&near_bio, 0, &far_bio, 0);
    SSL_set_bio(near.get(), near_bio, near_bio);
    SSL_set_bio(far.get(), far_bio, far_bio);
    for (int turn = 0; turn < 8; ++turn) {
      SSL_do_handshake(near.get());
      if (SSL_get_verify_result(near.get()) != X509_V_OK) break;
      SSL_do_handshake(far.get());
    }
    if (SSL_is_init_finished(near.get()) == 0) {
      return {.error = TakeHandshakeError(near.get())};
    }
    char byte = 0;
    EXPECT_EQ(SSL_write(far.get(), "a", 1), 1);
    EXPECT_EQ(SSL_read(near.get(), &byte, 1), 1);
    SSL_shutdown(near.get());
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(near.get(), &name, &size);
    return {.resumed = SSL_session_reused(near.get()) == 1,
            .protocol = {reinterpret_cast<const char*>(name), size}};
  }

  test::TestCertificates certificates_;
};

TEST_F(TlsClientTest, TrustsACertificateThatNamesTheHost) {
  const auto server = ServerFor({.common_name = "up",
                                 .dns_names = {"up.example"},
                                 .ip_addresses = {"127.0.0.1", "::1"}});
  for (const char* host : {"up.example", "127.0.0.1", "::1", "[::1]"}) {
    TlsClient client(host, certificates_.ca());
    const Outcome outcome = Connect(&client, *server);
    EXPECT_EQ(outcome.error, "") << host;
    EXPECT_EQ(outcome.protocol, "http/1.1");
  }
}

TEST_F(TlsClientTest, RefusesACertificateThatDoesNot) {
  const auto server = ServerFor({.common_name = "up",
                                 .dns_names = {"up.example", "127.0.0.2"},
                                 .ip_addresses = {"127.0.0.1"}});
  const struct {
    const char* host;
    const char* error;
  } kCases[] = {
      {"other.example", "hostname mismatch"},
      {"www.up.example", "hostname mismatch"},
      {"up", "hostname mismatch"},  // the common name alone does not count
      {"127.0.0.2", "IP address mismatch"},
      {"::1", "IP address mismatch"},
  };
  for (const auto& row : kCases) {
    TlsClient client(row.host, certificates_.ca());
    EXPECT_EQ(Connect(&client, *server).error, row.error) << row.host;
  }
}

TEST_F(TlsClientTest, ResumesTheLastSession) {
  const auto server = ServerFor(
      {.common_name = "up", .dns_names = {"up.example"}, .ip_addresses = {}});
  TlsClient client("up.example", certificates_.ca());
  EXPECT_FALSE(Connect(&client, *server).resumed);
  EXPECT_TRUE(Connect(&client, *server).resumed);
  EXPECT_TRUE(Connect(&client, *server).resumed);
  TlsClient other("up.example", certificates_.ca());
  EXPECT_FALSE(Connect(&other, *server).resumed);
}

TEST_F(TlsClientTest, SaysForEveryConnectionThatItsAuthoritiesAreNoUse) {
  const test::TempDir dir;
  const std::string missing = dir.File("missing.pem");
  TlsClient client("up.example", missing);
  EXPECT_EQ(client.NewSession(), nullptr);
  EXPECT_EQ(client.NewSession(), nullptr);
  EXPECT_THAT(client.error(), HasSubstr(missing));
  EXPECT_THAT(client.error(), EndsWith("No such file or directory"));
}

}  // namespace
}  // namespace headgate::proxy
