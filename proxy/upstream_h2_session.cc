#include "proxy/upstream_h2_session.h"

#include <algorithm>

#include "base/strings.h"

namespace headgate::proxy {
namespace {

using http2::ErrorCode;

// Large, since the streams' own windows are the bound.
constexpr int64_t kConnectionWindowBytes = 16 * 1024 * 1024;

}  // namespace

H2Session::H2Session(H2HeadMemory* heads, H2SessionOwner* owner,
                     uint32_t streams_assumed)
    : heads_(heads),
      owner_(*owner),
      streams_assumed_(streams_assumed),
      receive_window_(kConnectionWindowBytes) {
  Greet();
}

// --- Streams.

bool H2Session::HasRoom() const {
  return !drains_ && open_.size() + waiting_.size() < streams_max();
}

uint32_t H2Session::streams_max() const {
  return established_ ? std::min(kStreamsMax, server_.streams_max)
                      : streams_assumed_;
}

void H2Session::Add(H2Stream* stream) {
  waiting_.Push(stream);
  owner_.OnWantsWrite();
}

H2Stream* H2Session::TakeSuperfluous() {
  if (waiting_.empty()) return nullptr;
  const uint32_t most = streams_max();
  const bool too_many = most > 0 && open_.size() + waiting_.size() > most;
  if (!drains_ && !too_many) return nullptr;
  H2Stream* stream = waiting_.back();
  waiting_.Erase(stream);
  return stream;
}

void H2Session::Remove(H2Stream* stream) {
  if (stream->id == 0) {
    waiting_.Erase(stream);
  } else {
    open_[stream->index] = open_.back();
    open_[stream->index]->index = stream->index;
    open_.pop_back();
    if (!stream->closed) {
      Forget(stream);
      Reset(*stream, ErrorCode::kCancel);
      // A server may take offence at many: let it be on a connection that
      // carries nobody else's calls.
      if (++resets_ > kResetsMax + answers_) drains_ = true;
    }
  }
  if (!has_streams()) owner_.OnLastStreamGone();
}

H2Stream* H2Session::StreamOf(uint32_t id) const {
  const auto found = live_.find(id);
  return found == live_.end() ? nullptr : found->second;
}

// Nothing that the server says concerns it any more, and nothing is sent.
void H2Session::Forget(H2Stream* stream) {
  live_.erase(stream->id);
  if (reading_ == stream) reading_ = nullptr;
  if (stream->writes) writers_.Erase(stream);
  stream->writes = false;
  if (!waiting_.empty()) owner_.OnWantsWrite();  // there is room
}

void H2Session::CloseStream(H2Stream* stream, ErrorCode error, bool by_peer) {
  Forget(stream);
  if (error == ErrorCode::kNoError) ++answers_;
  stream->OnClosed(error, by_peer);
}

// It broke a rule that concerns this stream only.
void H2Session::FailStream(H2Stream* stream, ErrorCode error) {
  Reset(*stream, error);
  CloseStream(stream, error, /*by_peer=*/false);
}

// If the server has said nothing at all since, it may be gone for good.
void H2Session::OnTimedOut(const H2Stream& stream) {
  if (reads_ == stream.reads_before()) drains_ = true;
}

// --- Its end.

void H2Session::Complain(ErrorCode error) {
  Complain(error, StrCat("broke HTTP/2 (", http2::ErrorName(error), ")"));
}

// The server is told, and nothing more is read or asked.
void H2Session::Complain(ErrorCode error, std::string_view what) {
  if (!error_.empty()) return;
  error_ = what;
  drains_ = true;
  std::string payload;
  http2::AppendNumber(0, &payload);  // no stream of its own was processed
  http2::AppendNumber(static_cast<uint32_t>(error), &payload);
  Say(http2::FrameType::kGoAway, 0, payload);
}

void H2Session::GoAway() {
  Complain(ErrorCode::kNoError, "the connection was left");
}

// A server that said anything since it got a call may have acted upon it: only
// one that said nothing at all is likely to have closed the connection as idle
// while the call was on its way.
void H2Session::FailAll(std::string_view how) {
  const std::string what = goaway_error_.empty()
                               ? std::string(how)
                               : StrCat(how, " (", goaway_error_, ")");
  for (H2Stream* stream : open_) {
    if (!stream->closed) Forget(stream);
    stream->closed = true;
  }
  while (!open_.empty()) {
    H2Stream* stream = open_.back();
    stream->FailWithConnection(what, reads_ != stream->reads_before());
  }
  while (!waiting_.empty()) waiting_.front()->FailUnsent(what, established_);
}

void H2Session::FailAllToConnect(std::string_view how) {
  while (!waiting_.empty()) waiting_.front()->FailToConnect(how);
}

}  // namespace headgate::proxy
