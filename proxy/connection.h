// One downstream connection: bytes in, requests out to the handler, answers
// back in order, every wait bounded. It knows HTTP's framing and nothing of
// policies or upstreams.
//
// Requests of one connection run one after the other; what is pipelined waits
// in the read buffer, and once that is full in the client's socket. While an
// exchange runs, its head stays where it was read.
//
// Belongs to its worker's loop and is owned by it. Whoever calls a connection
// may find it closed afterwards, but never destroyed: a closed connection stays
// in the worker's graveyard until the turn is over.
#ifndef HEADGATE_PROXY_CONNECTION_H_
#define HEADGATE_PROXY_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/config.h"
#include "proxy/event_loop.h"
#include "proxy/exchange.h"
#include "proxy/http/body_reader.h"
#include "proxy/http/request_parser.h"
#include "proxy/metrics_cells.h"
#include "proxy/output_pool.h"
#include "proxy/read_buffer.h"
#include "proxy/timer_wheel.h"
#include "proxy/transport.h"
#include "proxy/turn_end.h"

namespace headgate::proxy {

// What a connection needs of its worker. One per listener kind and worker.
class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;
  virtual EventLoop& loop() = 0;
  virtual BlockPool& blocks() = 0;
  virtual OutputPool& outputs() = 0;
  virtual ExchangePool& exchanges() = 0;
  virtual ExchangeHandler& handler() = 0;
  // Null: none is kept.
  virtual http::RequestMemory* request_memory() = 0;
  virtual const config::RequestLimits& limits() const = 0;
  virtual const config::Timeouts& timeouts() const = 0;
  virtual bool draining() const = 0;
  // The connection is closed; destroy it when the turn is over.
  virtual void Retire(Connection* connection, CloseCause cause) = 0;
};

class Connection {
 public:
  Connection(ConnectionHost* host, Transport transport, std::string peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // For the handler, while an exchange runs.
  // Sends `head` and `body`; what the socket does not take is kept.
  void Send(std::string_view head, std::string_view body);
  // Whether the answer may say keep-alive; false from then on once it was,
  // since the client has been told.
  bool MayKeepAlive();
  void CloseAfterAnswer() { close_after_answer_ = true; }
  // The answer is complete (or cannot be): the exchange goes back to the pool
  // and must not be touched again.
  void EndExchange();
  // Cuts the connection now: a streamed answer broke.
  void Abort();
  // Asks for body pieces again after OnBodyPiece said enough.
  void ResumeBody();
  // Bytes that the client has not taken yet.
  size_t unsent() const { return output_.size() - output_sent_; }

  // Closes if idle, else after the exchange.
  void Drain();
  // Closes whatever goes on.
  void CloseNow() { DownstreamGone(CloseCause::kDrained); }

  const std::string& peer() const { return peer_; }  // "127.0.0.1:40312"
  bool is_tls() const { return transport_.is_tls(); }
  Exchange* exchange() { return exchange_.get(); }

  // The worker's list.
  Connection* previous = nullptr;
  Connection* next = nullptr;

 private:
  enum class State : uint8_t {
    kHead,     // between requests, or inside a head
    kBody,     // an exchange reads its body
    kAnswer,   // the request is whole, the answer is to come
    kDiscard,  // answered, the rest of the body is thrown away
    kLinger,   // everything is said; waits for the client to see it
    kClosed,
  };

  // A body that nobody wants any more is read up to this size, so that the
  // connection can be used again; a larger one is cut.
  static constexpr int64_t kDiscardBytesMax = 256 * 1024;
  // More answers than this are not made before the client takes some.
  static constexpr size_t kUnsentBytesMax = 256 * 1024;
  // How long a client may take to see the answer of a connection that we close.
  static constexpr int64_t kLingerUs = 2'000'000;

  static void OnReadable(int fd, short what, void* self);
  static void OnWritable(int fd, short what, void* self);
  static void OnReadDeadline(void* self);
  static void OnWriteDeadline(void* self);
  static void OnTurnEnd(void* self);

  // Reading.
  void ReadInput();
  IoResult ReadOnce();
  void ReadLingering();
  void SetReading(bool on);
  void OnEof();
  void Advance();
  bool Step();
  bool StepHead();
  void BeginExchange(size_t head_bytes);
  void BeginBody(BodyMode mode);
  bool StepBody();
  void TakeWholePiece(const http::BodyReader::Step& step, bool last);
  void TakeStreamedPiece(std::string_view piece, bool last);
  bool StepDiscard();
  void Broken(CloseCause cause, policy::Refusal refusal,
              std::string_view sentence);
  void DownstreamGone(CloseCause cause);

  // Writing.
  void DropOutput();
  void FlushSoon();
  void Flush();
  void FlushAndClose();
  // How much of the two was taken.
  size_t WriteNow(std::string_view head, std::string_view body);
  void WantWritable(bool progress);

  // Ending.
  bool IsIdle() const;
  void NextRequest();
  void BeginLinger();
  void Close(CloseCause cause);
  void SetHeadDeadline();
  void SetBodyDeadline();

  ConnectionHost* host_;
  Transport transport_;
  std::string peer_;
  EventHandle read_event_;
  EventHandle write_event_;  // made when first needed
  WheelTimer read_timer_;
  WheelTimer write_timer_;
  TurnTask flush_;
  ReadBuffer input_;
  std::string output_;
  size_t output_sent_ = 0;
  http::RequestParser parser_;
  http::BodyReader body_reader_;
  std::unique_ptr<Exchange> exchange_;
  int64_t body_started_us_ = 0;
  int64_t discarded_bytes_ = 0;
  State state_ = State::kHead;
  BodyMode body_mode_ = BodyMode::kWhole;
  CloseCause close_cause_ = CloseCause::kClient;
  bool reading_ = true;
  bool writable_wanted_ = false;
  bool body_paused_ = false;
  // The client sends its body: it did not ask first, or was told to go on.
  bool body_agreed_ = true;
  bool in_advance_ = false;
  bool eof_ = false;  // the client will send nothing more
  bool close_after_answer_ = false;
  bool closing_ = false;  // close once all is flushed
  bool dead_ = false;     // a write failed; told in the next turn
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_CONNECTION_H_
