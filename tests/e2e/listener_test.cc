// Where the program listens: TCP, unix sockets, TLS; and how it says that it
// cannot start.
#include <sys/stat.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"
#include "tests/support/certificates.h"

namespace headgate::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

std::string ConfigWith(const std::string& listeners,
                       const ScriptedUpstream& upstream) {
  return StrCat("listeners:\n", listeners,
                "services:\n  agora-chat:\n    upstream: {servers: [\"",
                upstream.url(), "\"]}\n", kForward);
}

TEST(ListenerTest, ListensOnAUnixSocketAndRemovesItsFile) {
  ScriptedUpstream upstream;
  const TempDir dir;
  const std::string path = dir.File("headgate.sock");
  {
    HeadgateProcess headgate(ConfigWith(StrCat("  - address: \"unix:", path,
                                               "\"\n"
                                               "  - address: 127.0.0.1:0\n"),
                                        upstream));
    ASSERT_TRUE(headgate.started()) << headgate.err();
    EXPECT_EQ(headgate.address(0), StrCat("unix:", path));
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(headgate.Call(Request("GET /a")).status, 200);
    }
    RawClient tcp(headgate.address(1));
    EXPECT_EQ(tcp.Call(Request("GET /b")).status, 200);
    EXPECT_EQ(upstream.requests()[0].message.Header("X-Forwarded-For"),
              "unknown");
    EXPECT_TRUE(EndsWell(&headgate));
  }
  struct stat info;
  EXPECT_NE(stat(path.c_str(), &info), 0) << "the file is left behind";
}

class TlsTest : public testing::Test {
 protected:
  std::string Config(bool client_ca) const {
    return ConfigWith(
        StrCat("  - address: 127.0.0.1:0\n    tls:\n      certificate: ",
               certificates_.server(),
               "\n      key: ", certificates_.server_key(), "\n",
               client_ca ? StrCat("      client_ca: ", certificates_.ca(), "\n")
                         : std::string()),
        upstream_);
  }
  // The serial number of the certificate that a new connection gets.
  long SerialSeen(const HeadgateProcess& headgate) const {
    RawClient client(headgate.address(), certificates_.ClientOptions());
    if (!client.connected()) return -1;
    const std::unique_ptr<X509, void (*)(X509*)> peer(
        SSL_get1_peer_certificate(client.stream().ssl()), X509_free);
    return ASN1_INTEGER_get(X509_get0_serialNumber(peer.get()));
  }

  ScriptedUpstream upstream_;
  TestCertificates certificates_;
};

TEST_F(TlsTest, ServesCallsAndEndsConnectionsInOrder) {
  HeadgateProcess headgate(Config(false));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient client(headgate.address(), certificates_.ClientOptions());
  ASSERT_TRUE(client.connected()) << client.error();
  EXPECT_STREQ(SSL_get_version(client.stream().ssl()), "TLSv1.3");
  EXPECT_EQ(client.Call(Request("GET /a")).status, 200);
  EXPECT_EQ(upstream_.last_request().message.Header("X-Forwarded-Proto"),
            "https");
  EXPECT_EQ(client.Call(Request("GET /a", "Connection: close\r\n")).status,
            200);
  std::string rest;
  EXPECT_EQ(client.ReadUntilClosed(&rest), ReadEnd::kClosed);
  EXPECT_EQ(rest, "");
  EXPECT_NE(SSL_get_shutdown(client.stream().ssl()) & SSL_RECEIVED_SHUTDOWN, 0)
      << "no close_notify";
  EXPECT_TRUE(EndsWell(&headgate));
}

TEST_F(TlsTest, CarriesLargeBodiesBothWaysAndPipelinedRequests) {
  upstream_.Handle([](const Message& request) {
    return Reply::Text(200, "text/plain", request.body);
  });
  HeadgateProcess headgate(Config(false));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient client(headgate.address(), certificates_.ClientOptions());
  const std::string body(900'000, 'b');
  std::string wire = Request("POST /a", "", body);
  // One TLS record holds many requests: no event tells of the last ones.
  for (int i = 0; i < 300; ++i) wire += Request("GET /a%2fb");
  ASSERT_TRUE(client.Send(wire));
  const Message answer = client.ReadAnswer("POST");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body == body);
  for (int i = 0; i < 300; ++i) ASSERT_EQ(client.ReadAnswer().status, 400) << i;
}

TEST_F(TlsTest, SpeaksTls12AndNothingOlder) {
  HeadgateProcess headgate(Config(false));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const SslContext context = MakeClientContext(certificates_.ClientOptions());
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  RawClient client(headgate.address());
  EXPECT_TRUE(client.stream().StartTlsClient(context.get(), "localhost"));
  EXPECT_EQ(client.Call(Request("GET /a")).status, 200);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  RawClient old(headgate.address());
  EXPECT_FALSE(old.stream().StartTlsClient(context.get(), "localhost"));
}

TEST_F(TlsTest, DemandsClientCertificatesWhereConfigured) {
  HeadgateProcess headgate(Config(true));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient without(headgate.address(), certificates_.ClientOptions());
  // In TLS 1.3 the refusal comes after the client's handshake is over.
  EXPECT_EQ(without.Call(Request("GET /a")).status, 0);
  EXPECT_EQ(upstream_.received_bytes(), 0u);
  TlsClientOptions options = certificates_.ClientOptions();
  options.certificate = certificates_.client();
  options.key = certificates_.client_key();
  RawClient with(headgate.address(), options);
  EXPECT_EQ(with.Call(Request("GET /a")).status, 200);
}

TEST_F(TlsTest, SwapsACertificateThatChangesOnDisk) {
  HeadgateProcess headgate(Config(false));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient old(headgate.address(), certificates_.ClientOptions());
  ASSERT_TRUE(old.connected());
  certificates_.Issue("server", {.serial = 77});
  ASSERT_TRUE(headgate.process().WaitForOutput("new certificate is in use"))
      << headgate.err();
  EXPECT_EQ(SerialSeen(headgate), 77);
  EXPECT_EQ(old.Call(Request("GET /a")).status, 200);
}

TEST_F(TlsTest, SurvivesGarbageInTheHandshake) {
  HeadgateProcess headgate(Config(false));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  for (const std::string_view bytes :
       {"GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "\x16\x03\x01\xff\xff garbage",
        "\x16\x03"}) {
    RawClient client(headgate.address());
    client.Send(bytes);
    client.ShutdownWrite();
    std::string alert;
    EXPECT_NE(client.ReadUntilClosed(&alert), ReadEnd::kTimeout);
    EXPECT_LT(alert.size(), 16u);
  }
  RawClient client(headgate.address(), certificates_.ClientOptions());
  EXPECT_EQ(client.Call(Request("GET /a")).status, 200);
  EXPECT_TRUE(EndsWell(&headgate));
}

TEST(StartTest, SaysThatAPortIsTaken) {
  ScriptedUpstream upstream;
  const std::string config = ConfigWith(
      StrCat("  - address: \"", upstream.address(), "\"\n"), upstream);
  const TempDir dir;
  const ProcessResult result =
      RunHeadgate({"serve", "-c", dir.Write("headgate.yaml", config)});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err,
            StrCat("headgate: cannot listen on ", upstream.address(),
                   ": Address already in use\n"));
}

TEST(StartTest, DoesNotShareAPortWithAnotherHeadgate) {
  ScriptedUpstream upstream;
  HeadgateProcess first(SidecarConfig(upstream));
  ASSERT_TRUE(first.started()) << first.err();
  HeadgateProcess second(
      ConfigWith(StrCat("  - address: \"", first.address(), "\"\n"), upstream));
  EXPECT_EQ(second.WaitExit(), 1);
  EXPECT_TRUE(second.process().WaitForOutput("Address already in use"));
}

TEST(StartTest, ExitsWithDiagnosticsOfAWrongConfig) {
  const TempDir dir;
  const std::string path =
      dir.Write("headgate.yaml", "listenrs: []\nservices: {}\n");
  const ProcessResult result = RunHeadgate({"serve", "-c", path});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr(StrCat(path, ":1:1: ")));
  EXPECT_THAT(result.err, HasSubstr("did you mean"));
}

TEST(StartTest, ExitsWith64OnAUsageError) {
  EXPECT_EQ(RunHeadgate({"serve"}).exit_code, 64);
  EXPECT_EQ(RunHeadgate({"no-such-command"}).exit_code, 64);
  EXPECT_EQ(RunHeadgate({"serve", "--no-such-option"}).exit_code, 64);
}

}  // namespace
}  // namespace headgate::test
