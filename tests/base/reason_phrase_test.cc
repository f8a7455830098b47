#include "base/reason_phrase.h"

#include "gtest/gtest.h"

namespace headgate {
namespace {

TEST(ReasonPhraseTest, KnowsThePhrasesOfTheRfcs) {
  EXPECT_EQ(ReasonPhrase(200), "OK");
  EXPECT_EQ(ReasonPhrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(ReasonPhrase(299), "Unknown");
  EXPECT_EQ(ReasonPhrase(42), "Unknown");
  EXPECT_EQ(ReasonPhrase(600), "Unknown");
}

}  // namespace
}  // namespace headgate
