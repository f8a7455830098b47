#include "proxy/http/field.h"

#include <string>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "proxy/http/chars.h"

namespace headgate::http {
namespace {

TEST(FieldTest, RecognisesEveryNameInEveryCase) {
  for (int i = 1; i < kFieldIds; ++i) {
    const FieldId id = static_cast<FieldId>(i);
    const std::string name(FieldName(id));
    std::string upper = name;
    for (char& c : upper) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    EXPECT_EQ(FindFieldId(name), id) << name;
    EXPECT_EQ(FindFieldId(AsciiLower(name)), id) << name;
    EXPECT_EQ(FindFieldId(upper), id) << name;
  }
}

TEST(FieldTest, TakesNoOtherNameForAKnownOne) {
  for (int i = 1; i < kFieldIds; ++i) {
    const std::string name(FieldName(static_cast<FieldId>(i)));
    EXPECT_EQ(FindFieldId(name + "x"), FieldId::kOther);
    EXPECT_EQ(FindFieldId("x" + name), FieldId::kOther);
    for (size_t at = 0; at < name.size(); ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string other = name;
        other[at] = static_cast<char>(c);
        if (!IsAll(other, kToken) || EqualsIgnoreCase(other, name)) continue;
        EXPECT_EQ(FindFieldId(other), FieldId::kOther) << other;
      }
    }
  }
  EXPECT_EQ(FindFieldId(""), FieldId::kOther);
}

TEST(FieldTest, KnowsWhatIsHopByHop) {
  EXPECT_EQ(FieldClassOf(FieldId::kTe), FieldClass::kHopByHop);
  EXPECT_EQ(FieldClassOf(FieldId::kHost), FieldClass::kEndToEnd);
  EXPECT_EQ(FieldClassOf(FieldId::kForwarded), FieldClass::kForwarding);
  EXPECT_EQ(FieldClassOf(FieldId::kXOriginalUrl), FieldClass::kOverride);
}

TEST(CharsTest, FindsABadByteAtEveryPlaceOfAValue) {
  for (int c = 0; c < 256; ++c) {
    const bool good = c == '\t' || (c >= 0x20 && c != 0x7f);
    for (size_t at = 0; at < 20; ++at) {
      std::string text(20, 'a');
      text[at] = static_cast<char>(c);
      EXPECT_EQ(IsFieldText(text), good) << c << " at " << at;
      if (at > 0) text[at - 1] = '\t';
      EXPECT_EQ(IsFieldText(text), good) << c << " at " << at;
    }
  }
}

}  // namespace
}  // namespace headgate::http
