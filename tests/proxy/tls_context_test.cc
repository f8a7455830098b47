#include "proxy/tls_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <thread>

#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"

namespace headgate::proxy {
namespace {

using test::TestCertificates;
using test::TlsClientOptions;
using ::testing::HasSubstr;
using ::testing::StartsWith;

config::Tls Files(const TestCertificates& certificates) {
  config::Tls tls;
  tls.certificate = certificates.server();
  tls.key = certificates.server_key();
  return tls;
}

// Both ends of a connection, joined in memory.
class Handshake {
 public:
  Handshake(SslHandle server, SSL_CTX* client_context,
            SSL_SESSION* resumed = nullptr)
      : server_(std::move(server)), client_(SSL_new(client_context)) {
    SSL_set_connect_state(client_.get());
    SSL_set_tlsext_host_name(client_.get(), "localhost");
    if (resumed != nullptr) SSL_set_session(client_.get(), resumed);
    BIO* server_bio = nullptr;
    BIO* client_bio = nullptr;
    BIO_new_bio_pair(&server_bio, 0, &client_bio, 0);
    SSL_set_bio(server_.get(), server_bio, server_bio);
    SSL_set_bio(client_.get(), client_bio, client_bio);
  }

  // True if both sides are content. A byte goes each way, so that a client
  // hears of its certificate's refusal and gets its session ticket.
  bool Run() {
    for (int turn = 0; turn < 8; ++turn) {
      SSL_do_handshake(client_.get());
      SSL_do_handshake(server_.get());
    }
    ERR_clear_error();
    return SSL_is_init_finished(server_.get()) == 1 &&
           SSL_write(server_.get(), "a", 1) == 1 && ClientReads();
  }
  bool ClientReads() {
    char byte = 0;
    return SSL_read(client_.get(), &byte, 1) == 1 && byte == 'a';
  }
  SSL* client() { return client_.get(); }

  std::string Serial() {
    const X509* peer = SSL_get0_peer_certificate(client_.get());
    return peer == nullptr
               ? ""
               : std::to_string(ASN1_INTEGER_get(X509_get0_serialNumber(peer)));
  }
  std::string Protocol() {
    const unsigned char* name = nullptr;
    unsigned int bytes = 0;
    SSL_get0_alpn_selected(client_.get(), &name, &bytes);
    return {reinterpret_cast<const char*>(name), bytes};
  }

 private:
  SslHandle server_;
  SslHandle client_;
};

class TlsContextTest : public testing::Test {
 protected:
  std::unique_ptr<TlsContext> Load(const config::Tls& tls) {
    auto loaded = TlsContext::Load(tls);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return loaded.ok() ? *std::move(loaded) : nullptr;
  }
  std::string LoadError(const config::Tls& tls) {
    const auto loaded = TlsContext::Load(tls);
    return loaded.ok() ? "" : std::string(loaded.status().message());
  }

  TestCertificates certificates_;
};

TEST_F(TlsContextTest, ServesItsCertificateOverHttp11) {
  auto tls = Load(Files(certificates_));
  TlsClientOptions options = certificates_.ClientOptions();
  options.alpn = {"h2", "http/1.1"};
  auto client = test::MakeClientContext(options);
  Handshake handshake(tls->NewSession(), client.get());
  ASSERT_TRUE(handshake.Run());
  EXPECT_EQ(handshake.Protocol(), "http/1.1");
  EXPECT_STREQ(SSL_get_version(handshake.client()), "TLSv1.3");
  EXPECT_EQ(SSL_get_verify_result(handshake.client()), X509_V_OK);
}

TEST_F(TlsContextTest, AClientWithoutAlpnIsServed) {
  auto tls = Load(Files(certificates_));
  auto client = test::MakeClientContext(certificates_.ClientOptions());
  Handshake handshake(tls->NewSession(), client.get());
  EXPECT_TRUE(handshake.Run());
  EXPECT_EQ(handshake.Protocol(), "");
}

TEST_F(TlsContextTest, RefusesAClientThatSpeaksOnlyOtherProtocols) {
  auto tls = Load(Files(certificates_));
  TlsClientOptions options = certificates_.ClientOptions();
  options.alpn = {"h2"};
  auto client = test::MakeClientContext(options);
  EXPECT_FALSE(Handshake(tls->NewSession(), client.get()).Run());
}

TEST_F(TlsContextTest, TakesTls12WithForwardSecrecyAndNothingOlder) {
  auto tls = Load(Files(certificates_));
  auto client = test::MakeClientContext(certificates_.ClientOptions());
  SSL_CTX_set_max_proto_version(client.get(), TLS1_2_VERSION);
  Handshake handshake(tls->NewSession(), client.get());
  ASSERT_TRUE(handshake.Run());
  EXPECT_THAT(SSL_get_cipher_name(handshake.client()), StartsWith("ECDHE-"));

  // Security level 0 lets the client offer what is out of date.
  SSL_CTX_set_security_level(client.get(), 0);
  SSL_CTX_set_min_proto_version(client.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(client.get(), TLS1_1_VERSION);
  EXPECT_FALSE(Handshake(tls->NewSession(), client.get()).Run());
}

TEST_F(TlsContextTest, ResumesSessionsByTicket) {
  auto tls = Load(Files(certificates_));
  auto client = test::MakeClientContext(certificates_.ClientOptions());
  Handshake first(tls->NewSession(), client.get());
  ASSERT_TRUE(first.Run());
  EXPECT_EQ(SSL_session_reused(first.client()), 0);
  SSL_SESSION* session = SSL_get1_session(first.client());
  Handshake second(tls->NewSession(), client.get(), session);
  EXPECT_TRUE(second.Run());
  EXPECT_EQ(SSL_session_reused(second.client()), 1);
  SSL_SESSION_free(session);
}

TEST_F(TlsContextTest, AsksForAClientCertificateIfItHasAClientCa) {
  config::Tls files = Files(certificates_);
  files.client_ca = certificates_.ca();
  auto tls = Load(files);
  auto stranger = test::MakeClientContext(certificates_.ClientOptions());
  EXPECT_FALSE(Handshake(tls->NewSession(), stranger.get()).Run());

  TlsClientOptions options = certificates_.ClientOptions();
  options.certificate = certificates_.client();
  options.key = certificates_.client_key();
  auto known = test::MakeClientContext(options);
  EXPECT_TRUE(Handshake(tls->NewSession(), known.get()).Run());

  const TestCertificates others;
  options.certificate = others.client();
  options.key = others.client_key();
  auto foreigner = test::MakeClientContext(options);
  EXPECT_FALSE(Handshake(tls->NewSession(), foreigner.get()).Run());
}

TEST_F(TlsContextTest, KnowsWhenItsCertificateEnds) {
  test::CertificateOptions options;
  options.valid_for = std::chrono::hours(48);
  const int64_t before_s = std::time(nullptr);
  certificates_.Issue("server", options);
  const int64_t after_s = std::time(nullptr);
  const int64_t end_s = Load(Files(certificates_))->expires_unix_s();
  EXPECT_GE(end_s, before_s + 48 * 3600 - 1);
  EXPECT_LE(end_s, after_s + 48 * 3600 + 1);
}

TEST_F(TlsContextTest, NewFilesServeNewConnections) {
  auto tls = Load(Files(certificates_));
  auto client = test::MakeClientContext(certificates_.ClientOptions());
  SslHandle begun_before = tls->NewSession();
  bool swapped = true;
  EXPECT_TRUE(tls->Poll(&swapped).ok());
  EXPECT_FALSE(swapped);

  test::CertificateOptions options;
  options.serial = 77;
  certificates_.Issue("server", options);
  EXPECT_TRUE(tls->Poll(&swapped).ok());
  EXPECT_TRUE(swapped);
  EXPECT_EQ(tls->swaps(), 1);

  Handshake after(tls->NewSession(), client.get());
  ASSERT_TRUE(after.Run());
  EXPECT_EQ(after.Serial(), "77");
  Handshake before(std::move(begun_before), client.get());
  ASSERT_TRUE(before.Run());
  EXPECT_EQ(before.Serial(), "2");
}

TEST_F(TlsContextTest, BrokenNewFilesKeepTheOldOnes) {
  auto tls = Load(Files(certificates_));
  auto client = test::MakeClientContext(certificates_.ClientOptions());
  certificates_.dir().Write("server.pem", "not a certificate");
  const absl::Status polled = tls->Poll();
  EXPECT_THAT(std::string(polled.message()),
              StartsWith(certificates_.server() + ": "));
  EXPECT_EQ(tls->failed_swaps(), 1);
  // Said once, not every second.
  EXPECT_TRUE(tls->Poll().ok());
  EXPECT_EQ(tls->failed_swaps(), 1);
  EXPECT_TRUE(Handshake(tls->NewSession(), client.get()).Run());

  test::CertificateOptions options;
  options.serial = 78;
  certificates_.Issue("server", options);
  EXPECT_TRUE(tls->Poll().ok());
  Handshake healed(tls->NewSession(), client.get());
  ASSERT_TRUE(healed.Run());
  EXPECT_EQ(healed.Serial(), "78");
}

TEST_F(TlsContextTest, AMissingNewFileKeepsTheOldOne) {
  auto tls = Load(Files(certificates_));
  ASSERT_EQ(unlink(certificates_.server_key().c_str()), 0);
  EXPECT_EQ(std::string(tls->Poll().message()),
            certificates_.server_key() + ": No such file or directory");
  auto client = test::MakeClientContext(certificates_.ClientOptions());
  EXPECT_TRUE(Handshake(tls->NewSession(), client.get()).Run());
}

TEST_F(TlsContextTest, ErrorsNameTheFileAndTheReason) {
  config::Tls missing = Files(certificates_);
  missing.certificate = certificates_.dir().File("missing.pem");
  EXPECT_EQ(LoadError(missing),
            missing.certificate + ": No such file or directory");

  config::Tls foreign_key = Files(certificates_);
  foreign_key.key = certificates_.client_key();
  EXPECT_EQ(LoadError(foreign_key), foreign_key.key + ": key values mismatch");

  config::Tls no_ca = Files(certificates_);
  no_ca.client_ca = certificates_.dir().Write("empty.pem", "");
  EXPECT_THAT(LoadError(no_ca), StartsWith(no_ca.client_ca + ": "));
}

TEST_F(TlsContextTest, SessionsBeginWhileFilesAreSwapped) {
  auto tls = Load(Files(certificates_));
  std::thread worker([&] {
    for (int i = 0; i < 200; ++i) EXPECT_NE(tls->NewSession(), nullptr);
  });
  for (long serial = 100; serial < 110; ++serial) {
    test::CertificateOptions options;
    options.serial = serial;
    certificates_.Issue("server", options);
    // Half a pair may be seen; the next poll sees the whole.
    (void)tls->Poll();
  }
  worker.join();
}

}  // namespace
}  // namespace headgate::proxy
