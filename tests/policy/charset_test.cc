#include "policy/charset.h"

#include <random>
#include <string>

#include "gtest/gtest.h"
#include "re2/re2.h"

namespace headgate::policy {
namespace {

// The oracle: RE2 on each byte, taken as Latin-1 so that every byte is one
// character.
void ExpectSameAsRe2(const std::string& text, const Charset& charset) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_dot_nl(true);
  const re2::RE2 expression("[" + text + "]", options);
  ASSERT_TRUE(expression.ok()) << text << ": " << expression.error();
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(charset.Contains(c),
              re2::RE2::FullMatch(re2::StringPiece(&c, 1), expression))
        << "[" << text << "], byte " << byte;
  }
}

TEST(CharsetTest, MeansWhatRe2Means) {
  for (const std::string text :
       {"a-zA-Z0-9_.-", "0-9", "-a",    "a-",        "-",  "\\-", "a\\-z",
        "!-\"$-~",      "\\]", "\\\\",  "\\^a",      "a^", "[",   "+--",
        "a-z\\-0-9",    " ",   "{}()*", "\x01-\x7f", "a",  "aa",  "a-a"}) {
    std::string error;
    const auto charset = Charset::Parse(text, &error);
    ASSERT_TRUE(charset) << text << ": " << error;
    ExpectSameAsRe2(text, *charset);
  }
}

TEST(CharsetTest, RandomClassesMeanWhatRe2Means) {
  constexpr std::string_view kPieces = "az09AZ-_.^[]\\:~! |dws&";
  std::mt19937 random(3);
  int taken = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string text;
    for (size_t n = random() % 7 + 1; n > 0; --n) {
      text += kPieces[random() % kPieces.size()];
    }
    std::string error;
    const auto charset = Charset::Parse(text, &error);
    if (!charset) {
      EXPECT_NE(error, "");
      continue;
    }
    ++taken;
    ExpectSameAsRe2(text, *charset);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(taken, 200);
}

TEST(CharsetTest, RefusesWhatCouldBeReadInTwoWays) {
  struct Case {
    std::string text, error;
  };
  const Case kCases[] = {
      {"", "a charset must have a character"},
      {"^a", "a leading '^' must be written as '\\^'"},
      {"a]", "']' must be written as '\\]'"},
      {"a-c-e", "a '-' that is no range must be first, last or '\\-'"},
      {"z-a", "the range ends before it begins: 'z-a'"},
      {"a\\", "'\\' must stand before a punctuation character"},
      {"\\d", "'\\' must stand before a punctuation character"},
      {"[:alpha:]",
       "named classes cannot be in a charset; write out the ranges"},
      {"\xC3\xA9", "only ASCII characters can be in a charset; use a pattern"},
  };
  for (const Case& c : kCases) {
    std::string error;
    EXPECT_FALSE(Charset::Parse(c.text, &error)) << c.text;
    EXPECT_EQ(error, c.error) << c.text;
  }
}

TEST(CharsetTest, UpperCaseIsAddedWhereLowerCaseIs) {
  std::string error;
  auto charset = Charset::Parse("a-f0-9", &error);
  ASSERT_TRUE(charset);
  EXPECT_FALSE(charset->Contains('A'));
  charset->AddUpperCaseOfLower();
  EXPECT_TRUE(charset->ContainsAll("0aAfF"));
  EXPECT_FALSE(charset->Contains('g'));
  EXPECT_FALSE(charset->Contains('G'));
}

}  // namespace
}  // namespace headgate::policy
