#include "proxy/http2/flow_window.h"

#include <gtest/gtest.h>

namespace headgate::http2 {
namespace {

TEST(SendWindowTest, CountsDownAndUp) {
  SendWindow window(10);
  window.Take(7);
  EXPECT_EQ(window.left(), 3u);
  EXPECT_TRUE(window.Open(5));
  EXPECT_EQ(window.left(), 8u);
}

// RFC 9113 6.9.2.
TEST(SendWindowTest, MayBecomeNegativeByAChangeOfSettings) {
  SendWindow window(10);
  window.Take(10);
  EXPECT_TRUE(window.Open(-6));
  EXPECT_EQ(window.left(), 0u);
  EXPECT_TRUE(window.Open(6));
  EXPECT_EQ(window.left(), 0u);
  EXPECT_TRUE(window.Open(1));
  EXPECT_EQ(window.left(), 1u);
}

// RFC 9113 6.9.1.
TEST(SendWindowTest, HasALargestSize) {
  SendWindow window(kWindowBytesMax - 1);
  EXPECT_TRUE(window.Open(1));
  EXPECT_FALSE(window.Open(1));
}

TEST(ReceiveWindowTest, TellsOfWhatWasUsedUpByHalves) {
  ReceiveWindow window(100);
  EXPECT_TRUE(window.Take(100));
  EXPECT_EQ(window.GiveBack(49), 0u);
  EXPECT_EQ(window.GiveBack(1), 50u);
  EXPECT_EQ(window.GiveBack(49), 0u);
  EXPECT_TRUE(window.Take(50));
  EXPECT_FALSE(window.Take(1));
}

}  // namespace
}  // namespace headgate::http2
