#include "proxy/read_buffer.h"

#include <algorithm>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace headgate::proxy {
namespace {

constexpr size_t kNoBound = 1 << 30;

// Reads as much of `bytes` as fits; what was taken.
size_t Feed(ReadBuffer* buffer, std::string_view bytes,
            size_t max_bytes = kNoBound) {
  const std::span<char> space = buffer->Space(max_bytes);
  const size_t taken = std::min(space.size(), bytes.size());
  std::copy_n(bytes.begin(), taken, space.begin());
  buffer->Filled(taken);
  return taken;
}

TEST(ReadBufferTest, HoldsNoMemoryWhenNothingIsInIt) {
  BlockPool pool;
  ReadBuffer buffer(&pool);
  EXPECT_EQ(buffer.base(), nullptr);
  EXPECT_EQ(Feed(&buffer, "abc"), 3u);
  EXPECT_NE(buffer.base(), nullptr);
  buffer.ReleaseIfEmpty();
  EXPECT_EQ(buffer.unread(), "abc");
  buffer.Consume(3);
  buffer.ReleaseIfEmpty();
  EXPECT_EQ(buffer.base(), nullptr);
}

TEST(ReadBufferTest, TakesTheNextBlockFromThePool) {
  BlockPool pool;
  ReadBuffer first(&pool);
  Feed(&first, "x");
  const char* block = first.base();
  first.Consume(1);
  first.ReleaseIfEmpty();
  ReadBuffer second(&pool);
  Feed(&second, "y");
  EXPECT_EQ(second.base(), block);
}

TEST(ReadBufferTest, KeepsAPinnedHeadInPlaceWhileTheBodyComesAndGoes) {
  BlockPool pool;
  ReadBuffer buffer(&pool);
  Feed(&buffer, "HEADbody");
  buffer.Pin(4);
  const std::string_view head(buffer.base(), 4);
  for (int i = 0; i < 1000; ++i) {
    buffer.Consume(buffer.unread().size());
    ASSERT_EQ(Feed(&buffer, std::string(1000, 'b')), 1000u);
    ASSERT_EQ(head, "HEAD");
  }
  buffer.Unpin();
  buffer.Consume(buffer.unread().size());
  buffer.ReleaseIfEmpty();
  EXPECT_EQ(buffer.base(), nullptr);
}

TEST(ReadBufferTest, HasRoomForABodyBehindTheLargestHead) {
  BlockPool pool;
  ReadBuffer buffer(&pool);
  const std::string head(BlockPool::kBlockBytes, 'h');
  ASSERT_EQ(Feed(&buffer, head), head.size());
  buffer.Pin(head.size());
  EXPECT_GE(buffer.Space(kNoBound).size(), ReadBuffer::kBodySpaceBytes);
  EXPECT_EQ(std::string_view(buffer.base(), head.size()), head);
}

TEST(ReadBufferTest, GivesNoSpaceBeyondTheBound) {
  BlockPool pool;
  ReadBuffer buffer(&pool);
  Feed(&buffer, std::string(100, 'x'));
  EXPECT_TRUE(buffer.Space(100).empty());
  EXPECT_FALSE(buffer.Space(101).empty());
}

TEST(ReadBufferTest, GrowsForAHeadLargerThanABlock) {
  BlockPool pool;
  ReadBuffer buffer(&pool);
  const std::string large(3 * BlockPool::kBlockBytes, 'h');
  size_t fed = 0;
  while (fed < large.size()) {
    fed += Feed(&buffer, std::string_view(large).substr(fed));
  }
  EXPECT_EQ(buffer.unread(), large);
}

// The oracle: a string.
TEST(ReadBufferTest, IsAQueueOfBytesUnderRandomUse) {
  std::mt19937 random(11);
  BlockPool pool;
  ReadBuffer buffer(&pool);
  std::string expected;
  bool pinned = false;
  for (int step = 0; step < 50000; ++step) {
    switch (random() % 5) {
      case 0:
      case 1: {
        const std::string bytes(random() % 5000,
                                static_cast<char>('a' + random() % 26));
        expected += bytes.substr(0, Feed(&buffer, bytes, 100'000));
        break;
      }
      case 2:
      case 3: {
        const size_t count = random() % (expected.size() + 1);
        buffer.Consume(count);
        expected.erase(0, count);
        break;
      }
      case 4:
        if (pinned) {
          buffer.Unpin();
        } else if (!expected.empty()) {
          buffer.Pin(1);
          expected.erase(0, 1);
        }
        pinned = !pinned && buffer.base() != nullptr;
        buffer.ReleaseIfEmpty();
        break;
    }
    ASSERT_EQ(buffer.unread(), expected) << step;
  }
}

}  // namespace
}  // namespace headgate::proxy
