#include "proxy/upstream_h2_connection.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/time/time.h"
#include "base/strings.h"

namespace headgate::proxy {
namespace {

using policy::Refusal;

// So that one busy server does not hold up the loop.
constexpr int kReadsPerTurn = 8;
constexpr std::string_view kHttp1 = "HTTP/1.";

}  // namespace

H2Connection::H2Connection(const Environment& environment, bool only_one)
    : settings_(*environment.settings),
      streams_(*environment.streams),
      pool_(*environment.pool),
      only_one_(only_one),
      started_us_(now_us()),
      dialer_(settings_.loop, environment.addresses,
              static_cast<DialWaiter*>(this)),
      session_(environment.heads, static_cast<H2SessionOwner*>(this),
               environment.streams_assumed),
      flush_(&OnTurnEnd, this),
      idle_timer_(&OnIdleTime, this) {
  dialer_.Dial(settings_.connect_timeout_us);
}

void H2Connection::Add(H2Stream* stream, const UpstreamRequest& request,
                       AttemptSink* sink) {
  SetIdle(false);
  stream->Begin(request, sink, &session_, state_ == State::kOpen);
  session_.Add(stream);
}

void H2Connection::Adopt(H2Stream* stream) {
  SetIdle(false);
  const bool moved = stream->MoveTo(&session_, state_ == State::kOpen);
  session_.Add(stream);
  if (!moved) {
    stream->FailUnsent("took the request on no connection", true);
  }
}

// --- Connecting.

void H2Connection::OnDialled(int fd) {
  dialer_.Finish();
  transport_ = Transport(fd, nullptr);
  settings_.stats->connects.Add(1);
  state_ = State::kOpen;
  read_event_ = settings_.loop->Watch(fd, EV_READ, &OnReadable, this);
  write_event_ = settings_.loop->Watch(fd, EV_WRITE, &OnWritable, this);
  event_add(read_event_.get(), nullptr);
  idle_timer_.Set(&settings_.loop->timers(),
                  now_us() + settings_.connect_timeout_us);
  Flush();
}

void H2Connection::OnDialFailed(std::string_view detail) {
  const std::string what(detail);
  Close();
  session_.FailAllToConnect(what);
}

void H2Connection::Close() {
  if (state_ == State::kClosed) return;
  SetIdle(false);
  idle_timer_.Clear();
  dialer_.Stop();
  CloseSocket();
  session_.Drain();
  state_ = State::kClosed;
  pool_.OnClosed(this);
}

void H2Connection::CloseSocket() {
  flush_.Clear();
  read_event_.reset();
  write_event_.reset();
  watching_writable_ = false;
  transport_.Close();
}

// --- Writing.

void H2Connection::OnWantsWrite() {
  if (state_ == State::kOpen && !watching_writable_) {
    flush_.Queue(&settings_.loop->turn_end());
  }
}

void H2Connection::OnTurnEnd(void* self) {
  static_cast<H2Connection*>(self)->Flush();
}

void H2Connection::OnWritable(int, short, void* self) {
  static_cast<H2Connection*>(self)->Flush();
}

void H2Connection::Flush() {
  flush_.Clear();
  for (;;) {
    session_.Gather(&out_);
    if (!session_.error().empty()) return Break();
    if (out_.empty()) return WatchWritable(false);
    const iovec piece = {out_.data() + out_sent_, out_.size() - out_sent_};
    const IoResult sent = transport_.Write({&piece, 1});
    const bool blocked = sent.status == IoResult::Status::kWouldBlock;
    if (blocked) return WatchWritable(true);
    // An answer may have come before the connection broke: the read event,
    // which is sure to come, finds out.
    if (sent.status != IoResult::Status::kOk) return WatchWritable(false);
    out_sent_ += sent.bytes;
    if (out_sent_ < out_.size()) continue;
    const bool more = out_.size() >= H2Session::kOutBytesMax;
    out_.clear();
    out_sent_ = 0;
    if (!more) return WatchWritable(false);
  }
}

void H2Connection::WatchWritable(bool on) {
  if (on == watching_writable_) return;
  watching_writable_ = on;
  if (on) {
    event_add(write_event_.get(), nullptr);
  } else {
    event_del(write_event_.get());
  }
}

// --- Reading.

void H2Connection::OnReadable(int, short, void* self) {
  static_cast<H2Connection*>(self)->Read();
}

void H2Connection::Read() {
  const std::span<char> space = pool_.ReadSpace();
  for (int i = 0; i < kReadsPerTurn; ++i) {
    const IoResult got = transport_.Read(space.data(), space.size());
    if (got.status == IoResult::Status::kWouldBlock) break;
    if (got.status != IoResult::Status::kOk) {
      return OnEnd(got.status == IoResult::Status::kClosed ? 0 : errno);
    }
    const std::string_view bytes(space.data(), got.bytes);
    if (SpeaksHttp1(bytes)) {
      return Lose("answered HTTP/1.1 to HTTP/2: does this server speak h2c?");
    }
    if (!session_.Receive(bytes)) return Break();
    if (got.bytes < space.size()) break;
  }
  if (session_.wants_write()) {
    session_.Gather(&out_);  // this may be the word that ends it
    if (!session_.error().empty()) return Break();
    OnWantsWrite();
  }
  MoveSuperfluous();
  // Sinks may do anything; the connection itself is deleted later only.
  streams_.DeliverAll();
  if (!session_.has_streams()) OnLastStreamGone();
}

void H2Connection::MoveSuperfluous() {
  while (H2Stream* stream = session_.TakeSuperfluous()) pool_.Move(stream);
}

bool H2Connection::SpeaksHttp1(std::string_view bytes) {
  if (first_bytes_.size() >= kHttp1.size()) return false;
  first_bytes_ += bytes.substr(0, kHttp1.size() - first_bytes_.size());
  return first_bytes_ == kHttp1;
}

void H2Connection::OnEnd(int error) {
  // What came whole before the end counts.
  session_.Drain();
  streams_.DeliverAll();
  const std::string how =
      error == 0 ? "closed the connection"
                 : StrCat("broke the connection (",
                          std::generic_category().message(error), ")");
  Lose(StrCat(how, session_.established() ? "" : " before it spoke HTTP/2"));
}

void H2Connection::Break() {
  WriteLastWord();  // why (GOAWAY)
  streams_.DeliverAll();
  Lose(session_.error());
}

void H2Connection::Leave() {
  session_.GoAway();
  WriteLastWord();
  Close();
}

// If there is room for it.
void H2Connection::WriteLastWord() {
  // A part of it may have left: to say it again would be to say another thing.
  if (std::exchange(last_word_said_, true)) return;
  session_.Gather(&out_);
  const iovec piece = {out_.data() + out_sent_, out_.size() - out_sent_};
  if (piece.iov_len > 0) (void)transport_.Write({&piece, 1});
}

void H2Connection::Lose(std::string_view how) {
  if (state_ == State::kClosed) return;
  const std::string what(how);
  if (session_.has_streams()) pool_.OnLost();
  Close();
  session_.FailAll(what);
}

// --- Idle.

void H2Connection::OnLastStreamGone() {
  if (state_ != State::kOpen || !session_.established()) return;
  if (!session_.error().empty()) return;  // Break() does the rest
  if (only_one_ || session_.drains()) return Leave();
  SetIdle(true);
  pool_.OnIdle(this);
}

// From inside the session: nothing may happen but notes.
void H2Connection::OnStreamsMax(uint32_t streams) {
  if (!idle_) idle_timer_.Clear();
  pool_.OnStreamsMax(streams);
}

void H2Connection::SetIdle(bool idle) {
  if (idle == idle_) return;
  idle_ = idle;
  settings_.stats->idle.Add(idle ? 1 : -1);
  if (!idle) return idle_timer_.Clear();
  idle_since_us_ = now_us();
  idle_timer_.Set(&settings_.loop->timers(), idle_since_us_ + kPingUs);
}

void H2Connection::OnIdleTime(void* self) {
  static_cast<H2Connection*>(self)->CheckIdle();
}

void H2Connection::CheckIdle() {
  if (!session_.established()) {
    const absl::Duration limit =
        absl::Microseconds(settings_.connect_timeout_us);
    return Lose(
        StrCat("did not speak HTTP/2 within ", absl::FormatDuration(limit)));
  }
  if (session_.ping_pending() || now_us() - idle_since_us_ >= kIdleUs) {
    return Leave();
  }
  session_.Ping();
  idle_timer_.Set(&settings_.loop->timers(), now_us() + kPingUs);
}

}  // namespace headgate::proxy
