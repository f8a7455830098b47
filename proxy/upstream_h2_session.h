// One HTTP/2 connection as a client sees it, without its socket: bytes from the
// server go in (Receive), bytes for it come out (Gather). nghttp2 does framing,
// HPACK and windows; what an answer may look like is judged by H2Answer.
//
// A stream waits here until Gather() submits it, so that the fields that it
// lends to nghttp2 are written out before anything else happens. It waits until
// the server's SETTINGS have come, which prove that it speaks HTTP/2 and say
// how many streams it allows; and on while it allows no more.
//
// What a hostile server may do is bounded: by nghttp2 (what it makes us
// acknowledge, the size of a frame and of HPACK's table), and here: the size of
// a block of fields, and frames that carry nothing (Spend). Belongs to one loop
// and to its owner.
#ifndef HEADGATE_PROXY_UPSTREAM_H2_SESSION_H_
#define HEADGATE_PROXY_UPSTREAM_H2_SESSION_H_

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/upstream_h2_head.h"
#include "proxy/upstream_h2_memory.h"
#include "proxy/upstream_h2_stream.h"

namespace headgate::proxy {

class H2SessionOwner {
 public:
  // Gather() has something to give.
  virtual void OnWantsWrite() = 0;
  // It carries no stream any more.
  virtual void OnLastStreamGone() = 0;
  // The server allows so many streams.
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
  // Of a block of fields, as it comes.
  static constexpr size_t kBlockBytesMax = 64 * 1024;
  // Streams that we reset and more than were answered: then no more are opened.
  static constexpr int64_t kResetsMax = 200;

  // `streams_assumed`: allowed, until the server says how many.
  H2Session(H2Memory* memory, H2SessionOwner* owner, uint32_t streams_assumed);
  ~H2Session();

  void Add(H2Stream* stream);
  // A stream that waits here in vain, to be moved elsewhere; null: there is
  // none.
  H2Stream* TakeSuperfluous();
  // The stream is over for its sink: resets it if it is not over.
  void Remove(H2Stream* stream);
  void ResumeBody(H2Stream* stream);
  void OpenWindow(const H2Stream& stream, size_t bytes);
  void OnTimedOut(const H2Stream& stream);
  void Ping();
  // The connection is about to be closed (RFC 9113 6.8). REQUIRES: no streams.
  void GoAway();

  // Windows opened, or there is something to acknowledge.
  bool wants_write() const {
    return nghttp2_session_want_write(session_.get()) != 0;
  }
  // Appends what is to be written.
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
  // What nghttp2 would send waits in its queue: a server that does not read
  // must not make it grow.
  bool is_stuffed() const;

 private:
  struct SessionDeleter {
    void operator()(nghttp2_session* session) const {
      nghttp2_session_del(session);
    }
  };
  struct Callbacks;  // nghttp2's, into this

  bool SubmitFirst(std::string* out);
  void Pump(std::string* out, const H2Stream* until);
  H2Stream* StreamOf(int32_t id) const;
  int OnBeginFrame(const nghttp2_frame_hd& frame);
  void OnFrame(const nghttp2_frame& frame);
  void OnComplaint(uint32_t error);
  void OnGoAway(const nghttp2_goaway& frame);
  int OnStreamClosed(int32_t id, uint32_t error);
  bool Spend(int patience);
  int Break(std::string_view what);
  int BreakFlood();
  uint32_t streams_max() const;

  H2SessionOwner& owner_;
  std::unique_ptr<nghttp2_session, SessionDeleter> session_;
  H2RequestHead head_;
  H2StreamQueue waiting_;
  std::vector<H2Stream*> open_;
  H2Stream* reading_ = nullptr;  // whose fields come
  uint32_t live_ = 0;  // open_, and those that are reset but not yet gone
  bool drains_ = false;
  bool goaway_ = false;  // the server's came
  std::string goaway_error_;
  int32_t last_processed_ = INT32_MAX;  // of the server's GOAWAY
  bool ping_pending_ = false;
  int patience_ = kPatience;
  bool carried_ = false;  // this Receive() brought a frame, or a part of one
  size_t block_bytes_ = 0;
  int64_t resets_ = 0;
  int64_t answers_ = 0;
  int64_t reads_ = 0;
  bool established_ = false;
  const uint32_t streams_assumed_;
  bool dead_ = false;  // nghttp2 must not be asked any more
  std::string error_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H2_SESSION_H_
