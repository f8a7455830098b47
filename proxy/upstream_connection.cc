// NativeConnection: a call's beginning and end, and the answer's way in.
#include "proxy/upstream_connection.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/time/time.h"
#include "base/strings.h"

namespace headgate::proxy {
namespace {

using policy::Refusal;

// So that one busy answer does not hold up the loop.
constexpr int kReadsPerTurn = 8;

http::HeadLimits AnswerLimits() { return http::HeadLimits{}; }

}  // namespace

NativeConnection::NativeConnection(const ClientSettings* settings,
                                   ServerAddresses* addresses, TlsClient* tls,
                                   http::ResponseMemory* heads,
                                   ConnectionPool* pool)
    : settings_(*settings),
      addresses_(*addresses),
      pool_(*pool),
      tls_(tls),
      flush_(&OnTurnEnd, this),
      timer_(&OnTimeout, this),
      parser_(AnswerLimits(), heads) {}

// --- A call's beginning and end.

// Leaves the buffer and the head alone: the sink of the call before may be
// reading them still.
void NativeConnection::BeginCall(const UpstreamRequest& request,
                                 AttemptSink* sink) {
  request_ = request;
  sink_ = sink;
  sent_ = 0;
  out_.clear();
  out_sent_ = 0;
  out_last_ = body_wanted_ = request_sent_ = write_failed_ = false;
  phase_ = Phase::kHead;
  interim_answers_ = 0;
  paused_ = false;
  answer_begun_ = false;
}

void NativeConnection::Reuse(const UpstreamRequest& request,
                             AttemptSink* sink) {
  BeginCall(request, sink);
  reused_ = true;
  settings_.stats->reuses.Add(1);
  state_ = State::kBusy;
  flush_.Queue(&settings_.loop->turn_end());
}

// Detaches the call and puts the connection in order. The answer's views stay
// valid: the buffer is not touched before the next byte is read.
AttemptSink* NativeConnection::EndCall() {
  AttemptSink* sink = std::exchange(sink_, nullptr);
  const bool reusable =
      request_sent_ && !write_failed_ && !request_.alone && head_.keep_alive &&
      head_.framing != http::Framing::kUntilClose && buffer_.unread().empty();
  if (!reusable) {
    Close();
    return sink;
  }
  state_ = State::kIdle;
  Arm(kIdleUs);
  pool_.OnIdle(this);
  return sink;
}

void NativeConnection::Close() {
  if (state_ == State::kClosed) return;
  // A session that did not end well is not resumed.
  if (state_ == State::kIdle && tls_ != nullptr) transport_.ShutdownWrite();
  dialer_.reset();
  CloseSocket();
  timer_.Clear();
  state_ = State::kClosed;
  pool_.OnClosed(this);
}

void NativeConnection::CloseSocket() {
  flush_.Clear();
  read_event_.reset();
  write_event_.reset();
  watching_writable_ = false;
  transport_.Close();
}

void NativeConnection::Arm(int64_t us) {
  timer_.Set(&settings_.loop->timers(), now_us() + us);
}

// --- Failures.

bool NativeConnection::Fail(Refusal kind, Resend resend,
                            std::string_view what) {
  AttemptSink* sink = std::exchange(sink_, nullptr);
  Close();
  const std::string detail = StrCat(settings_.server, ": ", what);
  const int status = phase_ == Phase::kHead ? 0 : head_.status;
  sink->OnAttemptFailed({kind, resend, detail, status});
  return false;
}

bool NativeConnection::FailProtocol(std::string_view what) {
  return Fail(Refusal::kUpstreamProtocol, Resend::kNo, what);
}

void NativeConnection::OnTimeout(void* self) {
  auto* connection = static_cast<NativeConnection*>(self);
  if (connection->state_ == State::kIdle) return connection->Close();
  // It was taken in the turn in which its idle time ends: Flush sets another.
  if (connection->flush_.is_queued()) return;
  if (connection->state_ == State::kBusy) connection->CheckProgress();
}

void NativeConnection::CheckProgress() {
  const int64_t limit_us = settings_.response_timeout_us;
  const int64_t now = now_us();
  std::string_view what;
  if (phase_ != Phase::kHead) {
    what = progress_.Check(now, limit_us, phase_ == Phase::kBuffered);
  } else {
    what =
        request_sent_ ? "no answer within" : "took nothing of the request for";
  }
  if (what.empty()) {
    Arm(progress_.due_us(limit_us) - now);
    return;
  }
  Fail(Refusal::kUpstreamTimeout, Resend::kNo,
       StrCat(what, " ", absl::FormatDuration(absl::Microseconds(limit_us))));
}

// --- Reading.

void NativeConnection::OnReadable(int, short, void* self) {
  static_cast<NativeConnection*>(self)->Read();
}

void NativeConnection::Read() {
  if (state_ == State::kHandshaking) return Handshake();
  // Bytes that nobody asked for, or an end; TLS has messages of its own.
  const bool unasked =
      state_ == State::kIdle || (flush_.is_queued() && sent_ == 0);
  if (unasked && transport_.Peek().status == IoResult::Status::kWouldBlock) {
    return;
  }
  if (state_ == State::kIdle) return Close();
  if (state_ != State::kBusy || paused_) return;
  if (unasked) {
    Fail(Refusal::kUpstreamProtocol, Resend::kAfresh,
         "the connection ended, or spoke unasked, while it was idle");
    return;
  }
  // Bytes that a pause left behind.
  if (phase_ == Phase::kStreamed && !Process()) return;
  for (int i = 0; i < kReadsPerTurn; ++i) {
    const std::span<char> space = BeginRead();
    const IoResult got = transport_.Read(space.data(), space.size());
    if (got.status == IoResult::Status::kWouldBlock) {
      if (got.wants_write) WatchWritable(true);
      return;
    }
    if (got.status != IoResult::Status::kOk) {
      const bool clean = got.status == IoResult::Status::kClosed;
      OnEnd(clean ? 0 : tls_ != nullptr ? EPROTO : errno);
      return;
    }
    buffer_.Filled(got.bytes);
    if (phase_ != Phase::kHead) progress_.Note(now_us(), got.bytes);
    if (!Process()) return;
    if (got.bytes < space.size() && !transport_.HasPending()) return;
  }
  // What TLS has decrypted no event will tell of.
  if (transport_.HasPending()) event_active(read_event_.get(), EV_READ, 1);
}

std::span<char> NativeConnection::BeginRead() {
  if (!std::exchange(answer_begun_, true)) {
    buffer_.Clear();
    parser_.Reset();
  }
  const char* before = buffer_.base();
  const std::span<char> space = buffer_.Space();
  // While a head is being read its parser takes care of this.
  if (phase_ == Phase::kBuffered && buffer_.base() != before) {
    head_.Rebase(before, buffer_.base());
  }
  return space;
}

bool NativeConnection::Process() {
  if (phase_ == Phase::kHead) return ProcessHead();
  return phase_ == Phase::kBuffered ? ProcessBuffered() : ProcessStreamed();
}

bool NativeConnection::ProcessHead() {
  const auto method =
      request_.head_method ? http::Method::kHead : http::Method::kGet;
  for (;;) {
    const http::ParseResult result =
        parser_.Parse(buffer_.unread(), method, &head_);
    if (result.error()) {
      return FailProtocol(StrCat("invalid answer: ", result.sentence));
    }
    if (!result.done()) return true;
    parser_.Reset();
    if (!head_.is_interim()) {
      buffer_.PinHead(result.head_bytes);
      return BeginBody();
    }
    if (++interim_answers_ > kInterimAnswersMax) {
      return FailProtocol("too many interim (1xx) answers");
    }
    buffer_.Skip(result.head_bytes);
  }
}

bool NativeConnection::BeginBody() {
  body_.Start(head_.framing, head_.content_length);
  if (body_.complete()) return Deliver();
  phase_ = Phase::kBuffered;
  progress_.Begin(now_us());
  Arm(settings_.response_timeout_us);
  return ProcessBuffered();
}

bool NativeConnection::ProcessBuffered() {
  for (;;) {
    const http::BodyReader::Step step = body_.Read(buffer_.unread());
    if (step.status == http::BodyReader::Status::kError) {
      return FailProtocol(StrCat("invalid answer: ", step.sentence));
    }
    buffer_.TakeBody(step.consumed, step.data);
    if (step.status == http::BodyReader::Status::kComplete) return Deliver();
    if (step.status == http::BodyReader::Status::kNeedMore) break;
  }
  return IsLargeAnswer(head_, buffer_.body()) ? BeginStreaming() : true;
}

bool NativeConnection::Deliver() {
  AttemptSink* sink = EndCall();
  sink->OnAnswer(head_, buffer_.body(), true);
  return false;
}

bool NativeConnection::BeginStreaming() {
  phase_ = Phase::kStreamed;
  sink_->OnAnswer(head_, buffer_.body(), false);
  if (state_ == State::kClosed) return false;
  buffer_.Unpin();
  buffer_.Reserve(AnswerBuffer::kStreamBytes);
  return !paused_ && ProcessStreamed();
}

bool NativeConnection::ProcessStreamed() {
  while (!buffer_.unread().empty()) {
    const http::BodyReader::Step step = body_.Read(buffer_.unread());
    if (step.status == http::BodyReader::Status::kError) {
      return FailProtocol(StrCat("invalid answer: ", step.sentence));
    }
    // Leaves the bytes that the step views in place.
    buffer_.Skip(step.consumed);
    if (step.status == http::BodyReader::Status::kComplete) {
      EndCall()->OnAnswerBody(step.data, true);
      return false;
    }
    if (step.data.empty()) continue;
    sink_->OnAnswerBody(step.data, false);
    if (state_ == State::kClosed || paused_) return false;
  }
  return true;
}

void NativeConnection::OnEnd(int error) {
  const std::string how =
      error == 0 ? "closed the connection"
                 : StrCat("broke the connection (",
                          std::generic_category().message(error), ")");
  if (phase_ == Phase::kHead) {
    if (parser_.started() || interim_answers_ > 0) {
      FailProtocol(StrCat(how, " inside the answer's head"));
      return;
    }
    Fail(Refusal::kUpstreamProtocol, reused_ ? Resend::kAfresh : Resend::kNo,
         StrCat(how, " before it answered"));
    return;
  }
  if (error != 0 || !body_.FinishAtClose()) {
    FailProtocol(StrCat(how, " after ", body_.body_bytes(),
                        " bytes of the answer's body"));
    return;
  }
  if (phase_ == Phase::kBuffered) {
    Deliver();
  } else {
    EndCall()->OnAnswerBody("", true);
  }
}

void NativeConnection::PauseAnswer() {
  if (paused_ || state_ != State::kBusy) return;
  paused_ = true;
  event_del(read_event_.get());
  timer_.Clear();  // the client is slow, not the server
}

void NativeConnection::ResumeAnswer() {
  if (!paused_) return;
  paused_ = false;
  progress_.Begin(now_us());
  Arm(settings_.response_timeout_us);
  event_add(read_event_.get(), nullptr);
  // Bytes may wait in the buffer, of which no event would tell. Not from in
  // here: the sink is not expecting a callback.
  event_active(read_event_.get(), EV_READ, 1);
}

}  // namespace headgate::proxy
