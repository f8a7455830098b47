#include "proxy/upstream_h2_memory.h"

#include <cstdlib>
#include <cstring>

namespace headgate::proxy {

#if defined(__SANITIZE_ADDRESS__)
const bool H2Memory::kKeepsBlocks = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
const bool H2Memory::kKeepsBlocks = false;
#else
const bool H2Memory::kKeepsBlocks = true;
#endif
#else
const bool H2Memory::kKeepsBlocks = true;
#endif

H2Memory::H2Memory()
    : hooks_{.mem_user_data = this,
             .malloc =
                 [](size_t bytes, void* self) {
                   return static_cast<H2Memory*>(self)->Take(bytes);
                 },
             .free =
                 [](void* memory, void* self) {
                   static_cast<H2Memory*>(self)->GiveBack(memory);
                 },
             .calloc =
                 [](size_t count, size_t bytes, void* self) {
                   // nghttp2 counts what it allocates itself: no overflow.
                   void* memory =
                       static_cast<H2Memory*>(self)->Take(count * bytes);
                   if (memory != nullptr) std::memset(memory, 0, count * bytes);
                   return memory;
                 },
             .realloc =
                 [](void* memory, size_t bytes, void* self) {
                   return static_cast<H2Memory*>(self)->Resize(memory, bytes);
                 }} {}

H2Memory::~H2Memory() {
  for (Block* block : kept_) {
    while (block != nullptr) {
      Block* const next = block->next;
      std::free(block);
      block = next;
    }
  }
}

void* H2Memory::Take(size_t bytes) {
  size_t list = 0;
  while (list < kLists && BytesOf(list) < bytes) ++list;
  Block* block = list < kLists ? kept_[list] : nullptr;
  if (block != nullptr) {
    kept_[list] = block->next;
    kept_bytes_ -= BytesOf(list);
  } else {
    ++blocks_taken_;
    const size_t whole = list < kLists ? BytesOf(list) : bytes;
    block = static_cast<Block*>(std::malloc(kHeaderBytes + whole));
    if (block == nullptr) return nullptr;
    block->list = list;
  }
  return reinterpret_cast<char*>(block) + kHeaderBytes;
}

void H2Memory::GiveBack(void* memory) {
  if (memory == nullptr) return;
  auto* block =
      reinterpret_cast<Block*>(static_cast<char*>(memory) - kHeaderBytes);
  const size_t list = block->list;
  if (!kKeepsBlocks || list == kLists ||
      kept_bytes_ + BytesOf(list) > kKeptBytesMax) {
    std::free(block);
    return;
  }
  block->next = kept_[list];
  kept_[list] = block;
  kept_bytes_ += BytesOf(list);
}

void* H2Memory::Resize(void* memory, size_t bytes) {
  if (memory == nullptr) return Take(bytes);
  auto* block =
      reinterpret_cast<Block*>(static_cast<char*>(memory) - kHeaderBytes);
  if (block->list == kLists) {
    void* larger = std::realloc(block, kHeaderBytes + bytes);
    if (larger == nullptr) return nullptr;
    return static_cast<char*>(larger) + kHeaderBytes;
  }
  const size_t held = BytesOf(block->list);
  if (bytes <= held) return memory;
  void* const larger = Take(bytes);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, memory, held);
  GiveBack(memory);
  return larger;
}

}  // namespace headgate::proxy
