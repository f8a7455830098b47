// One attempt over HTTP/2: the request's body on its way out, the answer on its
// way in, and their timeouts. The session (upstream_h2_session.h) carries it.
//
// A sink may do anything, also to other streams. So what comes is only noted,
// and the sinks are told when the session has read all that came
// (H2StreamPool::DeliverAll), one after the other.
//
// Back-pressure: the window of a stream is opened again only for what its sink
// has taken, that of the connection at once: so a slow client holds up its own
// stream, and at most kStreamWindowBytes in memory.
//
// Streams belong to their client's pool and are used again. One loop.
#ifndef HEADGATE_PROXY_UPSTREAM_H2_STREAM_H_
#define HEADGATE_PROXY_UPSTREAM_H2_STREAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/http2/flow_window.h"
#include "proxy/http2/frame.h"
#include "proxy/timer_wheel.h"
#include "proxy/turn_end.h"
#include "proxy/upstream_client.h"
#include "proxy/upstream_h2_answer.h"
#include "proxy/upstream_progress.h"

namespace headgate::proxy {

class H2Session;
class H2StreamPool;

class H2Stream final : public Attempt {
 public:
  // More than an answer that is held whole.
  static constexpr int32_t kStreamWindowBytes = 128 * 1024;

  H2Stream(const ClientSettings* settings, H2StreamPool* pool);

  // `kept`: the session's connection is open already.
  void Begin(const UpstreamRequest& request, AttemptSink* sink,
             H2Session* session, bool kept);

  bool SendBody(std::string_view piece, bool last) override;
  void PauseAnswer() override;
  void ResumeAnswer() override;
  void Abort() override;

  // --- For the session.
  const UpstreamRequest& request() const { return request_; }
  bool has_body() const {
    return request_.body_streams || !request_.body.empty();
  }
  // H2Session::reads() when it was opened.
  int64_t reads_before() const { return reads_before_; }
  // Its head is about to leave; `window_bytes`: what the server takes of its
  // body.
  void OnOpened(uint32_t id, int64_t window_bytes);
  // To another session; false: that was done too often. REQUIRES: not opened.
  bool MoveTo(H2Session* session, bool kept);
  // Bytes of the request's body that could be sent now.
  size_t body_ready() const;
  // Up to `size` bytes of the request's body; `*last`: its end. 0 without its
  // end: there is nothing yet, ResumeBody will tell.
  size_t GiveBody(char* to, size_t size, bool* last);
  const H2Answer& answer() const { return answer_; }
  void BeginFields(bool ends) { Judge(answer_.BeginFields(ends)); }
  void AddField(std::string_view name, std::string_view value);
  void EndFields();
  // In place of the fields: see H2Answer.
  bool may_be_known() const {
    return refused_.empty() && answer_.may_be_known();
  }
  void TakeHead(const H2Head& known);
  bool has_head_to_know() const {
    return refused_.empty() && answer_.has_head_to_know();
  }
  void TakeBody(std::string_view bytes);
  void EndAnswer();
  // The stream is closed; `by_peer`: the server reset it, or goes away.
  void OnClosed(http2::ErrorCode error, bool by_peer);
  // The connection is lost, or the session broken; `what` says how. The sink is
  // told at once. `processed`: the server may have acted upon it.
  void FailWithConnection(std::string_view what, bool processed);
  // The same for one that was never sent. `http2`: the server speaks it.
  void FailUnsent(std::string_view what, bool http2);
  // There will be no connection.
  void FailToConnect(std::string_view what);

  // The session's own notes.
  uint32_t id = 0;   // 0: waits to be opened
  size_t index = 0;  // in the session's list
  http2::SendWindow send_window;
  http2::ReceiveWindow receive_window{kStreamWindowBytes};
  bool request_ended = false;  // all of it is sent
  bool answer_ended = false;   // all of it came
  bool closed = false;         // the session is done with it
  bool writes = false;         // is among those that have a body to send

 private:
  friend class H2StreamPool;
  using Resend = AttemptFailure::Resend;

  void OnHead();
  static void OnTimeout(void* self);
  void CheckProgress();
  void Arm(int64_t us);
  void ArmForRequest();
  int64_t now_us() const { return settings_.loop->Now().monotonic_us; }
  size_t pending_body() const { return out_.size() - out_sent_; }

  void Judge(std::string_view wrong);
  void DeliverSoon();
  void Deliver();
  void DeliverEnd();
  void DeliverPart();
  void OpenWindow();
  AttemptSink* End();
  void Fail(policy::Refusal kind, Resend resend, std::string_view what);
  void FailReset();

  const ClientSettings& settings_;
  H2StreamPool& pool_;
  WheelTimer timer_;
  bool queued_ = false;  // for delivery
  bool in_callback_ = false;

  // The call.
  UpstreamRequest request_;
  AttemptSink* sink_ = nullptr;   // null: over
  H2Session* session_ = nullptr;  // null: it is lost, and the answer complete
  bool kept_ = false;
  int moves_ = 0;
  int64_t reads_before_ = 0;
  // The request.
  size_t body_sent_ = 0;  // of request_.body
  std::string out_;       // of a streamed body
  size_t out_sent_ = 0;
  bool out_last_ = false;      // out_ holds its end
  bool out_deferred_ = false;  // the session waits for more
  bool body_wanted_ = false;
  bool request_sent_ = false;
  // The answer.
  H2Answer answer_;
  std::string_view refused_;  // why it is invalid
  http2::ErrorCode reset_error_ = http2::ErrorCode::kNoError;
  bool reset_ = false;
  bool reset_by_peer_ = false;
  bool streaming_ = false;  // its head was delivered
  bool paused_ = false;
  size_t window_used_ = 0;
  AnswerProgress progress_;
};

// The streams of one client, and those that have something to tell.
class H2StreamPool {
 public:
  explicit H2StreamPool(const ClientSettings* settings);

  H2Stream* New();
  void Release(H2Stream* stream);
  void DeliverSoon(H2Stream* stream);
  void DeliverAll();

 private:
  static void OnTurnEnd(void* self);

  const ClientSettings& settings_;
  std::vector<std::unique_ptr<H2Stream>> streams_;
  std::vector<H2Stream*> free_;
  std::vector<H2Stream*> ready_;
  bool delivering_ = false;
  TurnTask deliver_;
};

// First in, first out; a warm one allocates nothing.
class H2StreamQueue {
 public:
  bool empty() const { return first_ == all_.size(); }
  size_t size() const { return all_.size() - first_; }
  H2Stream* front() const { return all_[first_]; }
  H2Stream* back() const { return all_.back(); }
  void Push(H2Stream* stream) { all_.push_back(stream); }
  void PopFront();
  // REQUIRES: it is there.
  void Erase(const H2Stream* stream);

 private:
  std::vector<H2Stream*> all_;
  size_t first_ = 0;  // those before it are gone
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H2_STREAM_H_
