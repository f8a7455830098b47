// Charsets with one class less or more.
#include "cli/cases/mutants_charset.h"

#include <string>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "policy/charset.h"
#include "policy/pattern.h"

namespace headgate::test {
namespace {

using cli::CharsetChange;

// "without a-z: 0-9; with A-Z: ..."
std::string Describe(const std::vector<CharsetChange>& changes) {
  std::string text;
  for (const CharsetChange& change : changes) {
    StrAppend(&text, change.widens ? "with " : "without ", change.classes, " (",
              change.example, "): ", change.charset, "\n");
  }
  return text;
}

TEST(MutantsCharsetTest, EachClassThatIsHeldIsTakenAwayAndEachOtherAdded) {
  EXPECT_EQ(Describe(cli::CharsetChanges("a-z0-9_.", /*folds=*/false)),
            "without a-z ('a'): \\.0-9\\_\n"
            "without 0-9 ('0'): \\.\\_a-z\n"
            "without '.' ('.'): 0-9\\_a-z\n"
            "without '_' ('_'): \\.0-9a-z\n"
            "with A-Z ('A'): \\.0-9A-Z\\_a-z\n"
            "with punctuation ('!'): \\!-\\@\\[-\\~\n"
            "with spaces (a space):  \\.0-9\\_a-z\n");
}

// All in one class, and nothing that would leave an empty charset.
TEST(MutantsCharsetTest, ManyMarksAreOneClassAndTheLastClassStays) {
  EXPECT_EQ(Describe(cli::CharsetChanges("!-/", /*folds=*/false)),
            "with a-z ('a'): \\!-\\/a-z\n"
            "with A-Z ('A'): \\!-\\/A-Z\n"
            "with 0-9 ('0'): \\!-9\n"
            "with punctuation (':'): \\!-\\/\\:-\\@\\[-\\`\\{-\\~\n"
            "with spaces (a space):  -\\/\n");
}

TEST(MutantsCharsetTest, EveryChangeIsACharset) {
  for (const char* charset : {"a-zA-Z0-9_.-", "!-\"$-~", "a-f0-9", "\\]\\^"}) {
    const auto changes = cli::CharsetChanges(charset, /*folds=*/false);
    EXPECT_FALSE(changes.empty());
    for (const CharsetChange& change : changes) {
      std::string error;
      EXPECT_TRUE(policy::Charset::Parse(change.charset, &error))
          << change.charset << ": " << error;
    }
  }
  EXPECT_TRUE(cli::CharsetChanges("a]", /*folds=*/false).empty());
}

TEST(MutantsCharsetTest, APatternTakesTheCharsetAndWhatIsNotAscii) {
  EXPECT_EQ(cli::PatternBeyondAscii("a-z-"), "[\\-a-z\\x{80}-\\x{10FFFF}]*");
  std::string error;
  const auto pattern =
      policy::Pattern::Compile(cli::PatternBeyondAscii("a-z-"), &error);
  ASSERT_NE(pattern, nullptr) << error;
  EXPECT_TRUE(pattern->Matches("a-é"));
  EXPECT_FALSE(pattern->Matches("a_"));
}

}  // namespace
}  // namespace headgate::test
