// Whether the body of an answer comes fast enough.
//
// No silence longer than the response timeout; and, while the answer is held
// back for its end, at least kBytesMin in each response timeout: an upstream
// that drips one byte a second would otherwise hold a call for ever.
//
// Pure: time is an argument. A value.
#ifndef HEADGATE_PROXY_UPSTREAM_PROGRESS_H_
#define HEADGATE_PROXY_UPSTREAM_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headgate::proxy {

class AnswerProgress {
 public:
  static constexpr size_t kBytesMin = 1024;

  void Begin(int64_t now_us) {
    last_us_ = window_us_ = now_us;
    bytes_ = 0;
  }
  void Note(int64_t now_us, size_t bytes) {
    last_us_ = now_us;
    bytes_ += bytes;
  }
  // Asked when the timeout may have passed. "" while all is well, and then not
  // to be asked again before due_us(); else what is wrong, a static text.
  std::string_view Check(int64_t now_us, int64_t timeout_us, bool buffered) {
    if (now_us - last_us_ >= timeout_us) return "silence inside the answer for";
    if (!buffered || now_us - window_us_ < timeout_us) return "";
    if (bytes_ < kBytesMin) return "the answer only drips: under 1 KiB within";
    window_us_ = now_us;
    bytes_ = 0;
    return "";
  }
  int64_t due_us(int64_t timeout_us) const { return last_us_ + timeout_us; }

 private:
  int64_t last_us_ = 0;
  int64_t window_us_ = 0;
  size_t bytes_ = 0;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_PROGRESS_H_
