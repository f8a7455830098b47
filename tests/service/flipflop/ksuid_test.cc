#include "service/flipflop/ksuid.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace headgate::service::flipflop {
namespace {

// The example of the format's own description.
TEST(KsuidTest, WritesThePublishedExample) {
  const std::string random(
      "\xB5\xA1\xCD\x34\xB5\xF9\x9D\x11\x54\xFB\x68\x53\x34\x5C\x97\x35",
      kKsuidRandomBytes);
  EXPECT_EQ(FormatKsuid(1400000000 + 107608047, random),
            "0ujtsYcgvSTl8PAuAdqWYSMnLOv");
}

TEST(KsuidTest, HasAlways27CharactersFromTheLeastToTheGreatest) {
  const std::string zeros(kKsuidRandomBytes, '\0');
  const std::string ones(kKsuidRandomBytes, '\xff');
  EXPECT_EQ(FormatKsuid(1400000000, zeros), std::string(27, '0'));
  EXPECT_EQ(FormatKsuid(1400000000 + int64_t{0xffffffff}, ones),
            "aWgEPTl1tmebfsQzFP4bxwgy80V");
}

TEST(KsuidTest, KeepsTimesOutsideTheRangeAtItsEnds) {
  const std::string zeros(kKsuidRandomBytes, '\0');
  EXPECT_EQ(FormatKsuid(0, zeros), FormatKsuid(1400000000, zeros));
  EXPECT_EQ(FormatKsuid(int64_t{1} << 40, zeros),
            FormatKsuid(1400000000 + int64_t{0xffffffff}, zeros));
}

TEST(KsuidTest, SortsByTheTimeOfItsMaking) {
  const std::string ones(kKsuidRandomBytes, '\xff');
  const std::string zeros(kKsuidRandomBytes, '\0');
  EXPECT_LT(FormatKsuid(1767225600, ones), FormatKsuid(1767225601, zeros));
}

TEST(KsuidTest, MakesLettersAndDigitsAndNeverTheSameTwice) {
  const Instant now{1, 1767225600'000000};
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = MakeKsuid(now);
    EXPECT_EQ(id.size(), kKsuidCharacters);
    EXPECT_EQ(id.find_first_not_of("0123456789"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz"),
              std::string::npos)
        << id;
    made.insert(id);
  }
  EXPECT_EQ(made.size(), 1000u);
}

}  // namespace
}  // namespace headgate::service::flipflop
