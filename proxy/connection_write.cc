// The second half of Connection: answers out, and how a connection ends.
#include <sys/socket.h>

#include <array>
#include <utility>

#include "proxy/connection.h"

namespace headgate::proxy {
namespace {

// An output buffer larger than this is given back once it is empty.
constexpr size_t kOutputKeptBytes = 16 * 1024;

iovec Piece(std::string_view bytes) {
  return {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
}

}  // namespace

void Connection::Send(std::string_view head, std::string_view body) {
  if (state_ == State::kClosed || dead_) return;
  size_t taken = 0;
  // Inside Advance answers are gathered: several pipelined requests that are
  // answered here leave in one write.
  if (!in_advance_ && unsent() == 0) taken = WriteNow(head, body);
  if (dead_) return;
  const size_t of_head = std::min(taken, head.size());
  output_.append(head.substr(of_head));
  output_.append(body.substr(taken - of_head));
  if (!in_advance_ && unsent() > 0) WantWritable(taken > 0);
}

size_t Connection::WriteNow(std::string_view head, std::string_view body) {
  const std::array<iovec, 2> pieces = {Piece(head), Piece(body)};
  const IoResult result =
      transport_.Write(std::span(pieces).first(body.empty() ? 1 : 2));
  if (result.status == IoResult::Status::kOk) return result.bytes;
  if (result.status == IoResult::Status::kWouldBlock) return 0;
  // The caller is in the middle of an exchange: it is told in the next turn.
  dead_ = true;
  event_active(read_event_.get(), EV_READ, 1);
  return 0;
}

void Connection::Flush() {
  if (state_ == State::kClosed) return;
  for (bool progress = false; unsent() > 0; progress = true) {
    const size_t taken =
        WriteNow(std::string_view(output_).substr(output_sent_), {});
    if (dead_) return;
    if (taken == 0) return WantWritable(progress);
    output_sent_ += taken;
  }
  output_.clear();
  output_sent_ = 0;
  if (output_.capacity() > kOutputKeptBytes) output_ = std::string();
  const bool was_blocked = std::exchange(writable_wanted_, false);
  if (was_blocked) {
    event_del(write_event_.get());
    write_timer_.Clear();
  }
  if (closing_ && (exchange_ == nullptr || state_ == State::kHead)) {
    return FlushAndClose();
  }
  if (was_blocked && exchange_ != nullptr) {
    exchange_->handler->OnOutputDrained(*exchange_);
  }
  if (was_blocked && !reading_ && state_ == State::kHead) {
    SetReading(!eof_);
    return Advance();
  }
  if (state_ == State::kHead && exchange_ == nullptr && !closing_) {
    read_timer_.Set(&host_->loop().timers(),
                    host_->loop().Now().monotonic_us +
                        absl::ToInt64Microseconds(host_->timeouts().idle));
  }
}

void Connection::FlushAndClose() {
  // Closing a socket with unread input sends RST, which may take the answer
  // away from the client: let it see the end first (RFC 9112 9.6).
  const bool unread = state_ == State::kDiscard || !input_.unread().empty() ||
                      close_cause_ == CloseCause::kBadRequest ||
                      close_cause_ == CloseCause::kHeadTimeout ||
                      close_cause_ == CloseCause::kBodyTimeout;
  if (unread && !eof_) return BeginLinger();
  Close(close_cause_);
}

void Connection::WantWritable(bool progress) {
  if (write_event_ == nullptr) {
    write_event_ =
        host_->loop().Watch(transport_.fd(), EV_WRITE, &OnWritable, this);
  }
  if (!writable_wanted_) event_add(write_event_.get(), nullptr);
  const bool first = !std::exchange(writable_wanted_, true);
  // Each byte that the client takes gives it the whole time again.
  if (!first && !progress) return;
  write_timer_.Set(&host_->loop().timers(),
                   host_->loop().Now().monotonic_us +
                       absl::ToInt64Microseconds(host_->timeouts().write));
}

void Connection::OnWritable(int, short, void* self) {
  auto* connection = static_cast<Connection*>(self);
  if (connection->unsent() > 0) return connection->Flush();
  // TLS wanted to write before it could read.
  connection->writable_wanted_ = false;
  event_del(connection->write_event_.get());
  connection->write_timer_.Clear();
  connection->ReadInput();
}

void Connection::OnWriteDeadline(void* self) {
  static_cast<Connection*>(self)->DownstreamGone(CloseCause::kWriteTimeout);
}

bool Connection::MayKeepAlive() const {
  const bool worth_reading_on =
      state_ != State::kBody || body_reader_.remaining() <= kDiscardBytesMax;
  return exchange_->head.keep_alive && !close_after_answer_ &&
         !host_->draining() && worth_reading_on;
}

void Connection::EndExchange() {
  const bool keep = MayKeepAlive();
  host_->exchanges().Give(std::move(exchange_));
  if (!keep) {
    closing_ = true;
    if (close_cause_ == CloseCause::kClient) {
      close_cause_ =
          host_->draining() ? CloseCause::kDrained : CloseCause::kAnswered;
    }
    if (state_ == State::kBody) state_ = State::kDiscard;
  } else if (state_ == State::kBody) {
    // Answered before the request was read: the rest is thrown away.
    state_ = State::kDiscard;
    discarded_bytes_ = 0;
    body_paused_ = false;
    SetReading(!eof_);
  } else {
    NextRequest();
  }
  if (!in_advance_) Advance();
}

void Connection::NextRequest() {
  state_ = State::kHead;
  input_.Unpin();
  SetReading(!eof_);
}

void Connection::Abort() { Close(CloseCause::kUpstream); }

void Connection::Drain() {
  close_after_answer_ = true;
  if (state_ == State::kHead && exchange_ == nullptr && unsent() == 0) {
    Close(CloseCause::kDrained);
  }
}

void Connection::BeginLinger() {
  state_ = State::kLinger;
  input_.Unpin();
  input_.Consume(input_.unread().size());
  input_.ReleaseIfEmpty();
  transport_.ShutdownWrite();
  SetReading(true);
  read_timer_.Set(&host_->loop().timers(),
                  host_->loop().Now().monotonic_us + kLingerUs);
}

void Connection::ReadLingering() {
  // Below TLS on purpose: nothing of it is used.
  std::array<char, 4096> scratch;
  const ssize_t got =
      recv(transport_.fd(), scratch.data(), scratch.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
    Close(close_cause_);
  }
}

void Connection::Close(CloseCause cause) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  read_timer_.Clear();
  write_timer_.Clear();
  read_event_.reset();
  write_event_.reset();
  transport_.Close();
  if (exchange_ != nullptr) host_->exchanges().Give(std::move(exchange_));
  host_->Retire(this, cause);
}

}  // namespace headgate::proxy
