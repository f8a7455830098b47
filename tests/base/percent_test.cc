#include "base/percent.h"

#include <string>

#include "gtest/gtest.h"

namespace headgate {
namespace {

TEST(EscapedByteTest, ReadsTheFirstEscapeOnly) {
  std::string escape;
  for (int c = 0; c < 256; ++c) {
    escape.clear();
    AppendEscape(static_cast<unsigned char>(c), &escape);
    EXPECT_EQ(EscapedByte(escape), c);
    EXPECT_EQ(EscapedByte(escape + "f"), c);
    EXPECT_EQ(EscapedByte(escape.substr(0, 2)), -1);
  }
  EXPECT_EQ(EscapedByte("%fF"), 0xff);
  EXPECT_EQ(EscapedByte("%1g"), -1);
  EXPECT_EQ(EscapedByte("%g1"), -1);
}

TEST(PercentDecodeTest, DecodesEveryByte) {
  std::string encoded, all, out;
  for (int c = 0; c < 256; ++c) {
    all.push_back(static_cast<char>(c));
  }
  PercentEncodeSegment(all, &encoded);
  ASSERT_TRUE(PercentDecode(encoded, &out));
  EXPECT_EQ(out, all);
  ASSERT_TRUE(PercentDecode("a%2Fb%2fc+d", &out));
  EXPECT_EQ(out, "a/b/c+d");
}

TEST(PercentDecodeTest, RefusesMalformedEscapes) {
  std::string out;
  for (std::string_view bad : {"%", "a%", "%1", "%g0", "%0g", "%%41", "% 1"}) {
    EXPECT_FALSE(PercentDecode(bad, &out)) << bad;
    EXPECT_FALSE(FormDecode(bad, &out)) << bad;
  }
}

TEST(FormDecodeTest, TakesPlusForASpace) {
  std::string out = "old";
  ASSERT_TRUE(FormDecode("a+b%2Bc", &out));
  EXPECT_EQ(out, "a b+c");
}

TEST(PercentEncodeSegmentTest, EscapesWhatHasAMeaning) {
  std::string out = "x";
  PercentEncodeSegment("aZ09-._~!$'()*:@/?#%&=+,; \xc3\xa9\\", &out);
  EXPECT_EQ(out, "xaZ09-._~!$'()*:@%2F%3F%23%25%26%3D%2B%2C%3B%20%C3%A9%5C");
}

TEST(PercentEncodeTest, KeepsTheUnreservedAlone) {
  for (int c = 0; c < 256; ++c) {
    const std::string byte(1, static_cast<char>(c));
    std::string out, decoded;
    PercentEncode(byte, &out);
    EXPECT_EQ(out == byte, IsUnreserved(byte[0])) << c;
    EXPECT_TRUE(PercentDecode(out, &decoded) && decoded == byte) << c;
  }
}

TEST(IsUtf8Test, FollowsRfc3629) {
  for (std::string_view good : {"", "a", "\xc3\xa9", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(good));
  }
  for (std::string_view bad :
       {"\xc0\xaf", "\xe9", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

}  // namespace
}  // namespace headgate
