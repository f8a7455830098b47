// The bytes of an upstream's answer as they come from the socket, with the body
// decoded in place.
//
//   [ head | decoded body | (gone) | unread ...... | space ]
//           ^body          ^floor    ^begin         ^end
//
// Everything below the floor stays where it is, relative to base(), so that the
// head's views and the body are handed over without a copy; only Space() may
// move the block. Decoding never overtakes reading: a chunk's data lies behind
// its framing. Unpin() gives all of it up for streaming. Belongs to one loop.
#ifndef HEADGATE_PROXY_UPSTREAM_BUFFER_H_
#define HEADGATE_PROXY_UPSTREAM_BUFFER_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace headgate::proxy {

class AnswerBuffer {
 public:
  // An idle connection keeps this much at most.
  static constexpr size_t kKeptBytes = 4 * 1024;
  static constexpr size_t kStreamBytes = 64 * 1024;

  std::string_view unread() const {
    return {data_.get() + begin_, end_ - begin_};
  }
  std::string_view body() const {
    return {data_.get() + body_, floor_ - body_};
  }
  const char* base() const { return data_.get(); }
  size_t capacity() const { return capacity_; }

  // Where the next read may go: never empty. May move the block.
  std::span<char> Space();
  void Filled(size_t bytes) { end_ += bytes; }
  void Skip(size_t bytes);
  // Skips the head, which stays: the body begins behind it.
  void PinHead(size_t head_bytes);
  // Skips `consumed` unread bytes, and appends `data`, a view into them, to the
  // body.
  void TakeBody(size_t consumed, std::string_view data);
  // Head and body are done with.
  void Unpin();
  void Clear();
  // Drops everything, and gives a large block back.
  void Shrink();
  void Reserve(size_t capacity);

 private:
  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0;
  size_t body_ = 0;
  size_t floor_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_BUFFER_H_
