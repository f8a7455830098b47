// A warm call over HTTP/2 allocates nothing: the program's operator new counts
// (on this thread).
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/strings.h"
#include "proxy/upstream_h2_session.h"
#include "tests/support/count_allocations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/h2_server.h"

namespace headgate::proxy {
namespace {

class Owner final : public H2SessionOwner {
 public:
  void OnWantsWrite() override {}
  void OnLastStreamGone() override {}
  void OnStreamsMax(uint32_t) override {}
};

class Sink final : public AttemptSink {
 public:
  void OnAnswer(const http::ResponseHead& head, std::string_view body,
                bool complete) override {
    good += complete && head.status == 200 && body == "{}";
  }
  void OnAnswerBody(std::string_view, bool) override {}
  void OnAttemptFailed(const AttemptFailure&) override {}
  void OnRequestBodyWanted() override {}
  bool OnResent() override { return false; }

  int good = 0;
};

TEST(H2cAllocationTest, AWarmCallAllocatesNothing) {
  constexpr int kAtOnce = 8;
  constexpr int kRounds = 300;
  // What the server says, in advance; what we say is different each time.
  std::vector<std::string> answers(kRounds);
  std::vector<std::string> heads(kRounds);
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kAtOnce; ++i) {
      const auto id = static_cast<uint32_t>((round * kAtOnce + i) * 2 + 1);
      answers[round] +=
          test::Frame(test::kHeadersFrame, test::kEndHeaders, id,
                      "\x88" + test::Literal("content-length", "2") +
                          test::Literal("x-long-enough-for-the-heap",
                                        std::string(100, 'x'))) +
          test::Frame(test::kDataFrame, test::kEndStream, id, "{}");
    }
    heads[round] = StrCat("POST /a/", round,
                          " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ",
                          std::string(100, 'a'), "\r\nX-Request-ID: ", round,
                          "\r\nX-Own: 1\r\nContent-Length: 4\r\n\r\n");
  }
  test::FakeClock clock;
  EventLoop loop(clock);
  ServerStats stats("http://a");
  ClientSettings settings;
  settings.loop = &loop;
  settings.connect_timeout_us = settings.response_timeout_us = 1'000'000;
  settings.stats = &stats;
  H2HeadMemory heads_known(64);
  H2StreamPool pool(&settings);
  Owner owner;
  H2Session session(&heads_known, &owner, kAtOnce);
  ASSERT_TRUE(session.Receive(test::Frame(test::kSettingsFrame, 0, 0, "")));
  Sink sink;
  std::string out;
  const auto run = [&](int round) {
    UpstreamRequest request;
    request.head = heads[round];
    request.body = "body";
    for (int i = 0; i < kAtOnce; ++i) {
      H2Stream* stream = pool.New();
      stream->Begin(request, &sink, &session, true);
      session.Add(stream);
    }
    out.clear();
    session.Gather(&out);
    session.Receive(answers[round]);
    pool.DeliverAll();
  };
  int round = 0;
  while (round < kRounds / 2) run(round++);
  const int64_t before = test::allocations;
  while (round < kRounds) run(round++);
  EXPECT_EQ(test::allocations - before, 0);
  EXPECT_EQ(sink.good, kRounds * kAtOnce);
}

}  // namespace
}  // namespace headgate::proxy
