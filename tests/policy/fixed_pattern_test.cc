#include "policy/fixed_pattern.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "re2/re2.h"

namespace headgate::policy {
namespace {

constexpr char kUuid[] =
    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{"
    "12}";

TEST(FixedPatternTest, MatchesAUuidAndNothingElse) {
  const auto pattern = FixedPattern::Parse(kUuid);
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->Matches("6f0c6a51-2f4e-4A3e-9d0a-00000000000F"));
  for (const std::string_view other :
       {"", "6f0c6a51", "6f0c6a51-2f4e-4a3e-9d0a-00000000000",
        "6f0c6a51-2f4e-4a3e-9d0a-0000000000001",
        "6f0c6a51-2f4e-4a3e-9d0a-00000000000g",
        "6f0c6a51_2f4e-4a3e-9d0a-000000000001",
        "6f0c6a51-2f4e-4a3e-9d0a-00000000000\xc3"}) {
    EXPECT_FALSE(pattern->Matches(other)) << other;
  }
}

TEST(FixedPatternTest, LeavesEveryOtherExpressionToRe2) {
  for (const std::string_view expression : {"a*",
                                            "a+",
                                            "a?",
                                            "a|b",
                                            "(a)",
                                            "a{2,3}",
                                            "a{2,}",
                                            "a{,3}",
                                            "a{0}",
                                            "a{1000}",
                                            "a{x}",
                                            "a{",
                                            "[^a]",
                                            "[a",
                                            "[]a]",
                                            "[[:alpha:]]",
                                            "\\d",
                                            ".",
                                            "^a",
                                            "a$",
                                            "(?i)a",
                                            "\\x41",
                                            "[a-z]{200}[a-z]{57}",
                                            "\xc3\xa9",
                                            "[\xc3\xa9]",
                                            "[z-a]",
                                            "a{3}{2}",
                                            "{2}",
                                            "[a]*",
                                            " ",
                                            "a b"}) {
    EXPECT_FALSE(FixedPattern::Parse(expression)) << expression;
  }
  EXPECT_TRUE(FixedPattern::Parse("[a-z]{200}[a-z]{56}"));
}

TEST(FixedPatternTest, TellsThirtyTwoClassesApartAndLeavesMoreToRe2) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz012345";
  const auto pattern = FixedPattern::Parse(letters + letters);
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->Matches(letters + letters));
  EXPECT_FALSE(pattern->Matches(letters + "bacdefghijklmnopqrstuvwxyz012345"));
  EXPECT_FALSE(pattern->Matches(letters + "abcdefghijklmnopqrstuvwxyz012354"));
  EXPECT_FALSE(FixedPattern::Parse(letters + "6"));
}

TEST(FixedPatternTest, TheEmptyExpressionTakesTheEmptyText) {
  const auto pattern = FixedPattern::Parse("");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->Matches(""));
  EXPECT_FALSE(pattern->Matches("a"));
}

// RE2 is the oracle: random expressions of what is taken, and of what is not.
class RandomPatterns {
 public:
  std::string Expression() {
    static const std::vector<std::string> kPieces = {
        "[0-9a-f]", "[a-c]",       "[-a]",     "[a-]",  "[\\]\\[]", "[.+*]",
        "[$^]",     "a",           "B",        "7",     "-",        "_",
        ":",        "/",           "[0-9]{2}", "a{3}",  "-{2}",     "[b]{1}",
        "@",        "%",           "<",        "[,-.]", "[{}|()]",  "[\\\\]",
        "[\\-x]",   "[a-zA-Z_]{4}"};
    std::string text;
    for (size_t count = random_() % 5; count > 0; --count) {
      text += kPieces[random_() % kPieces.size()];
    }
    return text;
  }
  std::string Text() {
    static constexpr std::string_view kBytes =
        "abcdefABCxyz0179-_:/.+*$^[]{}|()\\,@%<\n\xc3\xa9 ";
    std::string text;
    for (size_t count = random_() % 7; count > 0; --count) {
      text += kBytes[random_() % kBytes.size()];
    }
    return text;
  }

 private:
  std::mt19937_64 random_{20261122};
};

TEST(FixedPatternTest, MatchesAsRe2Does) {
  RandomPatterns random;
  int taken = 0, matched = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string expression = random.Expression();
    const auto pattern = FixedPattern::Parse(expression);
    ASSERT_TRUE(pattern) << expression;
    const re2::RE2 oracle(expression);
    ASSERT_TRUE(oracle.ok()) << expression;
    ++taken;
    for (int j = 0; j < 50; ++j) {
      const std::string text = random.Text();
      const bool matches = pattern->Matches(text);
      ASSERT_EQ(matches, re2::RE2::FullMatch(text, oracle))
          << expression << " and " << text;
      matched += matches ? 1 : 0;
    }
  }
  EXPECT_GT(matched, taken / 2);
}

}  // namespace
}  // namespace headgate::policy
