// What the access log says of a call that reached an upstream and then broke:
// whom it was sent to, and what came of it.
#include <regex>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

class BrokenCallsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(headgate_.started()) << headgate_.err(); }

  // The only line, without what differs from run to run.
  std::string Line() { return LineOf(headgate_); }
  std::string LineOf(const HeadgateProcess& headgate) {
    const std::vector<std::string> log = headgate.AccessLog(1);
    if (log.size() != 1) return StrCat(log.size(), " lines");
    static const std::regex varies(
        "\"(time|request_id|peer)\":\"[^\"]*\",|"
        "\"(total_us|decide_us|upstream_us)\":[0-9]+,|"
        ",\"bytes_out\":[0-9]+|"
        ",\"replay\":.*(?=\\})");
    std::string line = std::regex_replace(log[0], varies, "");
    const std::string& url = upstream_.url();
    for (size_t at; (at = line.find(url)) != line.npos;) {
      line.replace(at, url.size(), "UP");
    }
    return line;
  }
  // Of an answer that streams: its head and its beginning.
  static Reply LargeAnswer() {
    return Reply::Raw(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
        "Content-Length: 100000000\r\n\r\n" +
        std::string(500'000, 'x'));
  }
  // Of one that streams: its head and its first chunk.
  static std::string LargeUpload() {
    return Request("POST /a", "Transfer-Encoding: chunked\r\n") + "30d40\r\n" +
           std::string(200'000, 'x') + "\r\n";
  }

  ScriptedUpstream upstream_;
  HeadgateProcess headgate_{
      SidecarConfig(upstream_, "    unmatched: forward\n",
                    "workers: 1\ntimeouts: {write: 300ms, drain: 300ms}\n"
                    "limits_for_requests: {body_bytes: 1MiB}\n")};
};

TEST_F(BrokenCallsTest, NamesTheServerWhenTheClientLeavesBeforeTheAnswer) {
  upstream_.Next(Reply::Never());
  RawClient client(headgate_.address());
  client.Send(Request("GET /a"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  client.Reset();
  EXPECT_EQ(Line(), R"({"method":"GET","path":"/a","service":"agora-chat",)"
                    R"("decision":"allow","status":0,)"
                    R"("upstream":"UP","upstream_status":0,"retries":0,)"
                    R"("bytes_in":39,"aborted":true})");
}

TEST_F(BrokenCallsTest, NamesTheServerWhenTheClientLeavesInsideTheAnswer) {
  upstream_.Next(LargeAnswer().Hang());
  RawClient client(headgate_.address());
  client.Send(Request("GET /a"));
  std::string all;
  while (all.size() < 500'000) {
    ASSERT_EQ(client.stream().Read(&all), ReadEnd::kData);
  }
  client.Reset();
  EXPECT_EQ(Line(), R"({"method":"GET","path":"/a","service":"agora-chat",)"
                    R"("decision":"allow","status":200,)"
                    R"("upstream":"UP","upstream_status":200,"retries":0,)"
                    R"("bytes_in":39,"aborted":true})");
}

TEST_F(BrokenCallsTest, NamesTheServerWhenTheClientLeavesInsideItsUpload) {
  RawClient client(headgate_.address());
  client.Send(LargeUpload());
  ASSERT_TRUE(upstream_.WaitForBytes(200'000));
  client.Reset();
  const std::string line = Line();
  EXPECT_EQ(line.substr(0, line.find("\"bytes_in\"")),
            R"({"method":"POST","path":"/a","service":"agora-chat",)"
            R"("decision":"allow","status":0,)"
            R"("upstream":"UP","upstream_status":0,"retries":0,)");
  EXPECT_TRUE(line.ends_with(",\"aborted\":true}")) << line;
}

TEST_F(BrokenCallsTest, NamesTheServerWhenAnUploadIsMalformed) {
  RawClient client(headgate_.address());
  client.Send(LargeUpload());
  ASSERT_TRUE(upstream_.WaitForBytes(200'000));
  EXPECT_EQ(client.Call("XX\r\n", "POST").status, 400);
  EXPECT_EQ(Line(),
            R"({"method":"POST","path":"/a","service":"agora-chat",)"
            R"("decision":"deny","refusal":"bad_request",)"
            R"("error":"invalid_request","status":400,"local_reply":true,)"
            R"("upstream":"UP","upstream_status":0,"retries":0,)"
            R"("detail":"a chunk size is not a hexadecimal number",)"
            R"("bytes_in":200077})");
}

TEST_F(BrokenCallsTest, NamesTheServerWhenAnUploadGetsTooLarge) {
  RawClient client(headgate_.address());
  client.Send(LargeUpload());
  ASSERT_TRUE(upstream_.WaitForBytes(200'000));
  EXPECT_EQ(client.Call("fffff\r\n", "POST").status, 413);
  EXPECT_EQ(
      Line(),
      R"({"method":"POST","path":"/a","service":"agora-chat",)"
      R"("decision":"deny","refusal":"body_too_large",)"
      R"("error":"request_entity_too_large","status":413,)"
      R"("local_reply":true,"upstream":"UP","upstream_status":0,"retries":0,)"
      R"("detail":"the body is larger than body_bytes",)"
      R"("bytes_in":200084})");
}

TEST_F(BrokenCallsTest, NamesTheServerWhenAnUploadStalls) {
  HeadgateProcess headgate(
      SidecarConfig(upstream_, "    unmatched: forward\n",
                    "workers: 1\ntimeouts: {body: 300ms}\n"));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  RawClient client(headgate.address());
  client.Send(LargeUpload());
  EXPECT_EQ(client.ReadAnswer("POST").status, 408);
  EXPECT_EQ(LineOf(headgate),
            R"({"method":"POST","path":"/a","service":"agora-chat",)"
            R"("decision":"deny","refusal":"request_timeout",)"
            R"("error":"request_timeout","status":408,"local_reply":true,)"
            R"("upstream":"UP","upstream_status":0,"retries":0,)"
            R"("detail":"the body came too slowly","bytes_in":200077})");
}

TEST_F(BrokenCallsTest, NamesTheServerWhenTheClientTakesNothing) {
  Reply reply = LargeAnswer();
  for (int i = 0; i < 30; ++i) reply.Send(std::string(1'000'000, 'x'));
  upstream_.Next(reply.Hang());
  RawClient client(headgate_.address());
  client.Send(Request("GET /a"));
  EXPECT_EQ(Line(), R"({"method":"GET","path":"/a","service":"agora-chat",)"
                    R"("decision":"allow","status":200,)"
                    R"("upstream":"UP","upstream_status":200,"retries":0,)"
                    R"("bytes_in":39,"aborted":true})");
}

TEST_F(BrokenCallsTest, NamesTheServerAtTheDeadlineOfADrain) {
  upstream_.Next(Reply::Never());
  RawClient client(headgate_.address());
  client.Send(Request("GET /a"));
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  headgate_.Terminate();
  EXPECT_EQ(client.ReadAnswer().status, 503);
  EXPECT_EQ(
      Line(),
      R"({"method":"GET","path":"/a","service":"agora-chat",)"
      R"("decision":"deny","refusal":"draining",)"
      R"("error":"service_unavailable","status":503,)"
      R"("local_reply":true,"upstream":"UP","upstream_status":0,"retries":0,)"
      R"("detail":"timeouts.drain is over","bytes_in":39})");
}

TEST_F(BrokenCallsTest, TellsTheStatusOfAnAnswerWhoseBodyBrokeOff) {
  upstream_.Next(Reply::Raw("HTTP/1.1 203 OK\r\nContent-Type: text/plain\r\n"
                            "Content-Length: 1000\r\n\r\nabc")
                     .Close());
  EXPECT_EQ(headgate_.Call(Request("GET /a")).status, 502);
  EXPECT_EQ(
      Line(),
      R"({"method":"GET","path":"/a","service":"agora-chat",)"
      R"("decision":"allow","status":502,"local_reply":true,)"
      R"("upstream":"UP","upstream_status":203,"retries":0,)"
      R"("mapped":"upstream_protocol","detail":"UP: closed the connection )"
      R"(after 3 bytes of the answer's body","bytes_in":39})");
}

TEST_F(BrokenCallsTest, TellsNoStatusOfAnAnswerWhoseHeadBrokeOff) {
  upstream_.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Ty").Close());
  EXPECT_EQ(headgate_.Call(Request("GET /a")).status, 502);
  EXPECT_EQ(
      Line(),
      R"({"method":"GET","path":"/a","service":"agora-chat",)"
      R"("decision":"allow","status":502,"local_reply":true,)"
      R"("upstream":"UP","upstream_status":0,"retries":0,)"
      R"("mapped":"upstream_protocol","detail":"UP: closed the connection )"
      R"(inside the answer's head","bytes_in":39})");
}

}  // namespace
}  // namespace headgate::test
