// HTTP/2 by libcurl, where the answer comes before the whole request was sent.
//
// Every answer is followed by a ping: its acknowledgement says that libcurl has
// read the answer.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/proxy/upstream_tls_harness.h"
#include "tests/support/h2_frame_server.h"

namespace headgate::proxy {
namespace {

using test::Frame;
using test::H2FrameServer;
using test::kDataFrame;
using test::kEndHeaders;
using test::kEndStream;
using test::kHeadersFrame;
using test::kPingFrame;
using test::kResetFrame;
using test::kWindowFrame;
using test::Literal;
using test::Number;
using Received = H2FrameServer::Received;

// Fields in HPACK.
constexpr char k200[] = "\x88";
constexpr char k404[] = "\x8d";

std::string Answer(uint32_t stream, const std::string& fields) {
  return Frame(kHeadersFrame, kEndHeaders, stream, fields) +
         Frame(kDataFrame, kEndStream, stream, "early") +
         Frame(kPingFrame, 0, 0, "12345678");
}

// Answers each request when its head has come.
H2FrameServer::Handler AnswerHeads(const std::string& fields) {
  return [=](const Received& frame) {
    return frame.type == kHeadersFrame ? Answer(frame.stream, fields) : "";
  };
}

class Http2EarlyAnswerTest : public TlsUpstreamTest {
 protected:
  Http2EarlyAnswerTest() : TlsUpstreamTest(/*http2=*/true) {}
  void TurnUntilRead(const H2FrameServer& server, size_t answers) {
    TurnUntil([&] { return server.pongs() >= answers; });
  }
  // What the first look does not see, a later one does.
  void TurnUntilOverByTicks(const TestCall& call) {
    const test::Deadline deadline;
    while (!call.over && !deadline.passed()) TurnTicks(1);
  }
  // How often the loop turns in so many ticks.
  int TurnsOfTicks(int ticks) {
    int turns = 0;
    for (; ticks > 0; --ticks) {
      bool ticked = false;
      WheelTimer timer([](void* flag) { *static_cast<bool*>(flag) = true; },
                       &ticked);
      clock.Advance(absl::Microseconds(TimerWheel::kTickUs));
      timer.Set(&loop.timers(), loop.Now().monotonic_us);
      TurnUntil([&] {
        ++turns;
        return ticked;
      });
    }
    return turns;
  }
  // Of the second request, behind a Get().
  static constexpr uint32_t kSecond = 3;
};

// With no content-length only the end of the stream ends the answer, and
// libcurl sees it only when the request has ended too.
TEST_F(Http2EarlyAnswerTest, NoticesTheEndOfTheStreamWhenTheRequestEnds) {
  for (const char* fields : {k200, k404}) {
    for (const bool sized : {true, false}) {
      H2FrameServer server(Tls(), AnswerHeads(fields));
      UseServer(server);
      Get();
      auto call =
          StartedUpload(sized ? std::optional<size_t>(4) : std::nullopt);
      call->handle->SendBody("ab", false);
      TurnUntilRead(server, 2);
      clock.Advance(absl::Seconds(60));  // it is the client's turn
      TurnTicks(2);
      EXPECT_FALSE(call->over) << call->outcome();
      EXPECT_FALSE(server.HasEnded(kSecond)) << "half a request";
      call->handle->SendBody("cd", true);
      ASSERT_TRUE(TurnUntilOver(*call));
      EXPECT_EQ(call->body, "early");
      EXPECT_EQ(Get()->body, "early");  // so the server has read it all
      EXPECT_EQ(server.BodyOf(kSecond), "abcd");
      EXPECT_EQ(stats().connects.Get(), 1);
    }
  }
}

TEST_F(Http2EarlyAnswerTest, NoticesTheEndOfTheStreamAfterALargeRequest) {
  constexpr size_t kBytes = 1 << 20;
  for (const char* fields : {k200, k404}) {
    // Takes no more than a window until its answer was read.
    H2FrameServer server(Tls(), [&](const Received& frame) -> std::string {
      if (frame.type == kHeadersFrame) return Answer(frame.stream, fields);
      if (frame.type != kPingFrame) return "";
      return Frame(kWindowFrame, 0, 0, Number(kBytes)) +
             Frame(kWindowFrame, 0, 1, Number(kBytes));
    });
    UseServer(server);
    auto call = Started("POST", std::string(kBytes, 'x'));
    TurnUntil([&] { return server.HasEnded(1); });
    TurnUntilOverByTicks(*call);
    EXPECT_EQ(call->body, "early");
    EXPECT_EQ(server.BodyOf(1).size(), kBytes);
  }
}

TEST_F(Http2EarlyAnswerTest, NoticesTheEndOfManyStreamsAtOnce) {
  H2FrameServer server(Tls(), AnswerHeads(k200));
  UseServer(server);
  Get();
  for (int round = 0; round < 20; ++round) {
    std::vector<std::unique_ptr<TestCall>> calls;
    for (int i = 0; i < 10; ++i) {
      calls.push_back(Started("POST", "{}"));
      calls.push_back(Started());
    }
    for (const auto& call : calls) {
      TurnUntilOverByTicks(*call);
      ASSERT_EQ(call->outcome(), "200 early");
    }
  }
  EXPECT_EQ(stats().connects.Get(), 1);
}

TEST_F(Http2EarlyAnswerTest, EndsWithAWholeAnswer) {
  for (const char* status : {k200, k404}) {
    H2FrameServer server(Tls(),
                         AnswerHeads(status + Literal("content-length", "5")));
    UseServer(server);
    Get();
    auto call = StartedUpload(4);
    call->handle->SendBody("ab", false);
    ASSERT_TRUE(TurnUntilOver(*call));
    EXPECT_EQ(call->body, "early");
    EXPECT_TRUE(call->handle->SendBody("cd", true));  // nobody wants it
    EXPECT_EQ(Get()->body, "early");
    EXPECT_FALSE(server.HasEnded(kSecond)) << "half a request";
    EXPECT_EQ(stats().connects.Get(), 1);
  }
}

TEST_F(Http2EarlyAnswerTest, EndsWithAWholeAnswerThoughTheWindowIsUsedUp) {
  H2FrameServer server(Tls(),
                       AnswerHeads(k200 + Literal("content-length", "5")));
  UseServer(server);
  auto call = Finished("POST", std::string(1 << 20, 'x'));
  EXPECT_EQ(call->outcome(), "200 early");
  EXPECT_EQ(Get()->outcome(), "200 early");
  EXPECT_EQ(stats().connects.Get(), 1);
}

TEST_F(Http2EarlyAnswerTest, EndsWithAWholeAnswerWithoutABody) {
  H2FrameServer server(Tls(), [&](const Received& frame) -> std::string {
    if (frame.type != kHeadersFrame) return "";
    return Frame(kHeadersFrame, kEndHeaders | kEndStream, frame.stream,
                 k404 + Literal("content-length", "0"));
  });
  UseServer(server);
  auto call = StartedUpload(std::nullopt);
  ASSERT_TRUE(TurnUntilOver(*call));
  EXPECT_EQ(call->outcome(), "404 ");
  EXPECT_EQ(Get()->outcome(), "404 ");  // so the server has read it all
  EXPECT_FALSE(server.HasEnded(1)) << "half a request";
}

// The socket can be written to all the time; what is waited for is the server.
TEST_F(Http2EarlyAnswerTest, WaitsForAWindowWithoutTurningTheLoop) {
  constexpr size_t kBytes = 1 << 20;
  const std::string fields = k200 + Literal("content-length", "5");
  for (const bool streams : {false, true}) {
    // Another request makes it open the windows.
    H2FrameServer server(Tls(), [&](const Received& frame) -> std::string {
      if (frame.ends_request()) {
        const std::string answer = Answer(frame.stream, fields);
        if (frame.type == kDataFrame) return answer;
        return Frame(kWindowFrame, 0, 0, Number(kBytes)) +
               Frame(kWindowFrame, 0, 1, Number(kBytes)) + answer;
      }
      return "";
    });
    UseServer(server);
    const std::string body(kBytes, 'x');
    auto call = streams ? StartedUpload(kBytes) : Started("POST", body);
    if (streams) call->handle->SendBody(body, true);
    TurnUntil([&] { return server.BodyOf(1).size() == 65'535; });
    EXPECT_LT(TurnsOfTicks(10), 400);
    EXPECT_EQ(Get()->outcome(), "200 early");
    TurnUntilOverByTicks(*call);  // it may have come to rest again
    EXPECT_EQ(call->outcome(), "200 early");
    EXPECT_EQ(server.BodyOf(1).size(), kBytes);
  }
}

// It asks for no more of the request (RFC 9113 8.1).
TEST_F(Http2EarlyAnswerTest, AResetBehindAWholeAnswerIsNoFailure) {
  H2FrameServer server(Tls(), [](const Received& frame) -> std::string {
    if (frame.type == kHeadersFrame) {
      return Answer(frame.stream, k200 + Literal("content-length", "5"));
    }
    return frame.type == kPingFrame ? Frame(kResetFrame, 0, 1, Number(0)) : "";
  });
  UseServer(server);
  auto call = StartedUpload(4);
  call->handle->SendBody("ab", false);
  TurnUntilRead(server, 1);
  call->handle->SendBody("cd", true);
  ASSERT_TRUE(TurnUntilOver(*call));
  EXPECT_EQ(call->outcome(), "200 early");
}

}  // namespace
}  // namespace headgate::proxy
