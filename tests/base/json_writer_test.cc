#include "base/json_writer.h"

#include <cmath>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace headgate {
namespace {

TEST(JsonWriterTest, WritesEveryKindCompactlyAndInOrder) {
  std::string out = "x";
  JsonWriter writer(&out);
  writer.StartObject();
  writer.Member("s", "a\"b");
  writer.Member("i", -1);
  writer.Member("t", true);
  writer.Key("u");
  writer.Unsigned(std::numeric_limits<uint64_t>::max());
  writer.Key("d");
  writer.Number(0.1);
  writer.Key("a");
  writer.StartArray();
  writer.Null();
  writer.PlainString("v4.local.x_-");
  writer.PlainString("");
  writer.Boolean(false);
  writer.Integer(std::numeric_limits<int64_t>::min());
  writer.EndArray();
  writer.EndObject();
  EXPECT_EQ(
      out,
      R"(x{"s":"a\"b","i":-1,"t":true,"u":18446744073709551615,)"
      R"("d":0.1,"a":[null,"v4.local.x_-","",false,-9223372036854775808]})");
}

TEST(JsonWriterTest, EscapesWhatJsonEscapes) {
  std::string out;
  AppendJsonString(std::string_view("\"\\/\b\f\n\r\t\x01\x1f\0\x7f", 12), &out);
  EXPECT_EQ(out, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\\u0000\x7f\"");
}

TEST(JsonWriterTest, EscapedTextHasNoQuotesAround) {
  std::string out = "say ";
  AppendJsonEscaped("\"hi\"", &out);
  EXPECT_EQ(out, "say \\\"hi\\\"");
  AppendJsonEscaped("", &out);
  EXPECT_EQ(out, "say \\\"hi\\\"");
}

TEST(JsonWriterTest, BytesThatAreNoUtf8AreReplaced) {
  struct Case {
    std::string_view text, written;
  };
  const Case kCases[] = {
      {"\x80", "\"\xEF\xBF\xBD\""},
      {"a\xC3", "\"a\xEF\xBF\xBD\""},
      {"\xC3\xA9", "\"\xC3\xA9\""},
      {"\xC3\xA9\xFFz", "\"\xC3\xA9\xEF\xBF\xBDz\""},
      {"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"\xF0\x9F\x98\x80\xF0", "\"\xF0\x9F\x98\x80\xEF\xBF\xBD\""},
  };
  for (const Case& c : kCases) {
    std::string out;
    AppendJsonString(c.text, &out);
    EXPECT_EQ(out, c.written);
  }
}

TEST(JsonWriterTest, NumbersThatJsonLacksBecomeNull) {
  std::string out;
  JsonWriter writer(&out);
  writer.StartArray();
  writer.Number(std::nan(""));
  writer.Number(std::numeric_limits<double>::infinity());
  writer.Number(-0.0);
  writer.EndArray();
  EXPECT_EQ(out, "[null,null,-0.0]");
}

TEST(JsonWriterTest, ResetBeginsANewText) {
  std::string first, second;
  JsonWriter writer(&first);
  writer.StartArray();
  writer.EndArray();
  writer.Reset(&second);
  writer.StartObject();
  writer.EndObject();
  EXPECT_EQ(first, "[]");
  EXPECT_EQ(second, "{}");
}

}  // namespace
}  // namespace headgate
