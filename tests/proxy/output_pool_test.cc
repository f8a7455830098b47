#include "proxy/output_pool.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace headgate::proxy {
namespace {

std::string Large(size_t bytes) { return std::string(bytes, 'x'); }

TEST(OutputPoolTest, LendsWhatCameBack) {
  OutputPool pool;
  std::string buffer = Large(1000);
  const char* const memory = buffer.data();
  pool.TakeBack(&buffer);
  EXPECT_EQ(buffer, "");
  std::string other;
  pool.Lend(&other);
  EXPECT_EQ(other, "") << "nothing of the last answer is left";
  EXPECT_EQ(other.data(), memory);
  std::string third;
  pool.Lend(&third);
  EXPECT_NE(third.data(), memory) << "it is lent once";
}

TEST(OutputPoolTest, WhoHasABufferKeepsIt) {
  OutputPool pool;
  std::string returned = Large(1000);
  pool.TakeBack(&returned);
  std::string held = Large(500);
  const char* const memory = held.data();
  held.clear();
  pool.Lend(&held);
  EXPECT_EQ(held.data(), memory);
}

TEST(OutputPoolTest, KeepsNeitherTheLargestNorTheSmallest) {
  OutputPool pool;
  for (const size_t bytes : {size_t{3}, OutputPool::kKeptBytesMax + 1}) {
    std::string buffer = Large(bytes);
    pool.TakeBack(&buffer);
    std::string lent;
    pool.Lend(&lent);
    EXPECT_EQ(lent.capacity(), std::string().capacity()) << bytes;
  }
}

TEST(OutputPoolTest, KeepsABoundedNumber) {
  OutputPool pool;
  for (size_t i = 0; i < OutputPool::kKeptMax + 10; ++i) {
    std::string buffer = Large(100);
    pool.TakeBack(&buffer);
  }
  size_t lent = 0;
  for (size_t i = 0; i < OutputPool::kKeptMax + 10; ++i) {
    std::string buffer;
    pool.Lend(&buffer);
    lent += buffer.capacity() >= 100 ? 1 : 0;
  }
  EXPECT_EQ(lent, OutputPool::kKeptMax);
}

}  // namespace
}  // namespace headgate::proxy
