// What an H2Session has to say.
#include <algorithm>

#include "proxy/upstream_h2_session.h"

namespace headgate::proxy {
namespace {

using http2::ErrorCode;
using http2::FrameType;

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

}  // namespace

// RFC 9113 3.4, 6.5.
void H2Session::Greet() {
  control_ = kPreface;
  std::string settings;
  // See FieldReader.
  AppendSetting(http2::SettingId::kHeaderTableSize, 0, &settings);
  AppendSetting(http2::SettingId::kEnablePush, 0, &settings);
  AppendSetting(http2::SettingId::kInitialWindowSize,
                H2Stream::kStreamWindowBytes, &settings);
  AppendSetting(http2::SettingId::kMaxHeaderListSize, kBlockBytesMax,
                &settings);
  AppendSetting(http2::SettingId::kNoRfc7540Priorities, 1, &settings);
  AppendFrame(FrameType::kSettings, 0, 0, settings, &control_);
  const int64_t more = receive_window_.size() - http2::kWindowBytes;
  AppendFrame(FrameType::kWindowUpdate, 0, static_cast<uint32_t>(more),
              &control_);
}

void H2Session::Say(FrameType type, uint8_t flags, std::string_view payload) {
  AppendFrame(type, flags, 0, payload, &control_);
  owner_.OnWantsWrite();
}

void H2Session::Ping() {
  ping_pending_ = true;
  Say(FrameType::kPing, 0, std::string_view("\0\0\0\0\0\0\0\0", 8));
}

void H2Session::Reset(const H2Stream& stream, ErrorCode error) {
  AppendFrame(FrameType::kRstStream, stream.id, static_cast<uint32_t>(error),
              &control_);
  owner_.OnWantsWrite();
}

void H2Session::OpenWindow(H2Stream* stream, size_t bytes) {
  const uint32_t said = stream->receive_window.GiveBack(bytes);
  if (said == 0) return;
  AppendFrame(FrameType::kWindowUpdate, stream->id, said, &control_);
  owner_.OnWantsWrite();
}

bool H2Session::wants_write() const {
  if (!control_.empty()) return true;
  if (!established_ || !error_.empty()) return false;
  return CanOpen() || (!writers_.empty() && send_window_.left() > 0);
}

void H2Session::Gather(std::string* out) {
  if (out->size() >= kOutBytesMax) return;
  *out += control_;
  control_.clear();
  if (!established_ || !error_.empty()) return;
  while (CanOpen() && out->size() < kOutBytesMax) OpenFirst(out);
  WriteBodies(out);
}

// --- Requests.

// Those that it may not open wait to be moved (TakeSuperfluous).
bool H2Session::CanOpen() const {
  return !waiting_.empty() && !goaway_ && next_id_ <= http2::kStreamIdMax &&
         live_.size() < streams_max();
}

void H2Session::OpenFirst(std::string* out) {
  H2Stream* stream = waiting_.front();
  waiting_.PopFront();
  stream->index = open_.size();
  open_.push_back(stream);
  stream->OnOpened(next_id_, server_.window_bytes);
  next_id_ += 2;
  if (next_id_ > http2::kStreamIdMax) drains_ = true;  // all are used up
  live_.emplace(stream->id, stream);
  WriteHead(*stream, out);
  if (stream->has_body()) WantData(stream);
}

// RFC 9113 6.2, 6.10: a block larger than a frame goes on in others.
void H2Session::WriteHead(const H2Stream& stream, std::string* out) {
  request_block_.clear();
  field_writer_.Append(stream.request().head, &request_block_);
  std::string_view rest = request_block_;
  FrameType type = FrameType::kHeaders;
  uint8_t flags = stream.has_body() ? 0 : http2::kEndStream;
  do {
    const std::string_view piece = rest.substr(0, http2::kPayloadBytesMax);
    rest.remove_prefix(piece.size());
    if (rest.empty()) flags |= http2::kEndHeaders;
    AppendFrame(type, flags, stream.id, piece, out);
    type = FrameType::kContinuation;
    flags = 0;
  } while (!rest.empty());
}

// --- Their bodies.

void H2Session::WantData(H2Stream* stream) {
  if (stream->writes || stream->request_ended || stream->closed) return;
  stream->writes = true;
  writers_.Push(stream);
  owner_.OnWantsWrite();
}

void H2Session::ResumeBody(H2Stream* stream) {
  if (stream->body_ready() > 0) return WantData(stream);
  // Its end alone, which needs no window (RFC 9113 6.9).
  WriteData(stream, &control_);
  owner_.OnWantsWrite();
}

// Bodies that are at hand leave one after the other, so that the first is done
// soonest; those that are still coming take turns.
void H2Session::WriteBodies(std::string* out) {
  while (!writers_.empty() && out->size() < kOutBytesMax &&
         send_window_.left() > 0) {
    H2Stream* stream = writers_.front();
    const bool more = WriteData(stream, out);
    if (more && !stream->request().body_streams) continue;
    if (stream->writes) writers_.PopFront();  // else it was closed, and is gone
    stream->writes = more;
    if (more) writers_.Push(stream);
  }
}

// One frame. False: there will be more only when the client sends it, or the
// server opens the window, or never.
bool H2Session::WriteData(H2Stream* stream, std::string* out) {
  const size_t window =
      std::min(stream->send_window.left(), send_window_.left());
  const size_t size =
      std::min({stream->body_ready(), window, http2::kPayloadBytesMax});
  if (size == 0 && stream->body_ready() > 0) return false;
  const size_t start = out->size();
  out->resize(start + http2::kFrameHeaderBytes + size);
  bool last = false;
  stream->GiveBody(out->data() + start + http2::kFrameHeaderBytes, size, &last);
  if (size == 0 && !last) {
    out->resize(start);  // nothing of it has come yet
    return false;
  }
  http2::WriteFrameHeader({.length = static_cast<uint32_t>(size),
                           .type = static_cast<uint8_t>(FrameType::kData),
                           .flags = last ? http2::kEndStream : uint8_t{0},
                           .stream = stream->id},
                          out->data() + start);
  stream->send_window.Take(size);
  send_window_.Take(size);
  // The server opens windows for it, in steps as small as it likes.
  Spend(-kPatienceEarned - static_cast<int>(size / kBytesForPatience));
  stream->request_ended = last;
  if (last && stream->answer_ended) {
    CloseStream(stream, ErrorCode::kNoError, /*by_peer=*/false);
  }
  return stream->body_ready() > 0;
}

}  // namespace headgate::proxy
