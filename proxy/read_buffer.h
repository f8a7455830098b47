// The bytes that a connection has read and not yet used, contiguous, so that
// parsers may hand out views into them.
//
//   [ pinned: the head in use | used | unread ......... | space ]
//
// While an exchange runs, its head is pinned and stays where it is; body bytes
// come and go behind it. A connection with nothing unread and nothing pinned
// holds no memory: blocks come from the worker's pool and go back to it.
//
// Belongs to one loop.
#ifndef HEADGATE_PROXY_READ_BUFFER_H_
#define HEADGATE_PROXY_READ_BUFFER_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace headgate::proxy {

// Blocks of one size, kept for the next connection.
class BlockPool {
 public:
  static constexpr size_t kBlockBytes = 32 * 1024;
  static constexpr size_t kKeptMax = 1024;
  using Block = std::unique_ptr<char[]>;

  Block Take();
  void Give(Block block);

 private:
  std::vector<Block> kept_;
};

class ReadBuffer {
 public:
  // At least this much space stands behind a pinned head.
  static constexpr size_t kBodySpaceBytes = 8 * 1024;

  explicit ReadBuffer(BlockPool* pool) : pool_(pool) {}
  ~ReadBuffer();
  ReadBuffer(const ReadBuffer&) = delete;
  ReadBuffer& operator=(const ReadBuffer&) = delete;

  std::string_view unread() const {
    return std::string_view(data_.get() + begin_, end_ - begin_);
  }
  // Where the next read may go. May move the unread bytes if nothing is pinned
  // (views into them must then be rebased); empty if `max_bytes` are unread.
  std::span<char> Space(size_t max_bytes);
  void Filled(size_t bytes) { end_ += bytes; }
  void Consume(size_t bytes);

  // Consumes the first `bytes`, which stay in place until Unpin(). May move
  // everything once, to make room behind them.
  void Pin(size_t bytes);
  // The same behind a pinned head, moving nothing.
  void PinMore(size_t bytes) { pinned_ = begin_ += bytes; }
  void Unpin();
  // Where the block stands now: what to rebase views by when it moved.
  const char* base() const { return data_.get(); }
  // Gives the memory back if nothing is in it.
  void ReleaseIfEmpty();

 private:
  void Grow(size_t capacity);
  void Compact();

  BlockPool* pool_;
  BlockPool::Block data_;
  size_t capacity_ = 0;
  size_t pinned_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_READ_BUFFER_H_
