#include "proxy/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "proxy/http/writer.h"

namespace headgate::proxy {
namespace {

// A body must come at this rate after the grace (design "HTTP rules" 8).
constexpr int64_t kBodyGraceUs = 5'000'000;
constexpr int64_t kBodyBytesPerSecond = 1024;
// Bytes of the next request that may follow a head in one read.
constexpr size_t kReadAheadBytes = 4096;

}  // namespace

Connection::Connection(ConnectionHost* host, Transport transport,
                       std::string peer)
    : host_(host),
      transport_(std::move(transport)),
      peer_(std::move(peer)),
      read_event_(
          host->loop().Watch(transport_.fd(), EV_READ, &OnReadable, this)),
      read_timer_(&OnReadDeadline, this),
      write_timer_(&OnWriteDeadline, this),
      flush_(&OnTurnEnd, this),
      input_(&host->blocks()),
      parser_(http::LimitsOf(host->limits()), host->request_memory()) {
  event_add(read_event_.get(), nullptr);
  read_timer_.Set(&host_->loop().timers(),
                  host_->loop().Now().monotonic_us +
                      absl::ToInt64Microseconds(host_->timeouts().head));
}

Connection::~Connection() = default;

void Connection::OnReadable(int, short, void* self) {
  auto* connection = static_cast<Connection*>(self);
  if (connection->dead_) {
    connection->DownstreamGone(CloseCause::kReset);
  } else if (connection->state_ == State::kLinger) {
    connection->ReadLingering();
  } else {
    connection->ReadInput();
  }
}

void Connection::ReadInput() {
  // A plain socket is read once a turn, so that one fast client does not keep
  // the others waiting. What TLS has decrypted no event will tell of.
  do {
    const IoResult result = ReadOnce();
    switch (result.status) {
      case IoResult::Status::kOk:
        input_.Filled(result.bytes);
        Advance();
        break;
      case IoResult::Status::kWouldBlock:
        if (result.wants_write) WantWritable(false);
        return;
      case IoResult::Status::kClosed:
        return OnEof();
      case IoResult::Status::kError:
        return DownstreamGone(transport_.InHandshake() ? CloseCause::kTlsFailed
                                                       : CloseCause::kReset);
    }
  } while (reading_ && state_ != State::kClosed && state_ != State::kLinger &&
           transport_.HasPending());
}

IoResult Connection::ReadOnce() {
  const size_t unread_max =
      state_ == State::kHead
          ? static_cast<size_t>(host_->limits().head_bytes) + kReadAheadBytes
          : BlockPool::kBlockBytes;
  const std::span<char> space = input_.Space(unread_max);
  if (space.empty()) {
    SetReading(false);
    return {.status = IoResult::Status::kWouldBlock};
  }
  return transport_.Read(space.data(), space.size());
}

void Connection::SetReading(bool on) {
  if (reading_ == on) return;
  reading_ = on;
  if (!on) {
    event_del(read_event_.get());
    return;
  }
  event_add(read_event_.get(), nullptr);
  if (transport_.HasPending()) event_active(read_event_.get(), EV_READ, 1);
}

void Connection::OnEof() {
  eof_ = true;
  SetReading(false);
  switch (state_) {
    case State::kAnswer:
      return;  // a half-closed client still waits for its answer
    case State::kBody:
      return DownstreamGone(CloseCause::kClient);
    default:
      closing_ = true;
      Flush();
  }
}

void Connection::DownstreamGone(CloseCause cause) {
  close_cause_ = cause;
  DropOutput();
  closing_ = true;
  eof_ = true;
  in_advance_ = true;  // EndExchange must not go on to a next request
  if (exchange_ != nullptr && state_ != State::kHead) {
    exchange_->handler->OnDownstreamGone(*exchange_);
  }
  in_advance_ = false;
  Close(cause);
}

void Connection::Advance() {
  if (in_advance_) return;
  in_advance_ = true;
  while (!closing_ && Step()) {
  }
  in_advance_ = false;
  FlushSoon();
}

bool Connection::Step() {
  switch (state_) {
    case State::kHead:
      return StepHead();
    case State::kBody:
      return StepBody();
    case State::kDiscard:
      return StepDiscard();
    default:
      return false;
  }
}

bool Connection::StepHead() {
  if (unsent() > kUnsentBytesMax) {
    SetReading(false);  // Flush goes on when the client has taken them
    return false;
  }
  const std::string_view unread = input_.unread();
  if (unread.empty() && exchange_ == nullptr) {
    input_.ReleaseIfEmpty();
    closing_ = eof_ || close_after_answer_;
    return false;
  }
  if (exchange_ == nullptr) {
    exchange_ = host_->exchanges().Take();
    exchange_->connection = this;
    exchange_->handler = &host_->handler();
    exchange_->record.started = host_->loop().Now();
    exchange_->record.peer = peer_;
  }
  const http::ParseResult result = parser_.Parse(unread, &exchange_->head);
  if (result.done()) {
    BeginExchange(result.head_bytes);
    return true;
  }
  if (result.error()) {
    Broken(CloseCause::kBadRequest, result.refusal, result.sentence);
    return true;
  }
  closing_ = eof_;
  SetHeadDeadline();
  return false;
}

void Connection::BeginExchange(size_t head_bytes) {
  const char* before = input_.base();
  input_.Pin(head_bytes);
  exchange_->head.Rebase(before, input_.base());
  exchange_->record.bytes_in = static_cast<int64_t>(head_bytes);
  parser_.Reset();
  read_timer_.Clear();
  const http::RequestHead& head = exchange_->head;
  body_reader_.Start(head.framing, head.content_length);
  exchange_->whole_request = body_reader_.complete();
  body_agreed_ = !head.expect_continue;
  state_ = exchange_->whole_request ? State::kAnswer : State::kBody;
  const BodyMode mode = exchange_->handler->OnHead(*exchange_);
  if (exchange_ != nullptr && state_ == State::kBody) BeginBody(mode);
}

void Connection::BeginBody(BodyMode mode) {
  body_mode_ = mode;
  body_paused_ = false;
  body_agreed_ = true;
  body_started_us_ = host_->loop().Now().monotonic_us;
  SetBodyDeadline();
  if (exchange_->head.expect_continue && input_.unread().empty()) {
    Send(http::kContinue, {});
  }
}

bool Connection::StepBody() {
  if (body_paused_) return false;
  const http::BodyReader::Step step = body_reader_.Read(input_.unread());
  exchange_->record.bytes_in += static_cast<int64_t>(step.consumed);
  if (step.status == http::BodyReader::Status::kError) {
    Broken(CloseCause::kBadRequest, policy::Refusal::kBadRequest,
           step.sentence);
    return true;
  }
  const auto body_bytes_max = static_cast<uint64_t>(host_->limits().body_bytes);
  // A chunk that says it will go over the limit need not come.
  if (body_reader_.body_bytes() > body_bytes_max ||
      body_reader_.remaining() > body_bytes_max - body_reader_.body_bytes()) {
    Broken(CloseCause::kBadRequest, policy::Refusal::kBodyTooLarge,
           "the body is larger than body_bytes");
    return true;
  }
  const bool last = step.status == http::BodyReader::Status::kComplete;
  if (last) {
    read_timer_.Clear();
    state_ = State::kAnswer;
    exchange_->whole_request = true;
  }
  if (body_mode_ == BodyMode::kWhole) {
    TakeWholePiece(step, last);
  } else {
    input_.Consume(step.consumed);
    TakeStreamedPiece(step.data, last);
  }
  if (step.status != http::BodyReader::Status::kNeedMore) return true;
  if (state_ == State::kBody && !body_paused_) SetBodyDeadline();
  return false;
}

void Connection::TakeWholePiece(const http::BodyReader::Step& step, bool last) {
  Exchange& exchange = *exchange_;
  // The usual body comes in one read and stays where it is.
  const bool in_place = last && exchange.body_storage.empty();
  if (in_place) {
    input_.PinMore(step.consumed);
    exchange.body = step.data;
  } else {
    exchange.body_storage.append(step.data);
    input_.Consume(step.consumed);
    exchange.body = exchange.body_storage;
  }
  if (last) exchange.handler->OnWholeBody(exchange);
}

void Connection::TakeStreamedPiece(std::string_view piece, bool last) {
  if (piece.empty() && !last) return;
  const bool more = exchange_->handler->OnBodyPiece(*exchange_, piece, last);
  if (more || last || state_ != State::kBody || exchange_ == nullptr) return;
  body_paused_ = true;
  read_timer_.Clear();
}

void Connection::ResumeBody() {
  if (!body_paused_) return;
  body_paused_ = false;
  // The client is not to blame for the time that the upstream took.
  body_started_us_ = host_->loop().Now().monotonic_us -
                     static_cast<int64_t>(body_reader_.body_bytes()) *
                         1'000'000 / kBodyBytesPerSecond;
  SetBodyDeadline();
  SetReading(!eof_);
  Advance();
}

bool Connection::StepDiscard() {
  const http::BodyReader::Step step = body_reader_.Read(input_.unread());
  input_.Consume(step.consumed);
  discarded_bytes_ += static_cast<int64_t>(step.consumed);
  const bool broken = step.status == http::BodyReader::Status::kError;
  if (broken || discarded_bytes_ > kDiscardBytesMax) {
    closing_ = true;
    return false;
  }
  if (step.status == http::BodyReader::Status::kComplete) {
    NextRequest();
    return true;
  }
  SetBodyDeadline();
  return step.status == http::BodyReader::Status::kData;
}

void Connection::Broken(CloseCause cause, policy::Refusal refusal,
                        std::string_view sentence) {
  close_cause_ = cause;
  close_after_answer_ = true;
  if (state_ == State::kHead) {
    exchange_->record.bytes_in = static_cast<int64_t>(input_.unread().size());
  }
  exchange_->handler->OnBroken(*exchange_, refusal, sentence);
}

void Connection::OnReadDeadline(void* self) {
  auto* connection = static_cast<Connection*>(self);
  switch (connection->state_) {
    case State::kHead:
      if (connection->exchange_ == nullptr) {
        connection->Close(CloseCause::kIdleTimeout);
      } else {
        connection->Broken(CloseCause::kHeadTimeout,
                           policy::Refusal::kRequestTimeout,
                           "the head took longer than timeouts.head");
      }
      return;
    case State::kBody:
      connection->Broken(CloseCause::kBodyTimeout,
                         policy::Refusal::kRequestTimeout,
                         "the body came too slowly");
      return;
    case State::kDiscard:
      connection->Close(CloseCause::kBodyTimeout);
      return;
    case State::kClosed:
      return;
    default:
      connection->Close(connection->close_cause_);
  }
}

void Connection::SetHeadDeadline() {
  read_timer_.Set(&host_->loop().timers(),
                  exchange_->record.started.monotonic_us +
                      absl::ToInt64Microseconds(host_->timeouts().head));
}

void Connection::SetBodyDeadline() {
  const int64_t silence_us = host_->loop().Now().monotonic_us +
                             absl::ToInt64Microseconds(host_->timeouts().body);
  const int64_t rate_us = body_started_us_ + kBodyGraceUs +
                          static_cast<int64_t>(body_reader_.body_bytes()) *
                              1'000'000 / kBodyBytesPerSecond;
  read_timer_.Set(&host_->loop().timers(), std::min(silence_us, rate_us));
}

}  // namespace headgate::proxy
