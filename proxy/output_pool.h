// The buffers that answers are gathered in: lent to a connection from its first
// byte until all was sent, so that an idle connection holds none, and that the
// ones in use are few and warm.
//
// Belongs to one loop.
#ifndef HEADGATE_PROXY_OUTPUT_POOL_H_
#define HEADGATE_PROXY_OUTPUT_POOL_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace headgate::proxy {

class OutputPool {
 public:
  // A buffer larger than this is given back to the system.
  static constexpr size_t kKeptBytesMax = 16 * 1024;
  static constexpr size_t kKeptMax = 256;

  // Empty.
  std::string Take() {
    if (kept_.empty()) return {};
    std::string buffer = std::move(kept_.back());
    kept_.pop_back();
    return buffer;
  }
  void Give(std::string buffer) {
    if (buffer.capacity() > kKeptBytesMax || kept_.size() == kKeptMax) return;
    buffer.clear();
    kept_.push_back(std::move(buffer));
  }

 private:
  std::vector<std::string> kept_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_OUTPUT_POOL_H_
