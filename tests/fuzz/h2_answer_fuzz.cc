// Any bytes as what a server of HTTP/2 sends, into a session without a socket:
// calls are under way, are paused and dropped, and new ones begin, as the first
// bytes say. Whatever comes, each call ends once, what is handed on can be
// written as a valid answer, and heads that are remembered change nothing.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/clock.h"
#include "base/strings.h"
#include "proxy/http/response_parser.h"
#include "proxy/http/writer.h"
#include "proxy/upstream_h2_session.h"
#include "proxy/upstream_h2_stream.h"

namespace headgate::proxy {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

class StillClock final : public Clock {
 public:
  Instant Now() const override { return {}; }
};

class Call final : public AttemptSink {
 public:
  void Begin(H2StreamPool* pool, H2Session* session, std::string_view head,
             bool streams, bool pauses) {
    Check(attempt_ == nullptr);
    UpstreamRequest request;
    request.head = head;
    request.body_streams = streams;
    pauses_ = pauses;
    has_head_ = false;
    H2Stream* stream = pool->New();
    attempt_ = stream;
    stream->Begin(request, this, session, true);
    session->Add(stream);
    if (streams) stream->SendBody("some", false);
  }
  void Resume() {
    if (attempt_ != nullptr) attempt_->ResumeAnswer();
  }
  void Abort() {
    if (attempt_ != nullptr) attempt_->Abort();
    attempt_ = nullptr;
  }
  bool over() const { return attempt_ == nullptr; }

  void OnAnswer(const http::ResponseHead& head, std::string_view body,
                bool complete) override {
    Check(attempt_ != nullptr && !has_head_);
    has_head_ = true;
    CheckPassedOn(head);
    StrAppend(&log, "[", head.status);
    for (const http::Field& field : head.fields) {
      StrAppend(&log, " ", field.name, ":", field.value);
    }
    StrAppend(&log, "]", body, complete ? "." : "");
    if (head.framing == http::Framing::kContentLength && complete) {
      Check(body.size() == head.content_length);
    }
    Go(complete);
  }
  void OnAnswerBody(std::string_view piece, bool last) override {
    Check(attempt_ != nullptr && has_head_);
    StrAppend(&log, piece, last ? "." : "");
    Go(last);
  }
  void OnAttemptFailed(const AttemptFailure& failure) override {
    Check(attempt_ != nullptr && !failure.detail.empty());
    StrAppend(&log, "!", failure.detail);
    attempt_ = nullptr;
  }
  void OnRequestBodyWanted() override {}
  bool OnResent() override { return false; }

  std::string log;  // of all that it was told

 private:
  void Go(bool end) {
    if (end) {
      attempt_ = nullptr;
    } else if (pauses_) {
      attempt_->PauseAnswer();
    }
  }
  static void CheckPassedOn(const http::ResponseHead& head) {
    http::AnswerOptions options;
    options.framing = http::Framing::kChunked;
    std::string out;
    http::WriteResponseHead(head, options, &out);
    http::ResponseParser parser({.head_bytes = 1 << 20, .fields = 1000});
    http::ResponseHead again;
    const auto result = parser.Parse(out, http::Method::kGet, &again);
    Check(result.done() && result.head_bytes == out.size());
    Check(again.status == head.status);
  }

  Attempt* attempt_ = nullptr;
  bool pauses_ = false;
  bool has_head_ = false;
};

class Owner final : public H2SessionOwner {
 public:
  void OnWantsWrite() override {}
  void OnLastStreamGone() override {}
  void OnStreamsMax(uint32_t) override {}
};

// What all calls were told. `plan`: a bit for what is done between the pieces
// of the input; `heads`: null, or what remembers them.
std::string Run(uint8_t plan, uint8_t cut, std::string_view input,
                H2HeadMemory* heads) {
  static const StillClock clock;
  static EventLoop loop(clock);
  ServerStats stats("http://fuzz");
  ClientSettings settings;
  settings.loop = &loop;
  settings.server = "http://fuzz";
  settings.connect_timeout_us = settings.response_timeout_us = 1'000'000;
  settings.stats = &stats;
  H2StreamPool pool(&settings);
  Owner owner;
  H2Session session(heads, &owner, 3);
  constexpr std::string_view kGet =
      "GET /a HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\r\n";
  constexpr std::string_view kPost = "POST /a HTTP/1.1\r\nHost: a\r\n\r\n";
  std::array<Call, 4> calls;
  const auto begin = [&](size_t i) {
    const bool streams = i == 3;
    calls[i].Begin(&pool, &session, streams ? kPost : kGet, streams,
                   ((plan >> i) & 1) != 0);
  };
  for (size_t i = 0; i < calls.size(); ++i) begin(i);
  std::string out;
  session.Gather(&out);
  // A server's first word, so that the rest is not lost on a bad one.
  constexpr std::string_view kSettings("\0\0\0\4\0\0\0\0\0", 9);
  bool good = (plan & 64) != 0 || session.Receive(kSettings);
  while (good && !input.empty()) {
    out.clear();
    session.Gather(&out);
    const std::string_view piece = input.substr(0, size_t{cut} + 1);
    input.remove_prefix(piece.size());
    good = session.Receive(piece) && session.error().empty();
    pool.DeliverAll();
    if ((plan & 16) != 0) calls[0].Abort();
    for (size_t i = 0; i < calls.size(); ++i) {
      if ((plan & 32) != 0) calls[i].Resume();
      if (good && calls[i].over() && !session.drains()) begin(i);
    }
  }
  out.clear();
  session.Gather(&out);
  session.Drain();
  pool.DeliverAll();
  session.FailAll("the connection ended");
  for (Call& call : calls) call.Resume();
  pool.DeliverAll();
  std::string log;
  for (const Call& call : calls) {
    Check(call.over());
    StrAppend(&log, call.log, "\n");
  }
  return log;
}

void Compare(uint8_t plan, uint8_t cut, std::string_view input) {
  H2HeadMemory heads(4);
  Check(Run(plan, cut, input, &heads) == Run(plan, cut, input, nullptr));
}

}  // namespace
}  // namespace headgate::proxy

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  headgate::proxy::Compare(data[0], data[1],
                           {reinterpret_cast<const char*>(data) + 2, size - 2});
  return 0;
}
