// What a server says to an H2Session.
#include <algorithm>

#include "proxy/upstream_h2_session.h"

namespace headgate::proxy {
namespace {

using http2::ErrorCode;
using http2::FrameType;

// RFC 9113 6.3; the same stands in a HEADERS frame (6.2).
constexpr size_t kPriorityBytes = 5;

// REQUIRES: four bytes or more.
ErrorCode ReadError(std::string_view payload) {
  return static_cast<ErrorCode>(http2::ReadNumber(payload));
}

// REQUIRES: four bytes or more; the first bit is reserved (RFC 9113 6.8, 6.9).
uint32_t ReadNumber31(std::string_view payload) {
  return http2::ReadNumber(payload) & http2::kStreamIdMax;
}

bool Carries(const http2::Frame& frame) {
  const http2::FrameHeader& header = frame.header;
  return !frame.payload.empty() &&
         (header.Is(FrameType::kData) || header.Is(FrameType::kHeaders) ||
          header.Is(FrameType::kContinuation));
}

// Takes off the padding and the priority of a HEADERS frame (RFC 9113 6.2).
ErrorCode Strip(const http2::FrameHeader& header, std::string_view* block) {
  if (header.Has(http2::kPadded)) {
    if (block->empty()) return ErrorCode::kFrameSizeError;
    const size_t padding = static_cast<unsigned char>(block->front());
    block->remove_prefix(1);
    if (padding > block->size()) return ErrorCode::kProtocolError;
    block->remove_suffix(padding);
  }
  if (header.Has(http2::kPriorityFlag)) {
    if (block->size() < kPriorityBytes) return ErrorCode::kFrameSizeError;
    block->remove_prefix(kPriorityBytes);
  }
  return ErrorCode::kNoError;
}

}  // namespace

// RFC 9113 6.1 to 6.10: where a frame may stand, and how long it is.
struct H2Session::FrameRule {
  enum class On { kStream, kConnection, kBoth };
  void (H2Session::*handle)(const Frame&);
  On on;
  size_t bytes_min = 0;
  size_t bytes_max = http2::kPayloadBytesMax;

  bool AllowsStream(uint32_t id) const {
    return on == On::kBoth || (on == On::kStream) == (id != 0);
  }
};

const H2Session::FrameRule* H2Session::RuleOf(uint8_t type) {
  using On = FrameRule::On;
  static constexpr FrameRule kRules[http2::kFrameTypes] = {
      {&H2Session::OnData, On::kStream},
      {&H2Session::OnHeaders, On::kStream},
      {&H2Session::OnPriority, On::kStream},
      {&H2Session::OnRstStream, On::kStream, 4, 4},
      {&H2Session::OnSettings, On::kConnection},
      {&H2Session::OnPushPromise, On::kStream},
      {&H2Session::OnPing, On::kConnection, 8, 8},
      {&H2Session::OnGoAway, On::kConnection, 8},
      {&H2Session::OnWindowUpdate, On::kBoth, 4, 4},
      {&H2Session::OnContinuation, On::kStream},
  };
  return type < http2::kFrameTypes ? &kRules[type] : nullptr;
}

bool H2Session::Receive(std::string_view bytes) {
  using Found = http2::FrameReader::Found;
  if (error_.empty()) ++reads_;
  while (error_.empty()) {
    Frame frame;
    switch (frames_.Next(&bytes, &frame)) {
      case Found::kNeedMore:
        if (control_.size() > kControlBytesMax) {
          Complain(ErrorCode::kEnhanceYourCalm,
                   "took nothing of what was sent");
        }
        return error_.empty();
      case Found::kFrame:
        OnFrame(frame);
        break;
      case Found::kTooLarge:
        Complain(ErrorCode::kFrameSizeError);
        break;
      case Found::kBadPadding:
        Complain(ErrorCode::kProtocolError);
        break;
    }
  }
  return false;
}

// A frame that carries nothing costs one, one that carries something earns
// some: a server that sends only the first kind is cut off.
bool H2Session::Spend(int patience) {
  patience_ = std::min(kPatience, patience_ - patience);
  return patience_ >= 0;
}

int H2Session::CostOf(const Frame& frame) const {
  if (Carries(frame)) return -kPatienceEarned;
  // There are no more of these than streams that we open.
  const bool refuses = frame.header.Is(FrameType::kRstStream) &&
                       StreamOf(frame.header.stream) != nullptr;
  return refuses ? 0 : 1;
}

void H2Session::OnFrame(const Frame& frame) {
  const http2::FrameHeader& header = frame.header;
  if (!Spend(CostOf(frame))) {
    return Complain(ErrorCode::kEnhanceYourCalm,
                    "floods the connection with frames that carry nothing");
  }
  // A block of fields is not interrupted (4.3), and SETTINGS come first (3.4).
  const bool continues =
      header.Is(FrameType::kContinuation) && header.stream == block_stream_;
  const bool greets =
      header.Is(FrameType::kSettings) && !header.Has(http2::kAck);
  if ((block_stream_ != 0 && !continues) || (!established_ && !greets)) {
    return Complain(ErrorCode::kProtocolError);
  }
  const FrameRule* rule = RuleOf(header.type);
  if (rule == nullptr) return;  // to be ignored (5.5)
  if (!rule->AllowsStream(header.stream)) {
    return Complain(ErrorCode::kProtocolError);
  }
  if (header.length < rule->bytes_min || header.length > rule->bytes_max) {
    return Complain(ErrorCode::kFrameSizeError);
  }
  (this->*rule->handle)(frame);
}

// The stream is one that we opened, now or before.
bool H2Session::CheckOpened(uint32_t id) {
  if (id % 2 == 1 && id < next_id_) return true;
  Complain(ErrorCode::kProtocolError);
  return false;
}

// --- Answers.

void H2Session::OnHeaders(const Frame& frame) {
  const http2::FrameHeader& header = frame.header;
  if (!CheckOpened(header.stream)) return;
  std::string_view block = frame.payload;
  if (const ErrorCode wrong = Strip(header, &block);
      wrong != ErrorCode::kNoError) {
    return Complain(wrong);
  }
  reading_ = StreamOf(header.stream);
  block_ends_ = header.Has(http2::kEndStream);
  if (reading_ != nullptr && reading_->answer_ended) {
    FailStream(reading_, ErrorCode::kStreamClosed);  // and is forgotten
  }
  if (reading_ != nullptr) reading_->BeginFields(block_ends_);
  if (header.Has(http2::kEndHeaders)) return OnBlock(block);
  block_stream_ = header.stream;
  block_frames_ = 1;
  block_ = block;
}

void H2Session::OnContinuation(const Frame& frame) {
  if (block_stream_ == 0) return Complain(ErrorCode::kProtocolError);
  if (block_.size() + frame.payload.size() > kBlockBytesMax) {
    return Complain(ErrorCode::kEnhanceYourCalm,
                    "invalid answer: the head is too large");
  }
  if (++block_frames_ > kBlockFramesMax) {
    return Complain(ErrorCode::kEnhanceYourCalm,
                    "invalid answer: the head comes in too many frames");
  }
  block_ += frame.payload;
  if (!frame.header.Has(http2::kEndHeaders)) return;
  block_stream_ = 0;
  OnBlock(block_);
  block_ = std::string();  // it may be large, and there will hardly be another
}

void H2Session::OnBlock(std::string_view block) {
  const bool may_be_known = heads_ != nullptr && reading_ != nullptr &&
                            reading_->may_be_known() &&
                            field_reader_.StandsAlone(block);
  const auto* known = may_be_known ? heads_->FindWhole(block) : nullptr;
  if (known != nullptr) {
    reading_->TakeHead(known->head);
  } else {
    ReadBlock(block);
  }
  if (!error_.empty()) return;
  if (reading_ != nullptr && block_ends_) EndAnswer(reading_);
  reading_ = nullptr;
}

// One for a stream that is gone is read too: it may change HPACK's table.
void H2Session::ReadBlock(std::string_view block) {
  H2Stream* stream = reading_;
  const bool read = field_reader_.Read(
      block, [stream](std::string_view name, std::string_view value) {
        if (stream != nullptr) stream->AddField(name, value);
      });
  if (!read) return Complain(ErrorCode::kCompressionError);
  if (stream == nullptr) return;
  stream->EndFields();
  if (heads_ == nullptr || !stream->has_head_to_know() ||
      !field_reader_.StandsAlone(block)) {
    return;
  }
  const H2Head& head = stream->answer().head_to_know();
  auto* fresh = heads_->Claim(block, head.head.fields.size(), nullptr);
  if (fresh != nullptr) fresh->head.CopyFrom(head);
}

void H2Session::OnData(const Frame& frame) {
  if (!CheckOpened(frame.header.stream)) return;
  if (!receive_window_.Take(frame.counted)) {
    return Complain(ErrorCode::kFlowControlError);
  }
  if (const uint32_t said = receive_window_.GiveBack(frame.counted); said > 0) {
    AppendFrame(FrameType::kWindowUpdate, 0, said, &control_);
  }
  H2Stream* stream = StreamOf(frame.header.stream);
  if (stream == nullptr) return;  // we reset it
  if (stream->answer_ended) return FailStream(stream, ErrorCode::kStreamClosed);
  if (!stream->answer().begun()) return Complain(ErrorCode::kProtocolError);
  if (!stream->receive_window.Take(frame.counted)) {
    return FailStream(stream, ErrorCode::kFlowControlError);
  }
  const size_t padding = frame.counted - frame.payload.size();
  if (padding > 0) OpenWindow(stream, padding);
  stream->TakeBody(frame.payload);
  if (frame.last && frame.header.Has(http2::kEndStream)) EndAnswer(stream);
}

void H2Session::EndAnswer(H2Stream* stream) {
  stream->answer_ended = true;
  stream->EndAnswer();
  if (stream->request_ended) {
    CloseStream(stream, ErrorCode::kNoError, /*by_peer=*/false);
  }
}

void H2Session::OnRstStream(const Frame& frame) {
  if (!CheckOpened(frame.header.stream)) return;
  H2Stream* stream = StreamOf(frame.header.stream);
  if (stream == nullptr) return;
  CloseStream(stream, ReadError(frame.payload), /*by_peer=*/true);
}

// --- The connection.

void H2Session::OnSettings(const Frame& frame) {
  if (frame.header.Has(http2::kAck)) {
    if (!frame.payload.empty()) Complain(ErrorCode::kFrameSizeError);
    return;
  }
  const int64_t before = server_.window_bytes;
  const ErrorCode wrong = server_.Apply(frame.payload);
  if (wrong != ErrorCode::kNoError) return Complain(wrong);
  if (!ShiftWindows(server_.window_bytes - before)) {
    return Complain(ErrorCode::kFlowControlError);
  }
  Say(FrameType::kSettings, http2::kAck, "");
  established_ = true;
  owner_.OnStreamsMax(streams_max());
}

// RFC 9113 6.9.2: the streams that are open get a change too.
bool H2Session::ShiftWindows(int64_t bytes) {
  if (bytes == 0) return true;
  for (const auto& [id, stream] : live_) {
    if (!stream->send_window.Open(bytes)) return false;
    WantData(stream);
  }
  return true;
}

void H2Session::OnWindowUpdate(const Frame& frame) {
  const uint32_t id = frame.header.stream;
  const uint32_t bytes = ReadNumber31(frame.payload);
  const ErrorCode wrong =
      bytes == 0 ? ErrorCode::kProtocolError : ErrorCode::kFlowControlError;
  if (id == 0) {
    if (bytes == 0 || !send_window_.Open(bytes)) return Complain(wrong);
    if (!writers_.empty()) owner_.OnWantsWrite();
    return;
  }
  if (!CheckOpened(id)) return;
  H2Stream* stream = StreamOf(id);
  if (stream == nullptr) return;
  if (bytes == 0 || !stream->send_window.Open(bytes)) {
    return FailStream(stream, wrong);
  }
  WantData(stream);
}

void H2Session::OnPing(const Frame& frame) {
  if (frame.header.Has(http2::kAck)) {
    ping_pending_ = false;
  } else {
    Say(FrameType::kPing, http2::kAck, frame.payload);
  }
}

// RFC 9113 6.8: it may come again, with a smaller number.
void H2Session::OnGoAway(const Frame& frame) {
  const uint32_t last = ReadNumber31(frame.payload);
  if (last > last_processed_) return Complain(ErrorCode::kProtocolError);
  goaway_ = drains_ = true;
  last_processed_ = last;
  const ErrorCode error = ReadError(frame.payload.substr(4));
  if (error != ErrorCode::kNoError) {
    goaway_error_ = http2::ErrorName(error);
  }
  for (H2Stream* stream : open_) {
    if (stream->closed || stream->id <= last) continue;
    CloseStream(stream, ErrorCode::kRefusedStream, /*by_peer=*/true);
  }
}

// We asked for none (ENABLE_PUSH).
void H2Session::OnPushPromise(const Frame&) {
  Complain(ErrorCode::kProtocolError);
}

// Priorities are of no use to a client (RFC 9113 5.3.2); one of a wrong length
// is an error of its stream all the same (6.3).
void H2Session::OnPriority(const Frame& frame) {
  H2Stream* stream = StreamOf(frame.header.stream);
  if (frame.header.length == kPriorityBytes || stream == nullptr) return;
  FailStream(stream, ErrorCode::kFrameSizeError);
}

}  // namespace headgate::proxy
