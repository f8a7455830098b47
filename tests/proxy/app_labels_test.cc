#include "proxy/app_labels.h"

#include <gtest/gtest.h>

#include "base/crypto.h"

namespace headgate::proxy {
namespace {

TEST(AppLabelsTest, NamesAnAppByTheBeginningOfItsSha256) {
  AppLabels labels;
  // SHA-256 of "abc" begins with ba7816bf (FIPS 180-2, B.1).
  EXPECT_EQ(labels.For("abc"), "ba7816bf");
}

TEST(AppLabelsTest, NeverHoldsMoreThanItsBound) {
  AppLabels labels;
  for (size_t i = 0; i < 3 * AppLabels::kAppsMax; ++i) {
    const std::string app = StrCat("app", i);
    EXPECT_EQ(labels.For(app), HexEncode(AsBytes(Sha256(app)).substr(0, 4)));
    EXPECT_LE(labels.size(), AppLabels::kAppsMax);
  }
}

TEST(AppLabelsTest, SaysTheSameHoweverManyCameBetween) {
  AppLabels labels;
  const std::string kept(labels.For("kept"));
  for (size_t i = 0; i < 2 * AppLabels::kAppsMax; ++i) {
    labels.For(StrCat("app", i));
    if (i % 1000 == 0) {
      EXPECT_EQ(labels.For("kept"), kept);
    }
  }
}

TEST(AppLabelsTest, DoesNotKeepKeysThatAreTooLong) {
  AppLabels labels;
  const std::string app(AppLabels::kKeyBytesMax + 1, 'a');
  EXPECT_EQ(labels.For(app), HexEncode(AsBytes(Sha256(app)).substr(0, 4)));
  EXPECT_EQ(labels.size(), 0u);
}

}  // namespace
}  // namespace headgate::proxy
