#include "proxy/upstream_h2_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/time/time.h"
#include "base/strings.h"
#include "proxy/upstream_h2_session.h"

namespace headgate::proxy {

using policy::Refusal;

namespace {

// From connections that went away, or take fewer streams than was thought.
constexpr int kMovesMax = 4;

}  // namespace

H2Stream::H2Stream(const ClientSettings* settings, H2StreamPool* pool)
    : settings_(*settings), pool_(*pool), timer_(&OnTimeout, this) {}

void H2Stream::Begin(const UpstreamRequest& request, AttemptSink* sink,
                     H2Session* session, bool kept) {
  request_ = request;
  sink_ = sink;
  session_ = session;
  kept_ = kept;
  moves_ = 0;
  id = 0;
  request_ended = answer_ended = closed = writes = false;
  body_sent_ = 0;
  out_.clear();
  out_sent_ = 0;
  out_last_ = out_deferred_ = body_wanted_ = request_sent_ = false;
  answer_.Begin(request.head_method);
  refused_ = {};
  reset_ = reset_by_peer_ = streaming_ = paused_ = false;
  window_used_ = 0;
  // Until it is opened: for a connection, or for room on one.
  Arm(settings_.connect_timeout_us);
}

void H2Stream::Arm(int64_t us) {
  timer_.Set(&settings_.loop->timers(), now_us() + us);
}

bool H2Stream::MoveTo(H2Session* session, bool kept) {
  session_ = session;
  kept_ = kept;
  return ++moves_ <= kMovesMax;
}

// --- The request's way out.

void H2Stream::OnOpened(uint32_t stream_id, int64_t window_bytes) {
  id = stream_id;
  send_window = http2::SendWindow(window_bytes);
  receive_window = http2::ReceiveWindow(kStreamWindowBytes);
  request_ended = request_sent_ = !has_body();
  reads_before_ = session_->reads();
  if (kept_) settings_.stats->reuses.Add(1);
  ArmForRequest();
}

// Until the answer's head has come.
void H2Stream::ArmForRequest() {
  if (answer_.head_ready() || paused_) return;
  if (request_.body_streams && pending_body() == 0 && !out_last_) {
    timer_.Clear();  // it is the client's turn, and its timeouts'
  } else {
    Arm(settings_.response_timeout_us);
  }
}

size_t H2Stream::body_ready() const {
  return request_.body_streams ? pending_body()
                               : request_.body.size() - body_sent_;
}

size_t H2Stream::GiveBody(char* to, size_t size, bool* last) {
  const bool streams = request_.body_streams;
  const std::string_view pending =
      streams ? std::string_view(out_).substr(out_sent_)
              : request_.body.substr(body_sent_);
  const size_t given = std::min(size, pending.size());
  std::memcpy(to, pending.data(), given);
  (streams ? out_sent_ : body_sent_) += given;
  request_sent_ = *last = given == pending.size() && (!streams || out_last_);
  out_deferred_ = given == pending.size() && !*last;
  ArmForRequest();
  if (streams && pending_body() == 0) {
    out_.clear();
    out_sent_ = 0;
  }
  if (body_wanted_ && pending_body() <= kRequestBodyLowBytes) DeliverSoon();
  return given;
}

bool H2Stream::SendBody(std::string_view piece, bool last) {
  // Reading will tell what became of a stream that is closed.
  if (closed || out_last_) return true;
  // What went is dropped from the front only when it is worth the move.
  if (out_sent_ > kRequestBodyLowBytes) {
    out_.erase(0, out_sent_);
    out_sent_ = 0;
  }
  out_ += piece;
  out_last_ = last;
  if (out_deferred_ && (!piece.empty() || last)) {
    out_deferred_ = false;
    session_->ResumeBody(this);
  }
  if (id != 0) ArmForRequest();
  body_wanted_ = pending_body() > kRequestBodyHighBytes;
  return !body_wanted_;
}

// --- The answer's way in.

void H2Stream::Judge(std::string_view wrong) {
  if (wrong.empty() || !refused_.empty()) return;
  refused_ = wrong;
  DeliverSoon();
}

void H2Stream::AddField(std::string_view name, std::string_view value) {
  if (refused_.empty()) Judge(answer_.AddField(name, value));
}

void H2Stream::EndFields() {
  if (!refused_.empty()) return;
  const bool had_head = answer_.head_ready();
  Judge(answer_.EndFields());
  if (!had_head && answer_.head_ready()) OnHead();
}

void H2Stream::TakeHead(const H2Head& known) {
  answer_.TakeHead(known);
  OnHead();
}

void H2Stream::OnHead() {
  progress_.Begin(now_us());
  if (!paused_) Arm(settings_.response_timeout_us);
}

void H2Stream::TakeBody(std::string_view bytes) {
  if (!refused_.empty()) return;
  window_used_ += bytes.size();
  progress_.Note(now_us(), bytes.size());
  Judge(answer_.TakeBody(bytes));
  if (streaming_ || answer_.large()) DeliverSoon();
}

void H2Stream::EndAnswer() {
  if (!refused_.empty()) return;
  Judge(answer_.End());
  if (refused_.empty()) DeliverSoon();
}

void H2Stream::OnClosed(http2::ErrorCode error, bool by_peer) {
  closed = true;
  if (answer_.complete() || !refused_.empty()) return;
  reset_ = true;
  reset_error_ = error;
  reset_by_peer_ = by_peer;
  DeliverSoon();
}

// --- Timeouts.

void H2Stream::OnTimeout(void* self) {
  static_cast<H2Stream*>(self)->CheckProgress();
}

void H2Stream::CheckProgress() {
  const auto text = [](int64_t us) {
    return absl::FormatDuration(absl::Microseconds(us));
  };
  if (id == 0) {
    Fail(Refusal::kUpstreamConnect, Resend::kElsewhere,
         StrCat(session_->established() ? "no room for the request within "
                                        : "no HTTP/2 connection within ",
                text(settings_.connect_timeout_us)));
    return;
  }
  const int64_t limit_us = settings_.response_timeout_us;
  std::string_view what;
  if (answer_.head_ready()) {
    what = progress_.Check(now_us(), limit_us, !streaming_);
  } else {
    what =
        request_sent_ ? "no answer within" : "took nothing of the request for";
  }
  if (what.empty()) {
    Arm(progress_.due_us(limit_us) - now_us());
    return;
  }
  session_->OnTimedOut(*this);
  Fail(Refusal::kUpstreamTimeout, Resend::kNo,
       StrCat(what, " ", text(limit_us)));
}

// --- What the sink is told.

void H2Stream::DeliverSoon() { pool_.DeliverSoon(this); }

void H2Stream::Deliver() {
  if (sink_ == nullptr) return;  // over, or not yet begun again
  if (!refused_.empty()) {
    Fail(Refusal::kUpstreamProtocol, Resend::kNo,
         StrCat("invalid answer: ", refused_));
  } else if (reset_) {
    FailReset();
  } else if (paused_) {
    return;
  } else if (answer_.complete()) {
    DeliverEnd();
  } else {
    DeliverPart();
  }
}

void H2Stream::DeliverEnd() {
  AttemptSink* sink = End();
  in_callback_ = true;
  if (streaming_) {
    sink->OnAnswerBody(answer_.body(), true);
  } else {
    sink->OnAnswer(answer_.head(), answer_.body(), true);
  }
  in_callback_ = false;
  pool_.Release(this);
}

void H2Stream::DeliverPart() {
  in_callback_ = true;
  if (body_wanted_ && pending_body() <= kRequestBodyLowBytes) {
    body_wanted_ = false;
    sink_->OnRequestBodyWanted();
  }
  const bool large = streaming_ || (answer_.head_ready() && answer_.large());
  if (sink_ != nullptr && !paused_ && large) {
    if (!std::exchange(streaming_, true)) {
      sink_->OnAnswer(answer_.head(), answer_.body(), false);
    } else if (!answer_.body().empty()) {
      sink_->OnAnswerBody(answer_.body(), false);
    }
    answer_.DropBody();
  }
  in_callback_ = false;
  if (sink_ == nullptr) {  // aborted inside
    pool_.Release(this);
  } else if (large && !paused_) {
    OpenWindow();
  }
}

// What it took, the server may send again.
void H2Stream::OpenWindow() {
  if (closed || window_used_ == 0) return;
  session_->OpenWindow(this, std::exchange(window_used_, 0));
}

// Puts everything in order. The answer's views stay valid until Release.
AttemptSink* H2Stream::End() {
  timer_.Clear();
  if (session_ != nullptr) session_->Remove(this);
  return std::exchange(sink_, nullptr);
}

void H2Stream::Fail(Refusal kind, Resend resend, std::string_view what) {
  const std::string detail = StrCat(settings_.server, ": ", what);
  AttemptSink* sink = End();
  in_callback_ = true;
  const int status = answer_.head_ready() ? answer_.head().status : 0;
  sink->OnAttemptFailed({kind, resend, detail, status});
  in_callback_ = false;
  pool_.Release(this);
}

void H2Stream::FailReset() {
  const std::string_view name = http2::ErrorName(reset_error_);
  if (!reset_by_peer_) {
    // What was wrong concerns this stream only.
    Fail(Refusal::kUpstreamProtocol, Resend::kNo,
         StrCat("invalid answer: broke the stream's rules (", name, ")"));
    return;
  }
  if (answer_.head_ready()) {
    Fail(Refusal::kUpstreamProtocol, Resend::kNo,
         StrCat("reset the stream (", name, ") after ", answer_.body_bytes(),
                " bytes of the answer's body"));
    return;
  }
  // RFC 9113 8.7: it was not processed.
  const bool refused = reset_error_ == http2::ErrorCode::kRefusedStream;
  Fail(Refusal::kUpstreamProtocol,
       refused && !answer_.begun() ? Resend::kAfresh : Resend::kNo,
       StrCat(refused ? "refused the request (" : "reset the stream (", name,
              ") before it answered"));
}

void H2Stream::FailWithConnection(std::string_view how, bool processed) {
  closed = true;
  if (answer_.complete()) {  // only its sink paused it
    std::exchange(session_, nullptr)->Remove(this);
  } else if (answer_.head_ready()) {
    Fail(Refusal::kUpstreamProtocol, Resend::kNo,
         StrCat(how, " after ", answer_.body_bytes(),
                " bytes of the answer's body"));
  } else if (answer_.begun()) {
    Fail(Refusal::kUpstreamProtocol, Resend::kNo,
         StrCat(how, " inside the answer's head"));
  } else {
    const bool afresh = kept_ && !processed;
    Fail(Refusal::kUpstreamProtocol, afresh ? Resend::kAfresh : Resend::kNo,
         StrCat(how, " before it answered"));
  }
}

void H2Stream::FailUnsent(std::string_view how, bool http2) {
  Fail(Refusal::kUpstreamProtocol, http2 ? Resend::kAfresh : Resend::kElsewhere,
       how);
}

void H2Stream::FailToConnect(std::string_view what) {
  Fail(Refusal::kUpstreamConnect, Resend::kElsewhere, what);
}

void H2Stream::Abort() {
  End();
  if (!in_callback_) pool_.Release(this);
}

void H2Stream::PauseAnswer() {
  if (paused_ || sink_ == nullptr) return;
  paused_ = true;
  timer_.Clear();  // the client is slow, not the server
}

void H2Stream::ResumeAnswer() {
  if (!std::exchange(paused_, false) || sink_ == nullptr) return;
  progress_.Begin(now_us());
  if (!answer_.complete()) Arm(settings_.response_timeout_us);
  DeliverSoon();  // not from in here: the sink is not expecting a callback
}

// --- The queue.

void H2StreamQueue::PopFront() {
  ++first_;
  // What is gone is dropped when it is worth the move.
  if (first_ * 2 < all_.size()) return;
  all_.erase(all_.begin(), all_.begin() + static_cast<ptrdiff_t>(first_));
  first_ = 0;
}

void H2StreamQueue::Erase(const H2Stream* stream) {
  const auto found = std::find(all_.rbegin(), all_.rend(), stream);
  all_.erase(std::next(found).base());
}

// --- The pool.

H2StreamPool::H2StreamPool(const ClientSettings* settings)
    : settings_(*settings), deliver_(&OnTurnEnd, this) {}

H2Stream* H2StreamPool::New() {
  if (free_.empty()) {
    streams_.push_back(std::make_unique<H2Stream>(&settings_, this));
    free_.reserve(streams_.size());
    free_.push_back(streams_.back().get());
  }
  H2Stream* stream = free_.back();
  free_.pop_back();
  return stream;
}

void H2StreamPool::Release(H2Stream* stream) {
  stream->answer_.Shrink();
  if (stream->out_.capacity() > kRequestBodyLowBytes) {
    stream->out_.clear();
    stream->out_.shrink_to_fit();
  }
  free_.push_back(stream);
}

// A stream that is released and used again while it is in the list is told to
// deliver with nothing to tell: that is harmless.
void H2StreamPool::DeliverSoon(H2Stream* stream) {
  if (std::exchange(stream->queued_, true)) return;
  ready_.push_back(stream);
  if (!delivering_) deliver_.Queue(&settings_.loop->turn_end());
}

void H2StreamPool::OnTurnEnd(void* self) {
  static_cast<H2StreamPool*>(self)->DeliverAll();
}

void H2StreamPool::DeliverAll() {
  if (delivering_) return;
  deliver_.Clear();
  delivering_ = true;
  for (size_t i = 0; i < ready_.size(); ++i) {
    H2Stream* stream = ready_[i];
    stream->queued_ = false;
    stream->Deliver();
  }
  ready_.clear();
  delivering_ = false;
}

}  // namespace headgate::proxy
