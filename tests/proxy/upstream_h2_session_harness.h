// What the tests of a session without a socket share: what it says for what is
// said to it, frame by frame. Belongs to one thread.
#ifndef HEADGATE_TESTS_PROXY_UPSTREAM_H2_SESSION_HARNESS_H_
#define HEADGATE_TESTS_PROXY_UPSTREAM_H2_SESSION_HARNESS_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"
#include "proxy/upstream_h2_session.h"
#include "tests/support/fake_clock.h"
#include "tests/support/h2_server.h"

namespace headgate::proxy {

class H2SessionTest : public testing::Test {
 protected:
  static constexpr uint8_t kEnds = test::kEndHeaders | test::kEndStream;
  static constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  static constexpr std::string_view kPost =
      "POST /a HTTP/1.1\r\nHost: a\r\n\r\n";

  class Owner final : public H2SessionOwner {
   public:
    void OnWantsWrite() override {}
    void OnLastStreamGone() override {}
    void OnStreamsMax(uint32_t most) override { streams_max = most; }

    uint32_t streams_max = 0;
  };

  class Sink final : public AttemptSink {
   public:
    void OnAnswer(const http::ResponseHead& head, std::string_view body,
                  bool complete) override {
      outcome = StrCat(head.status, " ", body, complete ? "" : "...");
      for (const http::Field& field : head.fields) {
        StrAppend(&outcome, " ", field.name, "=", field.value);
      }
    }
    void OnAnswerBody(std::string_view piece, bool last) override {
      StrAppend(&outcome, piece, last ? "" : "...");
    }
    void OnAttemptFailed(const AttemptFailure& failure) override {
      outcome = failure.detail;
      resend = failure.resend;
    }
    void OnRequestBodyWanted() override {}
    bool OnResent() override { return false; }

    std::string outcome;
    AttemptFailure::Resend resend = AttemptFailure::Resend::kNo;
    Attempt* attempt = nullptr;
  };

  H2SessionTest() {
    settings.loop = &loop;
    settings.server = "s";
    settings.connect_timeout_us = settings.response_timeout_us = 1'000'000;
    settings.stats = &stats;
  }

  // A setting of SETTINGS.
  static std::string Setting(uint16_t id, uint32_t value) {
    return test::Number(id).substr(2) + test::Number(value);
  }

  // "TYPE STREAM BYTES[ ENDS]" for each frame of `bytes`.
  static std::vector<std::string> Outline(std::string_view bytes) {
    static constexpr std::string_view kNames[] = {
        "DATA", "HEADERS", "PRIORITY", "RST_STREAM",    "SETTINGS",
        "PUSH", "PING",    "GOAWAY",   "WINDOW_UPDATE", "CONTINUATION"};
    std::vector<std::string> frames;
    while (!bytes.empty()) {
      const http2::FrameHeader header = http2::ReadFrameHeader(bytes);
      const bool ends = header.type < 2 && header.Has(http2::kEndStream);
      frames.push_back(StrCat(kNames[header.type], " ", header.stream, " ",
                              header.length, ends ? " ENDS" : ""));
      bytes.remove_prefix(http2::kFrameHeaderBytes + header.length);
    }
    return frames;
  }

  std::string Gathered() {
    std::string out;
    session.Gather(&out);
    return out;
  }
  // The server's settings have come, and ours have left.
  void Greet(std::string_view server_settings = "") {
    Gathered();
    ASSERT_TRUE(Say(test::Frame(test::kSettingsFrame, 0, 0, server_settings)));
    Gathered();
  }
  bool Say(std::string_view bytes) {
    const bool good = session.Receive(bytes);
    pool.DeliverAll();
    return good;
  }
  Sink& Start(std::string_view head, std::string_view body = "",
              bool streams = false) {
    sinks.push_back(std::make_unique<Sink>());
    UpstreamRequest request;
    request.head = head;
    request.body = body;
    request.body_streams = streams;
    H2Stream* stream = pool.New();
    sinks.back()->attempt = stream;
    stream->Begin(request, sinks.back().get(), &session, true);
    session.Add(stream);
    return *sinks.back();
  }

  test::FakeClock clock;
  EventLoop loop{clock};
  ServerStats stats{"s"};
  ClientSettings settings;
  H2HeadMemory heads{64};
  H2StreamPool pool{&settings};
  Owner owner;
  H2Session session{&heads, &owner, 100};
  std::vector<std::unique_ptr<Sink>> sinks;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_TESTS_PROXY_UPSTREAM_H2_SESSION_HARNESS_H_
