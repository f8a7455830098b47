#include "proxy/http/framing.h"

#include "gtest/gtest.h"

namespace headgate::http {
namespace {

TEST(ParseContentLengthTest, TakesDigitsThatFitInto63Bits) {
  EXPECT_EQ(ParseContentLength("0"), 0u);
  EXPECT_EQ(ParseContentLength("0042"), 42u);
  EXPECT_EQ(ParseContentLength("9223372036854775807"), uint64_t{INT64_MAX});
  for (std::string_view bad :
       {"", "-1", "+1", "1 ", " 1", "1,1", "0x1", "1e3", "9223372036854775808",
        "00000000000000000001", "\xd9\xa1"}) {
    EXPECT_EQ(ParseContentLength(bad), std::nullopt) << bad;
  }
}

TEST(IsAuthorityTest, FollowsRfc3986AndRefusesLists) {
  for (std::string_view good :
       {"a", "a.example", "a.example:", "a.example:80", "A-b_c~d", "127.0.0.1",
        "127.0.0.1:65535", "[::1]", "[::1]:", "[2001:db8::1]:8080",
        "[::ffff:1.2.3.4]", "0.0.0.0=5000", "a%C3%A9", "xn--bcher-kva.example",
        "a:00080"}) {
    EXPECT_TRUE(IsAuthority(good)) << good;
  }
  for (std::string_view bad : {"",
                               ":80",
                               "a:b",
                               "a:80:80",
                               "a:65536",
                               "a:999999",
                               "a:-1",
                               "a,b",
                               "a b",
                               "a/b",
                               "a?b",
                               "a#b",
                               "u@a",
                               "a\\b",
                               "[::1",
                               "::1",
                               "[::1]x",
                               "[]",
                               "[]:80",
                               "[:::]",
                               "[v1.a]",
                               "[fe80::1%25eth0]",
                               "[127.0.0.1]",
                               "a%",
                               "a%4",
                               "a%zz",
                               "a%00",
                               "a%2f",
                               "a%40",
                               "a\xc3\xa9",
                               "a\"",
                               "<a>",
                               "x[::1]"}) {
    EXPECT_FALSE(IsAuthority(bad)) << bad;
  }
}

TEST(SameAuthorityTest, KnowsCaseAndDefaultPorts) {
  EXPECT_TRUE(SameAuthority("A.b", "a.B:80", "80"));
  EXPECT_TRUE(SameAuthority("a:", "a", "443"));
  EXPECT_TRUE(SameAuthority("[::1]", "[::1]:80", "80"));
  EXPECT_FALSE(SameAuthority("a", "a:80", "443"));
  EXPECT_FALSE(SameAuthority("a", "b", "80"));
}

}  // namespace
}  // namespace headgate::http
