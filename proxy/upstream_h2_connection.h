// One connection over HTTP/2 in clear text, with prior knowledge (RFC 9113
// 3.3), and the streams on it: an H2Session on a socket.
//
// What makes it cheap: all requests of a turn leave in one write at its end,
// and one read brings many answers; so the socket calls of a call on its own
// are shared by all that are under way.
//
// It ends when the server goes away (GOAWAY: what is under way is finished),
// when it breaks the protocol, or when nobody used it for a minute; while it is
// idle it is asked now and then whether it is still there (PING). Belongs to
// one loop and to its pool, which deletes it, later, after OnClosed.
#ifndef HEADGATE_PROXY_UPSTREAM_H2_CONNECTION_H_
#define HEADGATE_PROXY_UPSTREAM_H2_CONNECTION_H_

#include <span>
#include <string>
#include <string_view>

#include "proxy/transport.h"
#include "proxy/turn_end.h"
#include "proxy/upstream_client.h"
#include "proxy/upstream_dialer.h"
#include "proxy/upstream_h2_session.h"

namespace headgate::proxy {

class H2Connection;

class H2ConnectionPool {
 public:
  virtual void OnIdle(H2Connection* connection) = 0;
  virtual void OnClosed(H2Connection* connection) = 0;
  // It was lost while it was in use, or found broken.
  virtual void OnLost() = 0;
  // The server allows so many streams on each connection.
  virtual void OnStreamsMax(uint32_t streams) = 0;
  // It waits in vain on this connection: another shall take it (Adopt).
  virtual void Move(H2Stream* stream) = 0;
  // Where all connections read into, one after the other.
  virtual std::span<char> ReadSpace() = 0;

 protected:
  ~H2ConnectionPool() = default;
};

class H2Connection final : private DialWaiter, private H2SessionOwner {
 public:
  // A connection that nobody used for so long is closed.
  static constexpr int64_t kIdleUs = 60'000'000;
  static constexpr int64_t kPingUs = 15'000'000;

  struct Environment {
    const ClientSettings* settings;
    ServerAddresses* addresses;
    H2StreamPool* streams;
    H2HeadMemory* heads;
    H2ConnectionPool* pool;
    uint32_t streams_assumed;  // on one connection
  };
  // `only_one`: for one stream, and closed after it.
  H2Connection(const Environment& environment, bool only_one);
  ~H2Connection() { CloseSocket(); }

  void Add(H2Stream* stream, const UpstreamRequest& request, AttemptSink* sink);
  void Adopt(H2Stream* stream);
  bool HasRoom() const { return !only_one_ && session_.HasRoom(); }
  bool is_idle() const { return idle_; }
  int64_t started_us() const { return started_us_; }
  // REQUIRES: idle.
  void Leave();

 private:
  enum class State { kDialling, kOpen, kClosed };

  static void OnReadable(int fd, short what, void* self);
  static void OnWritable(int fd, short what, void* self);
  static void OnTurnEnd(void* self);
  static void OnIdleTime(void* self);
  void OnDialled(int fd) override;
  void OnDialFailed(std::string_view detail) override;
  void OnWantsWrite() override;
  void OnLastStreamGone() override;
  void OnStreamsMax(uint32_t streams) override;

  void Flush();
  void WatchWritable(bool on);
  void Read();
  bool SpeaksHttp1(std::string_view bytes);
  void OnEnd(int error);
  void Lose(std::string_view how);
  void Break();
  void WriteLastWord();
  void Close();
  void SetIdle(bool idle);
  void CheckIdle();
  void MoveSuperfluous();
  void CloseSocket();
  int64_t now_us() const { return settings_.loop->Now().monotonic_us; }

  const ClientSettings& settings_;
  H2StreamPool& streams_;
  H2ConnectionPool& pool_;
  const bool only_one_;
  const int64_t started_us_;
  State state_ = State::kDialling;
  Dialer dialer_;
  H2Session session_;
  Transport transport_;
  EventHandle read_event_, write_event_;
  TurnTask flush_;
  WheelTimer idle_timer_;  // also for the server's first word
  bool idle_ = false;
  int64_t idle_since_us_ = 0;
  bool watching_writable_ = false;
  std::string out_;  // gathered
  size_t out_sent_ = 0;
  bool last_word_said_ = false;
  std::string first_bytes_;  // of all that came
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H2_CONNECTION_H_
