// NativeConnection: the request's way out.
#include "proxy/http/writer.h"
#include "proxy/upstream_connection.h"

namespace headgate::proxy {

void NativeConnection::OnTurnEnd(void* self) {
  static_cast<NativeConnection*>(self)->Flush();
}

void NativeConnection::Flush() {
  flush_.Clear();
  while (HasUnsent() && !write_failed_) {
    std::array<iovec, 3> pieces;
    const size_t count = Unsent(&pieces);
    const IoResult sent = transport_.Write(std::span(pieces).first(count));
    if (sent.status == IoResult::Status::kOk) {
      NoteSent(sent.bytes);
    } else if (sent.status == IoResult::Status::kWouldBlock) {
      WatchWritable(true);
      if (phase_ == Phase::kHead) Arm(settings_.response_timeout_us);
      return;
    } else {
      // An answer may have come before the connection broke: the read event,
      // which is sure to come, finds out.
      write_failed_ = true;
    }
  }
  WatchWritable(false);
  request_sent_ = !HasUnsent() && (!request_.body_streams || out_last_);
  if (phase_ != Phase::kHead) return;  // the answer's own timer runs
  if (request_sent_ || write_failed_) {
    Arm(settings_.response_timeout_us);
  } else {
    timer_.Clear();  // it is the client's turn, and its timeouts'
  }
}

bool NativeConnection::HasUnsent() const {
  return sent_ < request_.head.size() + request_.body.size() ||
         pending_body() > 0;
}

size_t NativeConnection::Unsent(std::array<iovec, 3>* pieces) const {
  const size_t head = std::min(sent_, request_.head.size());
  const std::string_view parts[] = {request_.head.substr(head),
                                    request_.body.substr(sent_ - head),
                                    std::string_view(out_).substr(out_sent_)};
  size_t count = 0;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    // sendmsg takes the data as not const, and leaves it alone.
    (*pieces)[count++] = {const_cast<char*>(part.data()), part.size()};
  }
  return count;
}

void NativeConnection::NoteSent(size_t bytes) {
  const size_t whole = request_.head.size() + request_.body.size();
  const size_t of_whole = std::min(bytes, whole - sent_);
  sent_ += of_whole;
  out_sent_ += bytes - of_whole;
  if (pending_body() == 0) {
    out_.clear();
    out_sent_ = 0;
  }
}

void NativeConnection::WatchWritable(bool on) {
  if (on == watching_writable_) return;
  watching_writable_ = on;
  if (on) {
    event_add(write_event_.get(), nullptr);
  } else {
    event_del(write_event_.get());
  }
}

void NativeConnection::OnWritable(int, short, void* self) {
  auto* connection = static_cast<NativeConnection*>(self);
  if (connection->state_ == State::kHandshaking) return connection->Handshake();
  // Nothing of TLS is so urgent that it could not wait for the next request.
  if (connection->state_ != State::kBusy) {
    return connection->WatchWritable(false);
  }
  connection->Flush();
  connection->AskForBody();
}

void NativeConnection::AskForBody() {
  if (!body_wanted_ || pending_body() > kRequestBodyLowBytes) return;
  body_wanted_ = false;
  sink_->OnRequestBodyWanted();  // may end everything: nothing comes after it
}

bool NativeConnection::SendBody(std::string_view piece, bool last) {
  // A broken connection swallows the rest: reading will tell what became of it.
  if (write_failed_ || out_last_) return true;
  // What went is dropped from the front only when it is worth the move.
  if (out_sent_ > kRequestBodyLowBytes) {
    out_.erase(0, out_sent_);
    out_sent_ = 0;
  }
  if (request_.body_chunked && !piece.empty()) {
    http::WriteChunkStart(piece.size(), &out_);
    out_ += piece;
    out_ += http::kChunkEnd;
  } else {
    out_ += piece;
  }
  if (request_.body_chunked && last) out_ += http::kLastChunk;
  out_last_ = last;
  if (state_ == State::kBusy && !watching_writable_) Flush();
  body_wanted_ = pending_body() > kRequestBodyHighBytes;
  return !body_wanted_;
}

}  // namespace headgate::proxy
