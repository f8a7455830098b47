#include "proxy/http2/field_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "base/strings.h"
#include "tests/support/h2_server.h"

namespace headgate::http2 {
namespace {

using test::Literal;

// A field for the table: "x: VALUE", one byte long.
std::string Indexed(char value) {
  return StrCat("\x40\1x\1", std::string(1, value));
}
constexpr std::string_view kClosed = "\x20";        // a table of 0 bytes
constexpr std::string_view kOpen = "\x3f\xe1\x1f";  // of 4096
constexpr std::string_view kNewest = "\xbe";        // its first entry

class FieldReaderTest : public testing::Test {
 protected:
  std::string Read(std::string_view block) {
    std::string fields;
    const bool read =
        reader.Read(block, [&](std::string_view name, std::string_view value) {
          StrAppend(&fields, name, "=", value, " ");
        });
    return read ? fields : "broken";
  }

  FieldReader reader;
};

TEST_F(FieldReaderTest, ReadsFieldsInEveryForm) {
  EXPECT_EQ(Read(""), "");
  EXPECT_EQ(Read("\x88"), ":status=200 ");
  EXPECT_EQ(Read("\x88" + Literal("a", "b")), ":status=200 a=b ");
  EXPECT_EQ(Read(Indexed('1')), "x=1 ");
  EXPECT_EQ(Read(kNewest), "x=1 ");
  // "www.example.com" in Huffman's code (RFC 7541 C.4.1).
  EXPECT_EQ(Read("\x01\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"),
            ":authority=www.example.com ");
}

TEST_F(FieldReaderTest, RefusesWhatIsNoHpack) {
  for (const std::string_view block :
       {"\xff\xff\xff\xff\xff\xff", "\xfe", "\x80", "\x40", "\x40\1x",
        "\x40\5x", "\x88\x20", "\x3f\xe2\x1f", "\xff"}) {
    FieldReader fresh;
    EXPECT_FALSE(fresh.Read(block, [](std::string_view, std::string_view) {}))
        << testing::PrintToString(block);
  }
}

TEST_F(FieldReaderTest, ABlockStandsAloneWhereTheTableIsClosed) {
  EXPECT_FALSE(reader.StandsAlone("\x88"));  // HPACK's own, of 4096 bytes
  Read(StrCat(kClosed, "\x88"));
  EXPECT_TRUE(reader.StandsAlone("\x88"));
  EXPECT_TRUE(reader.StandsAlone(""));
  EXPECT_EQ(Read(Indexed('1')), "x=1 ");  // not kept
  EXPECT_EQ(Read(kNewest), "broken");
}

TEST_F(FieldReaderTest, NoBlockStandsAloneThatChangesTheTable) {
  Read(kClosed);
  EXPECT_FALSE(reader.StandsAlone(StrCat(kOpen, "\x88")));
  EXPECT_FALSE(reader.StandsAlone(StrCat(kClosed, "\x88")));
  Read(kOpen);
  EXPECT_FALSE(reader.StandsAlone("\x88"));
  EXPECT_EQ(Read(Indexed('1')), "x=1 ");
  EXPECT_EQ(Read(kNewest), "x=1 ");
  Read(kClosed);
  EXPECT_TRUE(reader.StandsAlone("\x88"));
}

}  // namespace
}  // namespace headgate::http2
