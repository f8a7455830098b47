// HTTP/2's flow control (RFC 9113 5.2, 6.9), both sides of a stream or of a
// connection: how much may still be sent, and how much the peer may still send.
// Plain counters.
#ifndef HEADGATE_PROXY_HTTP2_FLOW_WINDOW_H_
#define HEADGATE_PROXY_HTTP2_FLOW_WINDOW_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace headgate::http2 {

inline constexpr int64_t kWindowBytes = 65'535;  // unless SETTINGS say else
inline constexpr int64_t kWindowBytesMax = 0x7fffffff;

// What the peer lets us send. A change of its SETTINGS may make it negative.
class SendWindow {
 public:
  explicit SendWindow(int64_t bytes = kWindowBytes) : left_(bytes) {}

  size_t left() const {
    return static_cast<size_t>(std::max<int64_t>(left_, 0));
  }
  void Take(size_t bytes) { left_ -= static_cast<int64_t>(bytes); }
  // False: it would be larger than a window may be (FLOW_CONTROL_ERROR).
  bool Open(int64_t bytes) {
    left_ += bytes;
    return left_ <= kWindowBytesMax;
  }

 private:
  int64_t left_;
};

// What we let the peer send: `bytes` that were not yet given back.
class ReceiveWindow {
 public:
  explicit ReceiveWindow(int64_t bytes) : bytes_(bytes), left_(bytes) {}

  int64_t size() const { return bytes_; }
  // False: the peer sent more than it may (FLOW_CONTROL_ERROR).
  bool Take(size_t bytes) {
    left_ -= static_cast<int64_t>(bytes);
    return left_ >= 0;
  }
  // These were used up. Returns how many the peer is to be told of now, in a
  // WINDOW_UPDATE: 0 until half a window has come together.
  uint32_t GiveBack(size_t bytes) {
    unsaid_ += static_cast<int64_t>(bytes);
    if (unsaid_ < bytes_ / 2) return 0;
    const int64_t said = unsaid_;
    left_ += said;
    unsaid_ = 0;
    return static_cast<uint32_t>(said);
  }

 private:
  int64_t bytes_;
  int64_t left_;
  int64_t unsaid_ = 0;  // used up
};

}  // namespace headgate::http2

#endif  // HEADGATE_PROXY_HTTP2_FLOW_WINDOW_H_
