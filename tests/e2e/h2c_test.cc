// The real binary before a service that speaks HTTP/2 in clear text.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"
#include "tests/support/h2_server.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string H2cConfig(const std::string& url, std::string_view more = "") {
  return StrCat(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "admin: {address: \"127.0.0.1:0\"}\n"
      "workers: 1\n"
      "services:\n"
      "  agora-chat:\n"
      "    upstream: {servers: [\"",
      url, "\"], h2c: true", more, "}\n", kForward);
}

TEST(H2cTest, PassesCallsOfManyClientsOverOneConnection) {
  H2Server server;
  server.Handle([](const H2Request& request) {
    return H2Reply::Text(200,
                         StrCat("{\"path\":\"", request.Value(":path"),
                                "\",\"body\":\"", request.body, "\"}"),
                         {{"content-type", "application/json"}});
  });
  HeadgateProcess headgate(H2cConfig(server.url()));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(headgate.address());
  for (int round = 0; round < 5; ++round) {
    for (size_t i = 0; i < clients.size(); ++i) {
      clients[i].Send(Request(StrCat("POST /a/", i, "?r=", round),
                              "Connection: keep-alive\r\nX-Mine: 1\r\n",
                              StrCat(i)));
    }
    for (size_t i = 0; i < clients.size(); ++i) {
      const Message answer = clients[i].ReadAnswer("POST");
      EXPECT_EQ(answer.status, 200) << answer;
      EXPECT_EQ(answer.body, StrCat("{\"path\":\"/a/", i, "?r=", round,
                                    "\",\"body\":\"", i, "\"}"));
    }
  }
  EXPECT_EQ(server.connections(), 1u);
  const H2Request last = server.last_request();
  EXPECT_EQ(last.Value(":authority"), "chat.example");
  EXPECT_EQ(last.Value("x-mine"), "1");
  EXPECT_EQ(last.Value("x-forwarded-for"), "127.0.0.1");
  EXPECT_THAT(last.fields, Not(HasSubstr("\nconnection: ")));
  EXPECT_THAT(last.fields, Not(HasSubstr("\nhost: ")));
  const std::string metrics = headgate.Admin("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr(StrCat("headgate_upstream_requests_total{")));
}

TEST(H2cTest, PassesLargeBodiesBothWays) {
  H2Server server;
  const std::string body(900'000, 'x');
  const std::string large(3 << 20, 'y');
  server.Handle([&](const H2Request& request) {
    return H2Reply::Text(200, request.body == body ? large : "other",
                         {{"content-type", "text/plain"}});
  });
  HeadgateProcess headgate(H2cConfig(server.url()));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  for (int i = 0; i < 2; ++i) {
    const Message answer = headgate.Call(Request("POST /a", "", body), "POST");
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body == large) << answer.body.size();
  }
}

TEST(H2cTest, AnHttp1ServerIsADocumentedErrorAndASentence) {
  ScriptedUpstream server;
  server.OnConnect(
      Reply::Raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
          .Close());
  HeadgateProcess headgate(H2cConfig(server.url(), ", retries: 0"));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const Message answer = headgate.Call(Request("GET /a"));
  EXPECT_GE(answer.status, 500) << answer;
  EXPECT_THAT(answer.Header("Content-Type"), HasSubstr("json"));
  headgate.Terminate();
  EXPECT_TRUE(headgate.WaitExit());
  EXPECT_THAT(headgate.err() + headgate.out(),
              HasSubstr("does this server speak h2c?"));
}

// Each connection takes one call, and then the server goes away.
TEST(H2cTest, AServerThatGoesAwayAgainAndAgainFailsNoCall) {
  H2Server server;
  server.Handle([](const H2Request&) {
    return H2Reply::Raw([](uint32_t id) {
      return Frame(kGoAwayFrame, 0, 0, Number(id) + Number(0)) +
             Frame(kHeadersFrame, kEndHeaders, id,
                   "\x88" + Literal("content-length", "2")) +
             Frame(kDataFrame, kEndStream, id, "ok");
    });
  });
  HeadgateProcess headgate(H2cConfig(server.url()));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient client(headgate.address());
  for (int i = 0; i < 30; ++i) {
    const Message answer = client.Call(Request("GET /a"));
    EXPECT_EQ(answer.status, 200) << answer;
  }
  EXPECT_EQ(server.connections(), 30u);
}

}  // namespace
}  // namespace headgate::test
