// Patterns with one repetition changed.
#include "cli/cases/mutants_pattern.h"

#include <string>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace headgate::test {
namespace {

std::string Describe(std::string_view pattern) {
  std::string text;
  for (const cli::PatternChange& change : cli::PatternChanges(pattern)) {
    StrAppend(&text, change.pattern, "\n");
  }
  return text;
}

TEST(MutantsPatternTest, CountedRepetitionsAreMovedByOne) {
  EXPECT_EQ(Describe("[0-9]{8}"), "[0-9]{7}\n[0-9]{9}\n");
  EXPECT_EQ(Describe("a{1,3}"), "a{0,3}\na{1,2}\na{2,3}\na{1,4}\n");
  EXPECT_EQ(Describe("a{0,}b{1}"), "a{1,}b{1}\na{0,}b{0}\na{0,}b{2}\n");
}

TEST(MutantsPatternTest, OtherQuantifiersAskForMoreOrForLess) {
  EXPECT_EQ(Describe("a+b*c?"), "a*b*c?\na+b+c?\na+b*c\n");
  // A lazy one is one.
  EXPECT_EQ(Describe("a+?"), "a*?\n");
}

TEST(MutantsPatternTest, WhatIsNoQuantifierStays) {
  EXPECT_EQ(Describe("[+*?{2}]"), "");
  EXPECT_EQ(Describe("\\+\\{2\\}"), "");
  EXPECT_EQ(Describe("(?:a|b)"), "");
  EXPECT_EQ(Describe("a{,2}"), "");
  EXPECT_EQ(Describe("a{2"), "");
}

}  // namespace
}  // namespace headgate::test
