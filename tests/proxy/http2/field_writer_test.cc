// What is written is read again by nghttp2 (FieldReader), the oracle.
#include "proxy/http2/field_writer.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/strings.h"
#include "proxy/http2/field_reader.h"

namespace headgate::http2 {
namespace {

class FieldWriterTest : public testing::Test {
 protected:
  // The fields of the next head on this connection: "name: value\n"...
  std::string Write(std::string_view head) {
    block.clear();
    writer.Append(head, &block);
    std::string fields;
    EXPECT_TRUE(
        reader.Read(block, [&](std::string_view name, std::string_view value) {
          StrAppend(&fields, name, ": ", value, "\n");
        }));
    return fields;
  }

  FieldWriter writer;
  FieldReader reader;
  std::string block;
};

TEST_F(FieldWriterTest, WritesARequest) {
  EXPECT_EQ(Write("GET /a?b=c HTTP/1.1\r\nHost: a.example\r\n"
                  "Content-Type: text/plain\r\nX-Own: 1\r\n\r\n"),
            ":method: GET\n:scheme: http\n:path: /a?b=c\n"
            ":authority: a.example\ncontent-type: text/plain\nx-own: 1\n");
}

TEST_F(FieldWriterTest, WritesAnyMethodAndTarget) {
  for (const std::string_view method :
       {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"}) {
    EXPECT_EQ(Write(StrCat(method, " * HTTP/1.1\r\nHost: \r\n\r\n")),
              StrCat(":method: ", method,
                     "\n:scheme: http\n:path: *\n:authority: \n"));
  }
}

TEST_F(FieldWriterTest, LeavesOutWhatHttp2Forbids) {
  EXPECT_EQ(Write("GET / HTTP/1.1\r\nHost: a\r\nConnection: x-a\r\n"
                  "Keep-Alive: 5\r\nTransfer-Encoding: chunked\r\n"
                  "Upgrade: h2c\r\nTE: gzip\r\nProxy-Connection: a\r\n\r\n"),
            ":method: GET\n:scheme: http\n:path: /\n:authority: a\n");
  EXPECT_EQ(Write("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n"),
            ":method: GET\n:scheme: http\n:path: /\n:authority: a\n"
            "te: trailers\n");
}

TEST_F(FieldWriterTest, KeepsNoCredentialsInAnyTable) {
  Write("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: s\r\nCookie: t\r\n\r\n");
  // "Never indexed", with the names' numbers in the static table.
  EXPECT_NE(block.find("\x1f\x08\1s"), block.npos);
  EXPECT_NE(block.find("\x1f\x11\1t"), block.npos);
}

TEST_F(FieldWriterTest, SaysOnceThatItsTableIsClosed) {
  Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(block, "\x20\x82\x86\4\1/\1\1a");
  Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(block, "\x82\x86\4\1/\1\1a");
}

// A size is said in one byte up to 126, in more beyond.
TEST_F(FieldWriterTest, WritesTextsOfEverySize) {
  for (size_t size = 0; size < 700; ++size) {
    const std::string name(size + 1, 'x');
    const std::string value(size, 'y');
    EXPECT_EQ(Write(StrCat("GET /", value, " HTTP/1.1\r\nHost: a\r\n", name,
                           ": ", value, "\r\n\r\n")),
              StrCat(":method: GET\n:scheme: http\n:path: /", value,
                     "\n:authority: a\n", name, ": ", value, "\n"));
  }
  const std::string large(60'000, 'z');
  EXPECT_EQ(
      Write(StrCat("GET / HTTP/1.1\r\nHost: a\r\nx: ", large, "\r\n\r\n")),
      StrCat(":method: GET\n:scheme: http\n:path: /\n:authority: a\nx: ", large,
             "\n"));
}

// A line that begins as a remembered one does is not that one; lines beyond
// those that are remembered, and long ones, are written all the same.
TEST_F(FieldWriterTest, WritesWhatChangedHoweverMuchIsRemembered) {
  std::mt19937 random(1);
  std::vector<std::string> lines(40);
  for (int round = 0; round < 2000; ++round) {
    std::string head = StrCat("POST /", round, " HTTP/1.1\r\nHost: a\r\n");
    std::string fields = StrCat(":method: POST\n:scheme: http\n:path: /", round,
                                "\n:authority: a\n");
    const size_t count = random() % lines.size();
    for (size_t i = 0; i < count; ++i) {
      std::string& value = lines[i];
      if (random() % 4 == 0) {
        value.assign(random() % 8 == 0 ? 500 + random() % 40 : random() % 4,
                     static_cast<char>('a' + random() % 2));
      }
      // A name that is known, one that is dropped, or others.
      const std::string name = i % 7 == 3   ? "accept"
                               : i % 7 == 5 ? "upgrade"
                                            : StrCat("x", i % 3);
      StrAppend(&head, i % 2 == 0 ? AsciiLower(name) : name, ": ", value,
                "\r\n");
      if (name != "upgrade") StrAppend(&fields, name, ": ", value, "\n");
    }
    ASSERT_EQ(Write(head + "\r\n"), fields) << round;
  }
}

}  // namespace
}  // namespace headgate::http2
