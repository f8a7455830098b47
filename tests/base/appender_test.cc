#include "base/appender.h"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace headgate {
namespace {

TEST(AppenderTest, AppendsTextsAndNumbersBehindWhatIsThere) {
  std::string out = "before ";
  Appender(&out).Add("a", std::string("bc"), std::string_view(), 0, -7, "");
  EXPECT_EQ(out, "before abc0-7");
  Appender(&out).Add();
  EXPECT_EQ(out, "before abc0-7");
}

TEST(AppenderTest, WritesTheLongestNumbersInTheSmallestRoom) {
  std::string out;
  Appender(&out, 0).Add(std::numeric_limits<int64_t>::min(), " ",
                        std::numeric_limits<uint64_t>::max(), " ",
                        std::numeric_limits<int>::min());
  EXPECT_EQ(out, "-9223372036854775808 18446744073709551615 -2147483648");
}

// StrAppend is the oracle, whatever the room and the pieces.
TEST(AppenderTest, EqualsStrAppend) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string expected(random() % 40, 'x');
    std::string out = expected;
    {
      Appender appender(&out, random() % 64);
      for (size_t pieces = random() % 8; pieces > 0; --pieces) {
        const std::string text(random() % 100, 'y');
        const auto number = static_cast<int64_t>(random());
        appender.Add(text, number);
        StrAppend(&expected, text, number);
      }
    }
    ASSERT_EQ(out, expected);
  }
}

}  // namespace
}  // namespace headgate
