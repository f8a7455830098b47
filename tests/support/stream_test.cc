// The harness's own tests: RawClient and ScriptedUpstream against each other.
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/raw_client.h"
#include "tests/support/scripted_upstream.h"

namespace headgate::test {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(ScriptedUpstreamTest, AnswersByMethodAndTargetAndRecordsEveryByte) {
  ScriptedUpstream upstream;
  upstream.On("GET /a", Reply::Json(200, R"({"a":1})"));
  RawClient client(upstream.address());
  const Message answer = client.Call(kGet);
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.body, R"({"a":1})");
  EXPECT_EQ(answer.Header("content-type"), "application/json;charset=UTF-8");
  ASSERT_EQ(upstream.requests().size(), 1u);
  EXPECT_EQ(upstream.requests()[0].message.wire, kGet);
  EXPECT_EQ(upstream.requests()[0].message.target, "/a");
  EXPECT_EQ(upstream.received_bytes(), kGet.size());
}

TEST(ScriptedUpstreamTest, KeepsConnectionsAndCountsThem) {
  ScriptedUpstream upstream;
  {
    RawClient first(upstream.address());
    EXPECT_EQ(first.Call(kGet).status, 200);
    EXPECT_EQ(first.Call(kGet).status, 200);
    RawClient second(upstream.address());
    EXPECT_EQ(second.Call(kGet).status, 200);
    EXPECT_EQ(upstream.connections(), 2u);
    EXPECT_EQ(upstream.open_connections(), 2u);
    EXPECT_EQ(upstream.requests()[1].connection, 0u);
    EXPECT_EQ(upstream.requests()[2].connection, 1u);
  }
  EXPECT_TRUE(upstream.WaitForOpenConnections(0));
}

TEST(ScriptedUpstreamTest, ReadsChunkedBodiesInAnyPieces) {
  ScriptedUpstream upstream;
  RawClient client(upstream.address());
  EXPECT_TRUE(client.SendSplit(
      "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n1\r\nd\r\n0\r\nTrail: x\r\n\r\n"));
  EXPECT_EQ(client.ReadAnswer().status, 200);
  const Message request = upstream.last_request().message;
  EXPECT_EQ(request.error, "");
  EXPECT_EQ(request.body, "abcd");
  EXPECT_THAT(request.trailers,
              testing::ElementsAre(testing::Pair("Trail", "x")));
}

TEST(ScriptedUpstreamTest, PausesUntilTheTestSaysSo) {
  ScriptedUpstream upstream;
  const SharedSignal sent = MakeSignal();
  const SharedSignal go_on = MakeSignal();
  upstream.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
                    .Notify(sent)
                    .Wait(go_on)
                    .Send("cd"));
  RawClient client(upstream.address());
  client.Send(kGet);
  ASSERT_TRUE(sent->Wait());
  go_on->Notify();
  EXPECT_EQ(client.ReadAnswer().body, "abcd");
}

TEST(ScriptedUpstreamTest, ClosesResetsAndHangs) {
  ScriptedUpstream upstream;
  upstream.Next(Reply::Raw("HTTP/1.1 200 OK\r\n\r\nto the end").Close());
  upstream.Next(Reply().Reset());
  upstream.Next(Reply::Never());
  {
    RawClient client(upstream.address());
    const Message answer = client.Call(kGet);
    EXPECT_EQ(answer.body, "to the end");
    EXPECT_TRUE(answer.closed);
  }
  EXPECT_EQ(RawClient(upstream.address()).Call(kGet).error, "reset");
  RawClient silent(upstream.address());
  silent.Send(kGet);
  ASSERT_TRUE(upstream.WaitForRequests(3));
  EXPECT_TRUE(silent.StaysSilent(milliseconds(1)));
}

TEST(ScriptedUpstreamTest, AnswersBeforeTheBodyHasCome) {
  ScriptedUpstream upstream;
  upstream.Next(Reply::Json(403, "{}").Early());
  RawClient client(upstream.address());
  EXPECT_EQ(
      client.Call("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n")
          .status,
      403);
  client.Send("{}");
  EXPECT_EQ(client.Call(kGet).status, 200);
  EXPECT_EQ(upstream.requests()[0].message.body, "{}");
}

TEST(ScriptedUpstreamTest, RefusesWhileItDoesNotListenAndTakesAgain) {
  ScriptedUpstream upstream;
  upstream.StopListening();
  EXPECT_FALSE(RawClient(upstream.address()).connected());
  upstream.Listen();
  EXPECT_EQ(RawClient(upstream.address()).Call(kGet).status, 200);
}

TEST(ScriptedUpstreamTest, ListensOnUnixSockets) {
  const TempDir dir;
  ScriptedUpstream upstream("unix:" + dir.File("upstream.sock"));
  EXPECT_EQ(RawClient(upstream.url()).Call(kGet).status, 200);
}

TEST(ScriptedUpstreamTest, HoldsManyConnections) {
  ScriptedUpstream upstream;
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(upstream.address());
  for (RawClient& client : clients) client.Send(kGet);
  for (RawClient& client : clients) EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(upstream.open_connections(), 200u);
}

TEST(TlsTest, VerifiesTheServerAndChoosesAProtocol) {
  const TestCertificates certificates;
  TlsServerOptions server = certificates.ServerOptions();
  server.alpn = {"http/1.1"};
  ScriptedUpstream upstream("127.0.0.1:0", server);
  TlsClientOptions options = certificates.ClientOptions();
  options.alpn = {"h2", "http/1.1"};
  RawClient client(upstream.address(), options);
  ASSERT_TRUE(client.connected()) << client.error();
  EXPECT_EQ(client.Call(kGet).status, 200);
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(client.stream().ssl(), &name, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(name), size), "http/1.1");
}

TEST(TlsTest, RefusesAnotherNameAnotherAuthorityAndAnOldCertificate) {
  TestCertificates certificates;
  CertificateOptions old;
  old.valid_for = std::chrono::seconds(-60);
  certificates.Issue("old", old);
  ScriptedUpstream upstream("127.0.0.1:0", certificates.ServerOptions());
  TlsClientOptions options = certificates.ClientOptions();
  options.server_name = "other";
  EXPECT_FALSE(RawClient(upstream.address(), options).connected());
  const TestCertificates stranger;
  EXPECT_FALSE(
      RawClient(upstream.address(), stranger.ClientOptions()).connected());
  TlsServerOptions expired = certificates.ServerOptions();
  expired.certificate = certificates.dir().File("old.pem");
  expired.key = certificates.dir().File("old.key");
  ScriptedUpstream outdated("127.0.0.1:0", expired);
  EXPECT_FALSE(
      RawClient(outdated.address(), certificates.ClientOptions()).connected());
}

TEST(TlsTest, DemandsAClientCertificate) {
  const TestCertificates certificates;
  TlsServerOptions server = certificates.ServerOptions();
  server.client_ca = certificates.ca();
  ScriptedUpstream upstream("127.0.0.1:0", server);
  TlsClientOptions options = certificates.ClientOptions();
  // In TLS 1.3 the client learns of it from its first read.
  EXPECT_EQ(RawClient(upstream.address(), options).Call(kGet).status, 0);
  options.certificate = certificates.client();
  options.key = certificates.client_key();
  EXPECT_EQ(RawClient(upstream.address(), options).Call(kGet).status, 200);
}

// What the strict reader says of one answer and the end behind it.
TEST(MessageReaderTest, RefusesWhatTheRfcForbids) {
  const struct {
    std::string_view answer, error;
  } cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", ""},
      {"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", ""},
      {"HTTP/1.1 200\r\n\r\n", "not a status line: HTTP/1.1 200"},
      {"HTTP/1.1 20 OK\r\n\r\n", "not a status line: HTTP/1.1 20 OK"},
      {"HTTP/1.1 200 OK\n\r\n",
       "a line that does not end in CRLF: HTTP/1.1 200 OK\n"},
      {"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "not a field: A : b"},
      {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "not a field:  c"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
       "more than one length"},
      {"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab", "not a length: +2"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n",
       "not a chunk size: 0x1"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
       "a chunk that does not end in CRLF"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
       "closed in the middle"},
      {"", "closed"},
  };
  for (const auto& [answer, error] : cases) {
    ScriptedUpstream upstream;
    upstream.Next(Reply::Raw(std::string(answer)).Close());
    EXPECT_EQ(RawClient(upstream.address()).Call(kGet).error, error) << answer;
  }
}

TEST(MessageReaderTest, ReadsPipelinedAndInterimAndBodilessAnswers) {
  ScriptedUpstream upstream;
  upstream.Next(
      Reply::Raw("HTTP/1.1 100 Continue\r\n\r\n"
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                 "HTTP/1.1 204 No Content\r\n\r\n"));
  RawClient client(upstream.address());
  EXPECT_EQ(client.Call("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD").status,
            100);
  const Message head = client.ReadAnswer("HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(client.ReadAnswer().status, 204);
}

TEST(RawClientTest, DripsUntilThePeerHasEnough) {
  ScriptedUpstream upstream;
  upstream.OnConnect(Reply::Raw("x").Close());
  RawClient client(upstream.address());
  EXPECT_LT(client.Drip(std::string(1000, 'a'), std::chrono::seconds(10)),
            1000u);
}

}  // namespace
}  // namespace headgate::test
