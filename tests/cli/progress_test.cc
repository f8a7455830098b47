#include "cli/progress.h"

#include "gtest/gtest.h"

namespace headgate::cli {
namespace {

TEST(ProgressTest, DrawsABarOfTwentyParts) {
  EXPECT_EQ(ProgressLine("backing up", 0),
            "backing up  [--------------------]   0 %");
  EXPECT_EQ(ProgressLine("backing up", 57),
            "backing up  [###########---------]  57 %");
  EXPECT_EQ(ProgressLine("backing up", 100),
            "backing up  [####################] 100 %");
}

}  // namespace
}  // namespace headgate::cli
