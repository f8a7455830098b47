// One HTTP/2 connection as a client sees it, without its socket: bytes from the
// server go in (Receive), bytes for it come out (Gather). Frames, windows and
// the life of streams are dealt with here (RFC 9113); blocks of fields by
// http2::FieldReader; what an answer may look like is judged by H2Answer.
//
// A stream waits here until Gather() opens it: until the server's SETTINGS have
// come, which prove that it speaks HTTP/2 and say how many streams it allows;
// and on while it allows no more.
//
// What a hostile server may do is bounded: the size of frames and of a block of
// fields, the frames of a block, what we have to tell it while it does not
// read, and frames that carry nothing (Spend). A breach of the protocol ends
// the connection with GOAWAY, one that concerns a stream ends that stream.
//
// Nothing happens to sinks from inside Receive() and Gather(): see H2Stream.
// Belongs to one loop and to its owner.
#ifndef HEADGATE_PROXY_UPSTREAM_H2_SESSION_H_
#define HEADGATE_PROXY_UPSTREAM_H2_SESSION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "proxy/http2/field_reader.h"
#include "proxy/http2/field_writer.h"
#include "proxy/http2/flow_window.h"
#include "proxy/http2/frame_reader.h"
#include "proxy/http2/settings.h"
#include "proxy/upstream_h2_stream.h"

namespace headgate::proxy {

class H2SessionOwner {
 public:
  // Gather() has something to give.
  virtual void OnWantsWrite() = 0;
  // It carries no stream any more.
  virtual void OnLastStreamGone() = 0;
  // The server allows so many streams. From inside Receive().
  virtual void OnStreamsMax(uint32_t streams) = 0;

 protected:
  ~H2SessionOwner() = default;
};

class H2Session {
 public:
  // As many streams as a server allows as a rule (RFC 9113 6.5.2 recommends no
  // fewer), and as we open on one connection at most.
  static constexpr uint32_t kStreamsAssumed = 100;
  static constexpr uint32_t kStreamsMax = 1000;
  // Gather() stops above it.
  static constexpr size_t kOutBytesMax = 64 * 1024;
  // Of frames that carry nothing; see Spend().
  static constexpr int kPatience = 1000;
  static constexpr int kPatienceEarned = 10;  // by one that carries something
  // Bytes of requests that we sent, for each frame more.
  static constexpr size_t kBytesForPatience = 128;
  // Of a block of fields, as it comes.
  static constexpr size_t kBlockBytesMax = 64 * 1024;
  static constexpr int kBlockFramesMax = 9;
  // Of what a server has to be told, and does not read.
  static constexpr size_t kControlBytesMax = 64 * 1024;
  // Streams that we reset and more than were answered: then no more are opened.
  static constexpr int64_t kResetsMax = 200;

  // `heads`: of its server's answers; may be null. `streams_assumed`: allowed,
  // until the server says how many.
  H2Session(H2HeadMemory* heads, H2SessionOwner* owner,
            uint32_t streams_assumed);

  void Add(H2Stream* stream);
  // A stream that waits here in vain, to be moved elsewhere; null: there is
  // none.
  H2Stream* TakeSuperfluous();
  // The stream is over for its sink: resets it if it is not over.
  void Remove(H2Stream* stream);
  void ResumeBody(H2Stream* stream);
  // The sink has taken `bytes` of the answer's body.
  void OpenWindow(H2Stream* stream, size_t bytes);
  void OnTimedOut(const H2Stream& stream);
  void Ping();
  // The connection is about to be closed (RFC 9113 6.8). REQUIRES: no streams.
  void GoAway();

  // Gather() would give something.
  bool wants_write() const;
  // Appends what is to be written, unless `*out` is full already.
  void Gather(std::string* out);
  // False: the session is over; error() says why.
  bool Receive(std::string_view bytes);
  const std::string& error() const { return error_; }
  // Ends all streams, with a failure; there must come no new ones.
  void FailAll(std::string_view how);
  void FailAllToConnect(std::string_view how);

  // The server speaks HTTP/2.
  bool established() const { return established_; }
  // How often something came.
  int64_t reads() const { return reads_; }
  bool has_streams() const { return !open_.empty() || !waiting_.empty(); }
  // No more streams shall come: the server goes away, or does not answer.
  bool drains() const { return drains_; }
  void Drain() { drains_ = true; }
  bool HasRoom() const;
  bool ping_pending() const { return ping_pending_; }

 private:
  using Frame = http2::Frame;
  struct FrameRule;  // of a type of frame

  // To the server (upstream_h2_session_write.cc).
  void Greet();
  bool CanOpen() const;
  void OpenFirst(std::string* out);
  void WriteHead(const H2Stream& stream, std::string* out);
  void WriteBodies(std::string* out);
  bool WriteData(H2Stream* stream, std::string* out);
  void WantData(H2Stream* stream);
  void Reset(const H2Stream& stream, http2::ErrorCode error);
  void Say(http2::FrameType type, uint8_t flags, std::string_view payload);

  // From the server (upstream_h2_session_read.cc).
  static const FrameRule* RuleOf(uint8_t type);
  int CostOf(const Frame& frame) const;
  void OnFrame(const Frame& frame);
  void OnData(const Frame& frame);
  void OnHeaders(const Frame& frame);
  void OnPriority(const Frame& frame);
  void OnRstStream(const Frame& frame);
  void OnSettings(const Frame& frame);
  void OnPushPromise(const Frame& frame);
  void OnPing(const Frame& frame);
  void OnGoAway(const Frame& frame);
  void OnWindowUpdate(const Frame& frame);
  void OnContinuation(const Frame& frame);
  void OnBlock(std::string_view block);
  void ReadBlock(std::string_view block);
  bool ShiftWindows(int64_t bytes);
  void EndAnswer(H2Stream* stream);
  bool CheckOpened(uint32_t id);

  // Both.
  uint32_t streams_max() const;
  H2Stream* StreamOf(uint32_t id) const;
  void Forget(H2Stream* stream);
  void CloseStream(H2Stream* stream, http2::ErrorCode error, bool by_peer);
  void FailStream(H2Stream* stream, http2::ErrorCode error);
  void Complain(http2::ErrorCode error);
  void Complain(http2::ErrorCode error, std::string_view what);
  bool Spend(int patience);

  H2HeadMemory* const heads_;
  H2SessionOwner& owner_;
  const uint32_t streams_assumed_;
  http2::FrameReader frames_;
  http2::FieldReader field_reader_;
  http2::ServerSettings server_;

  // Streams: to be opened; opened, until their sinks are done; those of them
  // that the server may still say something on; with a body to send.
  H2StreamQueue waiting_;
  std::vector<H2Stream*> open_;
  absl::flat_hash_map<uint32_t, H2Stream*> live_;
  H2StreamQueue writers_;
  uint32_t next_id_ = 1;

  // Out.
  std::string control_;  // frames of the connection
  http2::FieldWriter field_writer_;
  std::string request_block_;
  http2::SendWindow send_window_;

  // In.
  http2::ReceiveWindow receive_window_;
  uint32_t block_stream_ = 0;    // whose block comes; 0: none does
  H2Stream* reading_ = nullptr;  // the same; null: it is gone
  bool block_ends_ = false;      // with it the stream
  int block_frames_ = 0;
  std::string block_;
  int patience_ = kPatience;
  int64_t resets_ = 0;
  int64_t answers_ = 0;
  int64_t reads_ = 0;

  // Its life.
  bool established_ = false;
  bool drains_ = false;
  bool goaway_ = false;  // the server's came
  std::string goaway_error_;
  uint32_t last_processed_ = http2::kStreamIdMax;  // of the server's GOAWAY
  bool ping_pending_ = false;
  std::string error_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H2_SESSION_H_
