// One connection to a server, plain or under TLS, and the attempt that runs on
// it: connect, send with one gathering write at the turn's end, read the answer
// strictly, be kept.
//
// What makes it cheap: the read event stays in epoll for the connection's life,
// the write event is there only after EAGAIN, the buffer and the parsers are
// the connection's own and are used again, and moving its one timer later is a
// store.
//
// What makes it safe (design, "HTTP rules" 7): it is used again only if the
// request was sent whole, the answer was valid, ended by its own framing and
// followed by nothing. An idle connection that gets readable, by bytes or by an
// end, is closed.
//
// Belongs to one loop and to its pool, which deletes it, later, after OnClosed.
#ifndef HEADGATE_PROXY_UPSTREAM_CONNECTION_H_
#define HEADGATE_PROXY_UPSTREAM_CONNECTION_H_

#include <sys/uio.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proxy/http/body_reader.h"
#include "proxy/http/response_parser.h"
#include "proxy/tls_client.h"
#include "proxy/transport.h"
#include "proxy/turn_end.h"
#include "proxy/upstream_buffer.h"
#include "proxy/upstream_client.h"
#include "proxy/upstream_dialer.h"
#include "proxy/upstream_progress.h"

namespace headgate::proxy {

class NativeConnection;

class ConnectionPool {
 public:
  virtual void OnIdle(NativeConnection* connection) = 0;
  virtual void OnClosed(NativeConnection* connection) = 0;

 protected:
  ~ConnectionPool() = default;
};

class NativeConnection final : public Attempt, private DialWaiter {
 public:
  // More interim answers than this before the final one are an attack.
  static constexpr int kInterimAnswersMax = 16;
  // A connection that nobody used for so long is closed.
  static constexpr int64_t kIdleUs = 60'000'000;

  // `tls`: null for a plain connection.
  NativeConnection(const ClientSettings* settings, ServerAddresses* addresses,
                   TlsClient* tls, http::ResponseMemory* heads,
                   ConnectionPool* pool);
  ~NativeConnection() { CloseSocket(); }

  // Connects and sends.
  void Start(const UpstreamRequest& request, AttemptSink* sink);
  // Sends. REQUIRES: idle.
  void Reuse(const UpstreamRequest& request, AttemptSink* sink);
  // REQUIRES: idle.
  void ShrinkBuffer() { buffer_.Shrink(); }
  bool has_large_buffer() const {
    return buffer_.capacity() > AnswerBuffer::kKeptBytes;
  }

  bool SendBody(std::string_view piece, bool last) override;
  void PauseAnswer() override;
  void ResumeAnswer() override;
  void Abort() override { Close(); }

  // The place in the pool's list of all connections.
  size_t index = 0;

 private:
  enum class State {
    kDialling,
    kHandshaking,  // TLS
    kBusy,
    kIdle,
    kClosed,
  };
  enum class Phase { kHead, kBuffered, kStreamed };  // of the answer
  using Resend = AttemptFailure::Resend;

  static void OnReadable(int fd, short what, void* self);
  static void OnWritable(int fd, short what, void* self);
  static void OnTurnEnd(void* self);
  static void OnTimeout(void* self);

  // Connecting (upstream_connect.cc).
  void OnDialled(int fd) override;
  void OnDialFailed(std::string_view detail) override;
  void Handshake();
  void OnConnected();

  // Sending (upstream_send.cc).
  void Flush();
  size_t Unsent(std::array<iovec, 3>* pieces) const;
  void NoteSent(size_t bytes);
  size_t pending_body() const { return out_.size() - out_sent_; }
  bool HasUnsent() const;
  void WatchWritable(bool on);
  void AskForBody();

  // Reading. These return false when the call is over, closed or paused.
  void Read();
  std::span<char> BeginRead();
  bool Process();
  bool ProcessHead();
  bool BeginBody();
  bool ProcessBuffered();
  bool BeginStreaming();
  bool ProcessStreamed();
  void OnEnd(int error);
  bool Fail(policy::Refusal kind, Resend resend, std::string_view what);
  bool FailProtocol(std::string_view what);
  void CheckProgress();
  int64_t now_us() const { return settings_.loop->Now().monotonic_us; }

  void BeginCall(const UpstreamRequest& request, AttemptSink* sink);
  bool Deliver();  // the whole answer
  AttemptSink* EndCall();
  void Close();
  void CloseSocket();
  void Arm(int64_t us);

  const ClientSettings& settings_;
  ServerAddresses& addresses_;
  ConnectionPool& pool_;
  State state_ = State::kDialling;
  TlsClient* const tls_;
  std::unique_ptr<Dialer> dialer_;  // until it is connected
  Transport transport_;
  EventHandle read_event_, write_event_;
  TurnTask flush_;
  WheelTimer timer_;

  // The call.
  UpstreamRequest request_;
  AttemptSink* sink_ = nullptr;
  bool reused_ = false;
  // The request.
  size_t sent_ = 0;  // of head and body
  std::string out_;  // of a streamed body
  size_t out_sent_ = 0;
  bool out_last_ = false;  // out_ holds its end
  bool body_wanted_ = false;
  bool request_sent_ = false;
  bool write_failed_ = false;
  bool watching_writable_ = false;
  // The answer.
  AnswerBuffer buffer_;
  http::ResponseParser parser_;
  http::ResponseHead head_;
  http::BodyReader body_;
  Phase phase_ = Phase::kHead;
  int interim_answers_ = 0;
  bool answer_begun_ = false;  // something was read, or tried to
  bool paused_ = false;
  AnswerProgress progress_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_CONNECTION_H_
