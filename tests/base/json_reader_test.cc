#include "base/json_reader.h"

#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/percent.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace headgate {
namespace {

std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::string Nested(int depth) {
  return Repeat("[", depth) + Repeat("]", depth);
}

TEST(JsonReaderTest, ReadsEveryKind) {
  JsonReader reader;
  const JsonValue root = reader.Read(
      R"( {"n":null,"t":true,"f":false,"i":-7,"u":18446744073709551615,)"
      R"("d":1.5e3,"s":"a\u0000\u00e9\ud83d\ude00\n",)"
      R"("a":[1,[2],{}],"o":{"x":1}} )");
  ASSERT_TRUE(root) << reader.error();
  ASSERT_TRUE(root.is_object());
  EXPECT_EQ(root.size(), 9u);
  EXPECT_TRUE(root.Find("n").is_null());
  EXPECT_TRUE(root.Find("t").boolean());
  EXPECT_FALSE(root.Find("f").boolean());
  EXPECT_EQ(root.Find("i").kind(), JsonValue::Kind::kInteger);
  EXPECT_EQ(root.Find("i").integer(), -7);
  EXPECT_EQ(root.Find("u").kind(), JsonValue::Kind::kUnsigned);
  EXPECT_EQ(root.Find("u").unsigned_integer(), 18446744073709551615u);
  EXPECT_EQ(root.Find("d").kind(), JsonValue::Kind::kDouble);
  EXPECT_EQ(root.Find("d").number(), 1500);
  EXPECT_EQ(root.Find("s").string(),
            std::string_view("a\0\xC3\xA9\xF0\x9F\x98\x80\n", 9));
  EXPECT_EQ(root.Find("a").size(), 3u);
  EXPECT_EQ(root.Find("o").Find("x").integer(), 1);
  EXPECT_FALSE(root.Find("absent"));
}

// A reader of validated bodies need not crash where a contract asks for less.
TEST(JsonReaderTest, WhatIsOfAnotherKindHoldsNothing) {
  JsonReader reader;
  const JsonValue root = reader.Read(R"({"n":1,"s":"x","a":[1],"o":{"x":1}})");
  for (const JsonValue value :
       {JsonValue(), root.Find("n"), root.Find("absent"),
        root.Find("n").Find("x")}) {
    EXPECT_EQ(value.string(), "");
    EXPECT_FALSE(value.Find("x"));
    for (const JsonValue item : value.items()) ADD_FAILURE() << item.string();
    for (const auto& [key, item] : value.members()) ADD_FAILURE() << key;
  }
  EXPECT_EQ(root.Find("a").string(), "");
  EXPECT_FALSE(root.Find("a").Find("x"));
  for (const auto& [key, item] : root.Find("a").members()) ADD_FAILURE() << key;
  for (const JsonValue item : root.Find("o").items())
    ADD_FAILURE() << item.string();
  EXPECT_FALSE(root.Find("s").Find("x"));
}

TEST(JsonReaderTest, KeepsTheOrderOfMembersAndItems) {
  JsonReader reader;
  const JsonValue root = reader.Read(R"({"b":[3,[9,9],1],"a":{"y":0},"c":2})");
  std::vector<std::string> keys;
  for (const auto [key, value] : root.members()) keys.emplace_back(key);
  EXPECT_THAT(keys, testing::ElementsAre("b", "a", "c"));
  std::vector<JsonValue::Kind> kinds;
  for (const JsonValue item : root.Find("b").items()) {
    kinds.push_back(item.kind());
  }
  EXPECT_THAT(kinds, testing::ElementsAre(JsonValue::Kind::kInteger,
                                          JsonValue::Kind::kArray,
                                          JsonValue::Kind::kInteger));
}

TEST(JsonReaderTest, RefusesWhatIsNotStrictJson) {
  const std::string_view kRefused[] = {
      "",
      " ",
      "{",
      "}",
      "[1,]",
      "[,1]",
      "{\"a\":1,}",
      "{\"a\"}",
      "{a:1}",
      "{'a':1}",
      "{1:1}",
      "[1 2]",
      "{} {}",
      "{}x",
      "1 1",
      "[]]",
      "nul",
      "nulll",
      "True",
      "NaN",
      "Infinity",
      "-Infinity",
      "[NaN]",
      "1e999",
      "[-1e999]",
      "01",
      "-",
      "+1",
      "1.",
      ".5",
      "1e",
      "0x10",
      "\"a",
      "\"\\x\"",
      "\"\\u12\"",
      "\"\t\"",
      "\"\n\"",
      "// c\n1",
      "/**/1",
      "\xEF\xBB\xBF{}",
      "\"\xC0\xAF\"",
      "\"\xED\xA0\x80\"",
      "\"\xF4\x90\x80\x80\"",
      "\"\x80\"",
      "\"\xC3\"",
      "\"\\ud800\"",
      "\"\\udc00\"",
      "\"\\ud800\\ud800\"",
      "\"\\ud83dx\"",
      "\"\\udc00\\ud800\"",
      "{\"\\udfff\":1}",
      R"({"usernames":["user":"user2"]})",
      "\f1",
      "1\v",
  };
  JsonReader reader;
  for (const std::string_view text : kRefused) {
    EXPECT_FALSE(reader.Read(text)) << text;
    EXPECT_NE(reader.error(), "") << text;
  }
  EXPECT_FALSE(reader.Read(std::string_view("{}\0", 3)));
  EXPECT_FALSE(reader.Read(std::string_view("\"\0\"", 3)));
  EXPECT_TRUE(reader.Read("{}")) << "a failure must leave no trace";
  EXPECT_EQ(reader.error(), "");
}

TEST(JsonReaderTest, RefusesDuplicateKeysWhereverTheyAre) {
  struct Case {
    std::string text, error;
  };
  const Case kCases[] = {
      {R"({"a":1,"a":1})", "duplicate key \"a\""},
      {R"({"a":1,"b":2,"\u0061":3})", "duplicate key \"a\""},
      {R"({"":1,"":2})", "duplicate key \"\""},
      {R"([{"x":{"b":1,"b":2}}])", "duplicate key \"b\""},
      {R"({"k":{"a":1},"l":{"a":1},"k":0})", "duplicate key \"k\""},
  };
  JsonReader reader;
  for (const Case& c : kCases) {
    EXPECT_FALSE(reader.Read(c.text)) << c.text;
    EXPECT_EQ(reader.error(), c.error);
  }
  EXPECT_TRUE(reader.Read(R"({"a":{"a":{"a":1}},"A":1,"a ":1})"));
}

TEST(JsonReaderTest, FindsDuplicatesInObjectsOfEverySize) {
  JsonReader reader;
  std::mt19937 random(1);
  for (int size = 2; size < 200; ++size) {
    std::vector<std::string> keys;
    for (int i = 0; i < size; ++i) keys.push_back(StrCat("key", i));
    const auto text = [&keys] {
      std::string members;
      for (const std::string& key : keys) {
        StrAppend(&members, members.empty() ? "" : ",", "\"", key, "\":[{}]");
      }
      return StrCat("{", members, "}");
    };
    EXPECT_TRUE(reader.Read(text())) << size;
    const size_t from = random() % keys.size();
    const size_t to = (from + 1 + random() % (keys.size() - 1)) % keys.size();
    keys[to] = keys[from];
    EXPECT_FALSE(reader.Read(text())) << size;
    EXPECT_EQ(reader.error(), StrCat("duplicate key \"", keys[from], "\""));
  }
}

TEST(JsonReaderTest, AMillionKeysTakeLinearTime) {
  std::string text = "{";
  for (int i = 0; i < 1000000; ++i) StrAppend(&text, "\"", i, "\":0,");
  StrAppend(&text, "\"x\":0}");
  JsonReader reader;
  const JsonValue root = reader.Read(text);
  ASSERT_TRUE(root);
  EXPECT_EQ(root.size(), 1000001u);
  text.replace(text.size() - 6, 3, "\"7\"");
  EXPECT_FALSE(reader.Read(text));
  EXPECT_EQ(reader.error(), "duplicate key \"7\"");
}

TEST(JsonReaderTest, BoundsTheDepth) {
  JsonReader reader;
  EXPECT_TRUE(reader.Read(Nested(64)));
  EXPECT_FALSE(reader.Read(Nested(65)));
  EXPECT_FALSE(reader.Read(Nested(100000)));
  EXPECT_TRUE(reader.Read(Repeat("{\"a\":", 64) + "1" + Repeat("}", 64)));
  EXPECT_FALSE(reader.Read(Repeat("{\"a\":", 65) + "1" + Repeat("}", 65)));
  EXPECT_FALSE(reader.Read(Repeat("[", 1000000)));
}

TEST(JsonReaderTest, NeedsNoPaddingAndReadsNothingBehindTheText) {
  JsonReader reader;
  for (size_t size = 0; size < 300; ++size) {
    // A buffer of just that size: ASan watches its end.
    const std::string text = "\"" + std::string(size, 'a') + "\"";
    const std::vector<char> exact(text.begin(), text.end());
    const JsonValue root = reader.Read({exact.data(), exact.size()});
    ASSERT_TRUE(root);
    EXPECT_EQ(root.string().size(), size);
  }
  EXPECT_EQ(reader.Read(std::string_view("12345", 2)).integer(), 12);
}

TEST(JsonReaderTest, SurvivesALargeTextBetweenSmallOnes) {
  JsonReader reader;
  EXPECT_TRUE(reader.Read("[1]"));
  const std::string large = "[\"" + std::string(9000000, 'x') + "\"]";
  EXPECT_TRUE(reader.Read(large));
  EXPECT_TRUE(reader.Read(large));
  const JsonValue root = reader.Read("[\"a\",2]");
  ASSERT_TRUE(root);
  EXPECT_EQ(root.size(), 2u);
}

TEST(JsonReaderTest, StringsChangeInPlace) {
  JsonReader reader;
  const JsonValue root = reader.Read(R"({"names":["Bob","A\u0041"]})");
  for (const JsonValue item : root.Find("names").items()) {
    char* text = reader.MutableString(item);
    for (size_t i = 0; i < item.size(); ++i) text[i] = AsciiLower(text[i]);
  }
  std::string out;
  JsonWriter(&out).Value(root);
  EXPECT_EQ(out, R"({"names":["bob","aa"]})");
}

// What is read and written again must read as the same text: the forwarded
// body means what the received one meant.
TEST(JsonReaderTest, RandomTextsAreRefusedOrStable) {
  constexpr std::string_view kPieces[] = {"{",          "}",
                                          "[",          "]",
                                          ",",          ":",
                                          "\"a\"",      "\"b\"",
                                          "1",          "-2.5",
                                          "1e300",      "null",
                                          "true",       " ",
                                          "\"",         "\\u00e9",
                                          "\\ud83d",    "\\ude00",
                                          "\xC3\xA9",   "\x80",
                                          "\\",         "18446744073709551615",
                                          "\"\\u0000\""};
  std::mt19937 random(7);
  JsonReader reader;
  int accepted = 0;
  for (int i = 0; i < 200000; ++i) {
    std::string text;
    for (size_t n = random() % 9 + 1; n > 0; --n) {
      text += kPieces[random() % std::size(kPieces)];
    }
    const JsonValue root = reader.Read(text);
    if (!root) continue;
    ++accepted;
    EXPECT_TRUE(IsUtf8(text));
    std::string once, twice;
    JsonWriter(&once).Value(root);
    const JsonValue again = reader.Read(once);
    ASSERT_TRUE(again) << text << " became " << once;
    JsonWriter(&twice).Value(again);
    EXPECT_EQ(once, twice);
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace headgate
