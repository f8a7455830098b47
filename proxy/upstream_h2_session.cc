#include "proxy/upstream_h2_session.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace headgate::proxy {
namespace {

// Large, since the streams' own windows are the bound.
constexpr int32_t kConnectionWindowBytes = 16 * 1024 * 1024;
// What a frame that carries something earns.
constexpr int kPatienceEarned = 10;
constexpr size_t kQueuedFramesMax = 4096;

std::string_view Text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

// --- What nghttp2 calls back.

struct H2Session::Callbacks {
  static H2Session* Self(void* self) { return static_cast<H2Session*>(self); }

  static int OnBeginFrame(nghttp2_session*, const nghttp2_frame_hd* frame,
                          void* self) {
    return Self(self)->OnBeginFrame(*frame);
  }
  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame,
                            void* self) {
    if (frame->hd.type != NGHTTP2_HEADERS) {
      return Self(self)->Break("pushed an answer that nobody asked for");
    }
    H2Stream* stream = Self(self)->StreamOf(frame->hd.stream_id);
    Self(self)->reading_ = stream;
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (stream != nullptr) stream->BeginFields(ends);
    return 0;
  }
  static int OnHeader(nghttp2_session*, const nghttp2_frame*,
                      const uint8_t* name, size_t name_size,
                      const uint8_t* value, size_t value_size, uint8_t,
                      void* self) {
    H2Stream* stream = Self(self)->reading_;
    if (stream == nullptr) return 0;
    stream->AddField(Text(name, name_size), Text(value, value_size));
    return 0;
  }
  static int OnData(nghttp2_session* session, uint8_t, int32_t id,
                    const uint8_t* data, size_t size, void* self) {
    H2Stream* stream = Self(self)->StreamOf(id);
    if (stream != nullptr) stream->TakeBody(Text(data, size));
    Self(self)->carried_ = true;
    return nghttp2_session_consume_connection(session, size);
  }
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    Self(self)->OnFrame(*frame);
    return 0;
  }
  static int OnStreamClose(nghttp2_session*, int32_t id, uint32_t error,
                           void* self) {
    return Self(self)->OnStreamClosed(id, error);
  }
  static int OnFrameSent(nghttp2_session*, const nghttp2_frame* frame,
                         void* self) {
    if (frame->hd.type == NGHTTP2_HEADERS) {
      H2Stream* stream = Self(self)->StreamOf(frame->hd.stream_id);
      if (stream != nullptr) stream->head_sent = true;
    } else if (frame->hd.type == NGHTTP2_DATA) {
      Self(self)->Spend(-kPatienceEarned);
    } else if (frame->hd.type == NGHTTP2_GOAWAY) {
      Self(self)->OnComplaint(frame->goaway.error_code);
    }
    return 0;
  }
  static ssize_t GiveBody(nghttp2_session*, int32_t id, uint8_t* to,
                          size_t size, uint32_t* flags, nghttp2_data_source*,
                          void* self) {
    H2Stream* stream = Self(self)->StreamOf(id);
    if (stream == nullptr) return NGHTTP2_ERR_DEFERRED;
    bool last = false;
    const size_t given =
        stream->GiveBody(reinterpret_cast<char*>(to), size, &last);
    if (last) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (given == 0 && !last) return NGHTTP2_ERR_DEFERRED;
    return static_cast<ssize_t>(given);
  }

  static nghttp2_session_callbacks* New() {
    nghttp2_session_callbacks* all = nullptr;
    if (nghttp2_session_callbacks_new(&all) != 0) return nullptr;
    nghttp2_session_callbacks_set_on_begin_frame_callback(all, &OnBeginFrame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(all,
                                                            &OnBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(all, &OnHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, &OnData);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, &OnFrame);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, &OnStreamClose);
    nghttp2_session_callbacks_set_on_frame_send_callback(all, &OnFrameSent);
    return all;
  }
};

namespace {

nghttp2_option* NewOptions() {
  nghttp2_option* all = nullptr;
  if (nghttp2_option_new(&all) != 0) return nullptr;
  // Windows are opened as sinks take what came.
  nghttp2_option_set_no_auto_window_update(all, 1);
  // H2Answer knows the rules of messages.
  nghttp2_option_set_no_http_messaging(all, 1);
  nghttp2_option_set_peer_max_concurrent_streams(all, H2Session::kStreamsMax);
  nghttp2_option_set_max_outbound_ack(all, 100);
  return all;
}

}  // namespace

H2Session::H2Session(H2Memory* memory, H2SessionOwner* owner,
                     uint32_t streams_assumed)
    : owner_(*owner), streams_assumed_(streams_assumed) {
  const std::unique_ptr<nghttp2_session_callbacks,
                        void (*)(nghttp2_session_callbacks*)>
      callbacks(Callbacks::New(), &nghttp2_session_callbacks_del);
  const std::unique_ptr<nghttp2_option, void (*)(nghttp2_option*)> options(
      NewOptions(), &nghttp2_option_del);
  nghttp2_session* session = nullptr;
  if (nghttp2_session_client_new3(&session, callbacks.get(), this,
                                  options.get(), memory->hooks()) != 0) {
    error_ = "out of memory";
    drains_ = dead_ = true;
    return;
  }
  session_.reset(session);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, H2Stream::kStreamWindowBytes},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kBlockBytesMax},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1}};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings,
                          std::size(settings));
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                        kConnectionWindowBytes);
}

H2Session::~H2Session() = default;

// --- Streams.

bool H2Session::HasRoom() const {
  return !drains_ && open_.size() + waiting_.size() < streams_max();
}

uint32_t H2Session::streams_max() const {
  if (!established_) return streams_assumed_;
  return std::min(kStreamsMax,
                  nghttp2_session_get_remote_settings(
                      session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS));
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
  if (reading_ == stream) reading_ = nullptr;
  if (stream->id == 0) {
    waiting_.Erase(stream);
  } else {
    open_[stream->index] = open_.back();
    open_[stream->index]->index = stream->index;
    open_.pop_back();
    if (!stream->closed) {
      nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream->id,
                                NGHTTP2_CANCEL);
      nghttp2_session_set_stream_user_data(session_.get(), stream->id, nullptr);
      // A server may take offence at many: let it be on a connection that
      // carries nobody else's calls.
      if (++resets_ > kResetsMax + answers_) drains_ = true;
      owner_.OnWantsWrite();
    }
  }
  if (!has_streams()) owner_.OnLastStreamGone();
}

void H2Session::ResumeBody(H2Stream* stream) {
  nghttp2_session_resume_data(session_.get(), stream->id);
  owner_.OnWantsWrite();
}

void H2Session::OpenWindow(const H2Stream& stream, size_t bytes) {
  nghttp2_session_consume_stream(session_.get(), stream.id, bytes);
  if (wants_write()) owner_.OnWantsWrite();
}

// If the server has said nothing at all since, it may be gone for good.
void H2Session::OnTimedOut(const H2Stream& stream) {
  if (reads_ == stream.reads_before()) drains_ = true;
}

void H2Session::Ping() {
  ping_pending_ = true;
  nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
  owner_.OnWantsWrite();
}

void H2Session::GoAway() {
  nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR);
}

void H2Session::FailAll(std::string_view how) {
  const std::string what = goaway_error_.empty()
                               ? std::string(how)
                               : StrCat(how, " (", goaway_error_, ")");
  while (!open_.empty()) {
    H2Stream* stream = open_.back();
    stream->FailWithConnection(what, goaway_ && stream->id <= last_processed_);
  }
  while (!waiting_.empty()) waiting_.front()->FailUnsent(what, established_);
}

void H2Session::FailAllToConnect(std::string_view how) {
  while (!waiting_.empty()) waiting_.front()->FailToConnect(how);
}

H2Stream* H2Session::StreamOf(int32_t id) const {
  return static_cast<H2Stream*>(
      nghttp2_session_get_stream_user_data(session_.get(), id));
}

// --- To the server.

void H2Session::Gather(std::string* out) {
  Pump(out, nullptr);
  if (!established_) return;
  while (error_.empty() && !waiting_.empty() && out->size() < kOutBytesMax &&
         live_ < streams_max()) {
    if (!SubmitFirst(out)) return;
  }
}

bool H2Session::is_stuffed() const {
  return nghttp2_session_get_outbound_queue_size(session_.get()) >
         kQueuedFramesMax;
}

bool H2Session::SubmitFirst(std::string* out) {
  H2Stream* stream = waiting_.front();
  waiting_.PopFront();
  stream->index = open_.size();
  open_.push_back(stream);
  const std::span<const nghttp2_nv> fields =
      head_.Build(stream->request().head);
  const nghttp2_data_provider body = {.source = {.ptr = nullptr},
                                      .read_callback = &Callbacks::GiveBody};
  int32_t id = NGHTTP2_ERR_STREAM_ID_NOT_AVAILABLE;
  if (nghttp2_session_check_request_allowed(session_.get()) != 0) {
    id = nghttp2_submit_request(session_.get(), nullptr, fields.data(),
                                fields.size(),
                                stream->has_body() ? &body : nullptr, stream);
  }
  if (id < 0) {
    // The server goes away, or all numbers are used up: nothing was sent.
    drains_ = true;
    stream->OnSubmitted(INT32_MAX);
    stream->OnClosed(NGHTTP2_REFUSED_STREAM, true);
    return true;
  }
  stream->OnSubmitted(id);
  ++live_;
  Pump(out, stream);
  if (stream->head_sent || stream->closed) return true;
  Break("HTTP/2 did not take a request");  // its fields are lent no longer
  return false;
}

// All that nghttp2 has; with `until`, the head of that stream in any case.
void H2Session::Pump(std::string* out, const H2Stream* until) {
  while (!dead_ &&
         (out->size() < kOutBytesMax ||
          (until != nullptr && !until->head_sent && !until->closed))) {
    const uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
    if (size < 0) {
      dead_ = true;
      Break(nghttp2_strerror(static_cast<int>(size)));
    }
    if (size <= 0) return;
    out->append(Text(data, static_cast<size_t>(size)));
  }
}

// --- From the server.

bool H2Session::Receive(std::string_view bytes) {
  if (!error_.empty()) return false;
  ++reads_;
  carried_ = false;
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const uint8_t*>(bytes.data()),
      bytes.size());
  if (taken < 0) {
    dead_ = true;
    Break(StrCat("broke HTTP/2 (", nghttp2_strerror(static_cast<int>(taken)),
                 ")"));
  }
  // Frames of kinds that nobody knows nghttp2 skips without a word.
  if (!carried_ && !Spend(kPatienceEarned)) BreakFlood();
  return error_.empty();
}

// nghttp2 tells the server what is wrong, and will listen no more.
void H2Session::OnComplaint(uint32_t error) {
  Break(StrCat("broke HTTP/2 (", nghttp2_http2_strerror(error), ")"));
}

int H2Session::Break(std::string_view what) {
  if (error_.empty()) error_ = what;
  drains_ = true;
  return NGHTTP2_ERR_CALLBACK_FAILURE;
}

int H2Session::BreakFlood() {
  return Break("floods the connection with frames that carry nothing");
}

// A frame that carries nothing costs one, one that carries something earns
// some: a server that sends only the first kind is cut off.
bool H2Session::Spend(int patience) {
  patience_ = std::min(kPatience, patience_ - patience);
  return patience_ >= 0;
}

int H2Session::OnBeginFrame(const nghttp2_frame_hd& frame) {
  const bool fields =
      frame.type == NGHTTP2_HEADERS || frame.type == NGHTTP2_CONTINUATION;
  const bool carries =
      frame.length > 0 && (fields || frame.type == NGHTTP2_DATA);
  carried_ = true;
  if (!Spend(carries ? -kPatienceEarned : 1)) return BreakFlood();
  if (!fields) return 0;
  if (frame.type == NGHTTP2_HEADERS) block_bytes_ = 0;
  block_bytes_ += frame.length;
  if (block_bytes_ > kBlockBytesMax) {
    return Break("invalid answer: the head is too large");
  }
  return 0;
}

void H2Session::OnFrame(const nghttp2_frame& frame) {
  switch (frame.hd.type) {
    case NGHTTP2_GOAWAY:
      return OnGoAway(frame.goaway);
    case NGHTTP2_PING:
      if ((frame.hd.flags & NGHTTP2_FLAG_ACK) != 0) ping_pending_ = false;
      return;
    case NGHTTP2_SETTINGS:
      if ((frame.hd.flags & NGHTTP2_FLAG_ACK) != 0) return;
      established_ = true;
      owner_.OnStreamsMax(streams_max());
      owner_.OnWantsWrite();  // to acknowledge, and what waits
      return;
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
    case NGHTTP2_RST_STREAM:
      break;
    default:
      return;
  }
  H2Stream* stream = StreamOf(frame.hd.stream_id);
  if (stream == nullptr) return;
  if (frame.hd.type == NGHTTP2_RST_STREAM) {
    stream->reset_came = true;
    return;
  }
  if (frame.hd.type == NGHTTP2_HEADERS) stream->EndFields();
  if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) stream->EndAnswer();
}

void H2Session::OnGoAway(const nghttp2_goaway& frame) {
  goaway_ = drains_ = true;
  last_processed_ = frame.last_stream_id;
  if (frame.error_code != NGHTTP2_NO_ERROR) {
    goaway_error_ = nghttp2_http2_strerror(frame.error_code);
  }
}

int H2Session::OnStreamClosed(int32_t id, uint32_t error) {
  --live_;
  if (!waiting_.empty()) owner_.OnWantsWrite();  // there is room
  H2Stream* stream = StreamOf(id);
  if (stream == nullptr) return 0;
  if (error == NGHTTP2_NO_ERROR) ++answers_;
  const bool unprocessed = goaway_ && id > last_processed_;
  stream->OnClosed(error, stream->reset_came || unprocessed);
  return 0;
}

}  // namespace headgate::proxy
