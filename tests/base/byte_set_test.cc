#include "base/byte_set.h"

#include <string>

#include "gtest/gtest.h"

namespace headgate {
namespace {

TEST(ByteSetTest, HoldsWhatWasAdded) {
  constexpr ByteSet kSet("az\xff");
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(kSet.Contains(c), c == 'a' || c == 'z' || c == '\xff') << byte;
  }
  EXPECT_FALSE(ByteSet().Contains('\0'));
  EXPECT_EQ(kSet, ByteSet("\xffza"));
  EXPECT_NE(kSet, ByteSet("az"));
}

// Texts are read in blocks: one wrong byte is seen wherever it stands.
TEST(ByteSetTest, SeesOneWrongByteAnywhere) {
  constexpr ByteSet kSet("a");
  for (size_t size = 0; size < 20; ++size) {
    const std::string text(size, 'a');
    EXPECT_TRUE(kSet.ContainsAll(text)) << size;
    for (size_t wrong = 0; wrong < size; ++wrong) {
      std::string other = text;
      other[wrong] = '\0';
      EXPECT_FALSE(kSet.ContainsAll(other)) << wrong << " of " << size;
    }
  }
}

}  // namespace
}  // namespace headgate
