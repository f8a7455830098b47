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

  // Lends to a string that has none yet.
  void Lend(std::string* buffer) {
    if (kept_.empty() || buffer->capacity() > kOwnBytesMax) return;
    *buffer = std::move(kept_.back());
    kept_.pop_back();
  }
  // Takes back what was lent, or has grown meanwhile; leaves an empty string.
  void TakeBack(std::string* buffer) {
    std::string returned = std::exchange(*buffer, {});
    const size_t capacity = returned.capacity();
    if (capacity <= kOwnBytesMax || capacity > kKeptBytesMax ||
        kept_.size() == kKeptMax) {
      return;
    }
    returned.clear();
    kept_.push_back(std::move(returned));
  }

 private:
  // What a string holds within itself.
  static inline const size_t kOwnBytesMax = std::string().capacity();

  std::vector<std::string> kept_;  // empty strings
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_OUTPUT_POOL_H_
