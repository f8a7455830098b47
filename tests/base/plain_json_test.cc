#include "base/plain_json.h"

#include <random>
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "gtest/gtest.h"

namespace headgate {
namespace {

std::string ObjectOf(int members) {
  std::string text = "{";
  for (int i = 0; i < members; ++i) {
    if (i > 0) text += ",";
    text += "\"key" + std::to_string(i) + "\":" + std::to_string(i);
  }
  return text + "}";
}

const std::vector<std::string>& PlainTexts() {
  static const std::vector<std::string> texts = {
      "{}",
      "[]",
      "[\"\"]",
      "[0]",
      "[-0]",
      "[-999999999999999999]",
      "[true,false,null]",
      " \t\r\n[ 1 , 2 ] \n",
      R"({"":0,"a":{"a":[]},"b":[{},[[]],"x"]})",
      R"({ "action" : "post" , "timestamp" : 1542544296075 })",
      R"(["a text of more than eight bytes","\"\\\/\b\f\n\r\t"])",
      R"({"data":{"result":true,"action":"add_member","id":"66213271109633",)"
      R"("user":"user3"},"timestamp":1542544296075,"duration":0})",
      ObjectOf(16),
      std::string(16, '[') + std::string(16, ']'),
  };
  return texts;
}

TEST(PlainJsonTest, TakesWhatIsPlain) {
  JsonReader reader;
  for (const std::string& text : PlainTexts()) {
    EXPECT_TRUE(IsPlainlyJson(text)) << text;
    EXPECT_TRUE(reader.Read(text)) << text;
  }
}

// The reader takes these: they are no mistakes.
TEST(PlainJsonTest, LeavesTheRestToTheReader) {
  JsonReader reader;
  for (const std::string& text : std::vector<std::string>{
           "0", "\"a\"", "true", "[1.5]", "[1e3]", "[-1E-3]",
           "[1234567890123456789]", R"(["\u0041"])", "[\"\xC3\xA9\"]",
           R"({"\n":1})", R"({"a\u0000":1})", ObjectOf(17),
           std::string(17, '[') + std::string(17, ']')}) {
    EXPECT_FALSE(IsPlainlyJson(text)) << text;
    EXPECT_TRUE(reader.Read(text)) << text;
  }
}

const std::vector<std::string>& BrokenTexts() {
  static const std::vector<std::string> texts = {
      "",
      " ",
      "{",
      "}",
      "[",
      "]",
      "[1",
      "[1,",
      "[1,]",
      "[,1]",
      "[1 2]",
      "[1]]",
      "[1}",
      "{\"a\"}",
      "{\"a\":}",
      "{\"a\":1,}",
      "{\"a\" 1}",
      "{a:1}",
      "{1:1}",
      "{,}",
      "{\"a\":1 \"b\":2}",
      "01",
      "-",
      "-01",
      "+1",
      ".5",
      "1.",
      "1e",
      "tru",
      "truee",
      "nul",
      "False",
      "\"",
      "\"a",
      "\"\\",
      "\"\\\"",
      "\"\\x\"",
      "\"\n\"",
      std::string("\"\0\"", 3),
      std::string("0\0", 2),
      "\"\x7f\xff\"",
      "1 1",
      "{}{}",
      "\f1",
      "\xEF\xBB\xBF{}",
      R"({"a":1,"a":2})",
      R"({"":1,"":2})",
      R"({"a":{"b":1,"b":1}})",
      R"({"a":1,"b":2,"c":3,"a":4})"};
  return texts;
}

TEST(PlainJsonTest, TakesNothingThatTheReaderRefuses) {
  JsonReader reader;
  for (const std::string& text : BrokenTexts()) {
    for (const std::string& tried : {text, "[" + text + "]", "[" + text + "}",
                                     "{\"k\":" + text + "}", text + "]"}) {
      EXPECT_LE(IsPlainlyJson(tried), static_cast<bool>(reader.Read(tried)))
          << tried;
    }
    EXPECT_FALSE(IsPlainlyJson(text)) << text;
    EXPECT_FALSE(reader.Read(text)) << text;
  }
}

// Every cut of a good text, and a hundred thousand damaged ones.
TEST(PlainJsonTest, AgreesWithTheReaderOnDamagedTexts) {
  constexpr std::string_view kBytes = "{}[]\",:\\0129-.eEtrufalsn \n\t\x01\x80";
  JsonReader reader;
  std::mt19937 random(7);
  const auto below = [&random](size_t bound) { return random() % bound; };
  int taken = 0;
  for (const std::string& good : PlainTexts()) {
    for (size_t size = 0; size < good.size(); ++size) {
      const std::string cut = good.substr(0, size);
      EXPECT_LE(IsPlainlyJson(cut), static_cast<bool>(reader.Read(cut))) << cut;
    }
    for (int i = 0; i < 6000; ++i) {
      std::string text = good;
      for (size_t changes = 1 + below(3); changes > 0 && !text.empty();
           --changes) {
        const size_t at = below(text.size());
        const char byte = kBytes[below(kBytes.size())];
        switch (below(3)) {
          case 0:
            text[at] = byte;
            break;
          case 1:
            text.insert(at, 1, byte);
            break;
          default:
            text.erase(at, 1);
        }
      }
      const bool plain = IsPlainlyJson(text);
      taken += plain;
      EXPECT_LE(plain, static_cast<bool>(reader.Read(text))) << text;
    }
  }
  EXPECT_GT(taken, 1000);  // the damage leaves some of them plain
}

TEST(PlainJsonTest, TheSpanEndsAtTheFirstByteThatNeedsAnEscape) {
  for (size_t before = 0; before < 20; ++before) {
    const std::string plain(before, 'x');
    EXPECT_EQ(PlainJsonSpan(plain), before);
    EXPECT_TRUE(IsPlainJson(plain));
    for (const char c : {'"', '\\', '\x1f', '\0', '\x80', '\xff'}) {
      const std::string text = plain + c + "and eleven more";
      EXPECT_EQ(PlainJsonSpan(text), before) << text;
      EXPECT_FALSE(IsPlainJson(text));
    }
    EXPECT_EQ(PlainJsonSpan(plain + "\x7f "), before + 2);
  }
}

}  // namespace
}  // namespace headgate
