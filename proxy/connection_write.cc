// The second half of Connection: answers out, and how a connection ends.
#include <sys/socket.h>

#include <array>
#include <utility>

#include "proxy/connection.h"

namespace headgate::proxy {
namespace {

// A body up to this size is written in one piece with its head.
constexpr size_t kJoinedBytesMax = 4 * 1024;
// More than this does not wait for the turn's end.
constexpr size_t kGatheredBytesMax = 16 * 1024;

iovec Piece(std::string_view bytes) {
  return {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
}

}  // namespace

void Connection::Send(std::string_view head, std::string_view body) {
  if (state_ == State::kClosed || dead_) return;
  // What is small is gathered until the turn ends: answers to pipelined
  // requests leave in one write, and a body with its head. A large piece is
  // not copied if it can be helped.
  const bool gather = unsent() > 0 || body.size() <= kJoinedBytesMax;
  const size_t taken = gather ? 0 : WriteNow(head, body);
  const size_t of_head = std::min(taken, head.size());
  if (taken < head.size() + body.size()) {
    host_->outputs().Lend(&output_);
    output_.append(head.substr(of_head));
    output_.append(body.substr(taken - of_head));
  }
  if (dead_ || in_advance_ || writable_wanted_) return;
  if (unsent() == 0) {
    DropOutput();
  } else if (gather) {
    FlushSoon();
  } else {
    WantWritable(taken > 0);
  }
}

void Connection::DropOutput() {
  output_sent_ = 0;
  if (exchange_ != nullptr) {
    output_.clear();  // the exchange may have more to send
  } else {
    host_->outputs().TakeBack(&output_);
  }
}

// At the turn's end, unless there is much of it already.
void Connection::FlushSoon() {
  const bool wait = unsent() > 0 && unsent() <= kGatheredBytesMax && !closing_;
  if (!wait) return Flush();
  if (!writable_wanted_) flush_.Queue(&host_->loop().turn_end());
}

void Connection::OnTurnEnd(void* self) {
  static_cast<Connection*>(self)->Flush();
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
  DropOutput();
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

bool Connection::MayKeepAlive() {
  // A client that asked and got its final answer instead of 100 may send the
  // body or not: what comes next could be read in two ways (RFC 9110 10.1.1).
  const bool worth_reading_on =
      state_ != State::kBody ||
      (body_agreed_ && body_reader_.remaining() <= kDiscardBytesMax);
  const bool may = exchange_->head.keep_alive && !close_after_answer_ &&
                   !host_->draining() && worth_reading_on;
  if (!may) close_after_answer_ = true;
  return may;
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
    body_started_us_ = host_->loop().Now().monotonic_us;
    SetBodyDeadline();
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

bool Connection::IsIdle() const {
  return state_ == State::kHead && exchange_ == nullptr &&
         input_.unread().empty();
}

void Connection::Drain() {
  close_after_answer_ = true;
  // A request that has come and was not yet read is answered still.
  if (IsIdle() && !dead_) ReadInput();
  if (!IsIdle()) return;
  close_cause_ = CloseCause::kDrained;
  closing_ = true;
  Flush();
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
  flush_.Clear();
  read_timer_.Clear();
  write_timer_.Clear();
  read_event_.reset();
  write_event_.reset();
  // A broken answer must not look like a whole one that ends with the
  // connection; a good end is said so under TLS too (close_notify).
  const bool broken = cause == CloseCause::kUpstream;
  const bool lost = cause == CloseCause::kReset ||
                    cause == CloseCause::kTlsFailed ||
                    cause == CloseCause::kWriteTimeout;
  if (transport_.is_tls() && !broken && !lost) transport_.ShutdownWrite();
  transport_.Close(/*reset=*/broken);
  if (exchange_ != nullptr) host_->exchanges().Give(std::move(exchange_));
  host_->Retire(this, cause);
}

}  // namespace headgate::proxy
