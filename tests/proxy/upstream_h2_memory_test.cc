#include "proxy/upstream_h2_memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace headgate::proxy {
namespace {

class H2MemoryTest : public testing::Test {
 protected:
  void* Take(size_t bytes) { return hooks().malloc(bytes, &memory_); }
  void GiveBack(void* block) { hooks().free(block, &memory_); }
  nghttp2_mem& hooks() { return *memory_.hooks(); }
  H2Memory memory_;
};

TEST_F(H2MemoryTest, ABlockGivenBackIsTakenAgain) {
  if (!H2Memory::kKeepsBlocks) return;
  for (const size_t bytes : {1u, 32u, 33u, 100u, 4096u}) {
    void* const block = Take(bytes);
    std::memset(block, 'x', bytes);
    GiveBack(block);
    const int64_t taken = memory_.blocks_taken();
    EXPECT_EQ(Take(bytes), block) << bytes;
    EXPECT_EQ(memory_.blocks_taken(), taken);
    GiveBack(block);
  }
}

TEST_F(H2MemoryTest, KeepsNoLargeBlockAndNoMoreThanItsBound) {
  GiveBack(Take(100'000));
  std::vector<void*> blocks;
  for (size_t i = 0; i < 2 * H2Memory::kKeptBytesMax / 4096; ++i) {
    blocks.push_back(Take(4096));
  }
  for (void* block : blocks) GiveBack(block);
  const int64_t taken = memory_.blocks_taken();
  for (void*& block : blocks) block = Take(4096);
  const auto kept =
      static_cast<int64_t>(blocks.size()) - (memory_.blocks_taken() - taken);
  EXPECT_EQ(kept, H2Memory::kKeepsBlocks
                      ? int64_t{H2Memory::kKeptBytesMax / 4096}
                      : 0);
  for (void* block : blocks) GiveBack(block);
}

TEST_F(H2MemoryTest, ResizingKeepsWhatIsInABlock) {
  void* block = hooks().realloc(nullptr, 10, &memory_);
  std::memcpy(block, "0123456789", 10);
  for (const size_t bytes : {20u, 40u, 5000u, 50'000u, 10u}) {
    block = hooks().realloc(block, bytes, &memory_);
    EXPECT_EQ(std::string(static_cast<char*>(block), 10), "0123456789");
  }
  GiveBack(block);
  GiveBack(nullptr);
}

TEST_F(H2MemoryTest, ClearsWhatIsAskedForClear) {
  void* const dirty = Take(64);
  std::memset(dirty, 'x', 64);
  GiveBack(dirty);
  void* const block = hooks().calloc(8, 8, &memory_);
  EXPECT_EQ(std::string(static_cast<char*>(block), 64), std::string(64, '\0'));
  GiveBack(block);
}

}  // namespace
}  // namespace headgate::proxy
