#include "proxy/app_labels.h"

#include <gtest/gtest.h>

#include "base/crypto.h"

namespace headgate::proxy {
namespace {

Secret Key() { return Secret("0123456789abcdef0123456789abcdef"); }

TEST(AppLabelsTest, NamesAnAppByTheBeginningOfItsSha256) {
  AppLabels labels(Key());
  // SHA-256 of "abc" begins with ba7816bf (FIPS 180-2, B.1).
  EXPECT_EQ(labels.For("abc").log_name, "ba7816bf");
}

TEST(AppLabelsTest, PartitionKeyDependsOnTheProcessAndTheApp) {
  AppLabels labels(Key());
  AppLabels same(Key());
  AppLabels other(NewAppLabelKey());
  const std::string key = labels.For("acme#chat").partition_key;
  EXPECT_EQ(key.front(), ':');
  EXPECT_EQ(key.back(), ':');
  EXPECT_EQ(same.For("acme#chat").partition_key, key);
  EXPECT_NE(other.For("acme#chat").partition_key, key);
  EXPECT_NE(labels.For("acme#mail").partition_key, key);
}

TEST(AppLabelsTest, NeverHoldsMoreThanItsBound) {
  AppLabels labels(Key());
  for (size_t i = 0; i < 3 * AppLabels::kAppsMax; ++i) {
    const std::string app = StrCat("app", i);
    EXPECT_EQ(labels.For(app).log_name,
              HexEncode(AsBytes(Sha256(app)).substr(0, 4)));
    EXPECT_LE(labels.size(), AppLabels::kAppsMax);
  }
}

TEST(AppLabelsTest, KeepsWhatIsAskedForAgain) {
  AppLabels labels(Key());
  const std::string kept = labels.For("kept").partition_key;
  for (size_t i = 0; i < 2 * AppLabels::kAppsMax; ++i) {
    labels.For(StrCat("app", i));
    if (i % 1000 == 0) {
      EXPECT_EQ(labels.For("kept").partition_key, kept);
    }
  }
}

TEST(AppLabelsTest, DoesNotKeepKeysThatAreTooLong) {
  AppLabels labels(Key());
  const std::string app(AppLabels::kKeyBytesMax + 1, 'a');
  EXPECT_EQ(labels.For(app).log_name,
            HexEncode(AsBytes(Sha256(app)).substr(0, 4)));
  EXPECT_EQ(labels.size(), 0u);
}

TEST(AppLabelsTest, EachProcessGetsAnotherKey) {
  EXPECT_EQ(NewAppLabelKey().Reveal().size(), 32u);
  EXPECT_NE(NewAppLabelKey().Reveal(), NewAppLabelKey().Reveal());
}

}  // namespace
}  // namespace headgate::proxy
