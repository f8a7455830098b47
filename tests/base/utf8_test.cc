#include "base/utf8.h"

#include <array>
#include <string>

#include "base/percent.h"
#include "gtest/gtest.h"

namespace headgate {
namespace {

// The shortest beginning that is a text by itself.
size_t CharacterBytesByTrying(std::string_view text) {
  for (size_t bytes = 1; bytes <= 4 && bytes <= text.size(); ++bytes) {
    if (IsUtf8(text.substr(0, bytes))) return bytes;
  }
  return 0;
}

// All pairs of bytes, and behind each what decides: both ends of the
// continuation bytes and their neighbours.
TEST(CharacterBytesTest, AgreesWithTheValidatorOnEveryBeginning) {
  constexpr std::array<int, 4> kEnds = {0x7F, 0x80, 0xBF, 0xC0};
  std::string text(4, '\0');
  for (int pair = 0; pair < 0x10000; ++pair) {
    text[0] = static_cast<char>(pair >> 8);
    text[1] = static_cast<char>(pair & 0xFF);
    for (const int third : kEnds) {
      text[2] = static_cast<char>(third);
      for (const int fourth : kEnds) {
        text[3] = static_cast<char>(fourth);
        ASSERT_EQ(CharacterBytes(text), CharacterBytesByTrying(text))
            << pair << " " << third << " " << fourth;
      }
    }
  }
}

TEST(CharacterBytesTest, TakesNoCharacterThatTheTextCutsOff) {
  const std::string_view clef = "\xF0\x9D\x84\x9E";  // U+1D11E
  EXPECT_EQ(CharacterBytes(clef), 4u);
  for (size_t bytes = 0; bytes < clef.size(); ++bytes) {
    EXPECT_EQ(CharacterBytes(clef.substr(0, bytes)), 0u);
  }
}

TEST(Utf8Test, FindsAndCountsWhatIsInvalid) {
  EXPECT_EQ(FindInvalidUtf8("a\xC3\xA9"), std::string_view::npos);
  EXPECT_EQ(FindInvalidUtf8("a\xC3\xA9\xC3"), 3u);
  EXPECT_EQ(CharacterCount(""), 0u);
  EXPECT_EQ(CharacterCount("a\xC3\xA9\xFF\xC3"), 4u);
}

TEST(Utf8Test, ShowsNothingThatMovesWhatATerminalShows) {
  for (const char* shown : {"a", "\t", "~", "\xC3\xA9", "\xE2\x82\xAC",
                            "\xC2\xA0", "\xF0\x9D\x84\x9E"}) {
    EXPECT_TRUE(IsPrintableCharacter(shown)) << shown;
  }
  for (const char* hidden : {"\n", "\x1B", "\x7F", "\xC2\x85", "\xE2\x80\x8B",
                             "\xE2\x80\xAE", "\xE2\x81\xA6", "\xFF", "ab"}) {
    EXPECT_FALSE(IsPrintableCharacter(hidden)) << hidden;
  }
}

}  // namespace
}  // namespace headgate
