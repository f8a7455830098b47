// The memory that nghttp2 asks for: it takes and gives back a dozen small
// blocks for every request, so blocks given back are kept, by size, for the
// next request, up to a bound.
//
// Each block begins with a word that says which list it belongs to. Under
// AddressSanitizer nothing is kept, so that it sees what is used after it was
// given back. Belongs to one loop; must outlive the sessions that use it.
#ifndef HEADGATE_PROXY_UPSTREAM_H2_MEMORY_H_
#define HEADGATE_PROXY_UPSTREAM_H2_MEMORY_H_

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstddef>

namespace headgate::proxy {

class H2Memory {
 public:
  static constexpr size_t kKeptBytesMax = 1024 * 1024;
  static const bool kKeepsBlocks;

  H2Memory();
  ~H2Memory();
  H2Memory(const H2Memory&) = delete;
  H2Memory& operator=(const H2Memory&) = delete;

  nghttp2_mem* hooks() { return &hooks_; }
  // Blocks taken from the system so far.
  int64_t blocks_taken() const { return blocks_taken_; }

 private:
  // Of 32 bytes, 64, ... 4096; larger ones are not kept.
  static constexpr size_t kLists = 8;
  static constexpr size_t kSmallest = 32;
  struct Block {
    size_t list;  // kLists: none
    Block* next;  // once it is given back
  };
  static constexpr size_t kHeaderBytes = 16;  // keeps what follows aligned
  static_assert(sizeof(Block) <= kHeaderBytes);

  static size_t BytesOf(size_t list) { return kSmallest << list; }
  void* Take(size_t bytes);
  void GiveBack(void* memory);
  void* Resize(void* memory, size_t bytes);

  nghttp2_mem hooks_;
  std::array<Block*, kLists> kept_ = {};
  size_t kept_bytes_ = 0;
  int64_t blocks_taken_ = 0;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H2_MEMORY_H_
