#include "proxy/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "base/json_reader.h"

namespace headgate::proxy {
namespace {

using ::testing::MatchesRegex;

// What the log writes to standard error while `body` runs.
template <typename Body>
std::string Captured(const LogOptions& options, const Body& body) {
  testing::internal::CaptureStderr();
  SetUpLog(options);
  body();
  std::string text = testing::internal::GetCapturedStderr();
  SetUpLog({});
  return text;
}

TEST(LogTest, PlainLinesHaveTimeAndLevel) {
  const std::string text =
      Captured({}, [] { spdlog::warn("disk {} is full", "a"); });
  EXPECT_THAT(text, MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9:]+\\.[0-9]+Z "
                                 "warning disk a is full\n"));
}

TEST(LogTest, JsonLinesEscapeTheMessage) {
  std::string text = Captured({.level = "info", .json = true, .color = false},
                              [] { spdlog::error("a \"b\"\n\x01"); });
  ASSERT_EQ(text.back(), '\n');
  text.pop_back();
  EXPECT_EQ(text.find('\n'), text.npos);
  JsonReader reader;
  const JsonValue root = reader.Read(text);
  ASSERT_TRUE(root) << reader.error();
  EXPECT_EQ(root.Find("level").string(), "error");
  EXPECT_EQ(root.Find("message").string(), "a \"b\"\n\x01");
  EXPECT_TRUE(root.Find("time"));
}

TEST(LogTest, LeavesOutWhatIsBelowItsLevel) {
  const struct {
    const char* level;
    const char* expected;
  } kCases[] = {
      {"debug", "debug info warning error "}, {"info", "info warning error "},
      {"warning", "warning error "},          {"error", "error "},
      {"nonsense", "info warning error "},
  };
  for (const auto& test : kCases) {
    const std::string text =
        Captured({.level = test.level, .json = false, .color = false}, [] {
          spdlog::debug("x");
          spdlog::info("x");
          spdlog::warn("x");
          spdlog::error("x");
        });
    std::string seen;
    for (const char* level : {"debug", "info", "warning", "error"}) {
      if (text.find(std::string(" ") + level + " x\n") != text.npos) {
        seen += std::string(level) + " ";
      }
    }
    EXPECT_EQ(seen, test.expected) << test.level;
  }
}

TEST(LogTest, ColoursTheLevelOnlyIfAsked) {
  const auto warn = [] { spdlog::warn("x"); };
  EXPECT_NE(Captured({.color = true}, warn).find('\033'), std::string::npos);
  EXPECT_EQ(Captured({.color = false}, warn).find('\033'), std::string::npos);
}

TEST(PrintableTest, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(Printable("plain"), "plain");
  EXPECT_EQ(Printable("a\nb\r\x1b[31m\x7f"), "a\\x0ab\\x0d\\x1b[31m\\x7f");
  EXPECT_EQ(Printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(Printable("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(Printable("\xc3("), "\\xc3(");
  EXPECT_EQ(Printable("\xff"), "\\xff");
  // U+0085 is a control character of two bytes.
  EXPECT_EQ(Printable("\xc2\x85"), "\\xc2\\x85");
}

TEST(PrintableTest, ShowsNoMoreThanItMay) {
  EXPECT_EQ(Printable("abcdef", 4), "abcd... (6 bytes)");
  // A character is never cut.
  EXPECT_EQ(Printable("abc\xc3\xbc"
                      "def",
                      4),
            "abc\xc3\xbc... (8 bytes)");
}

}  // namespace
}  // namespace headgate::proxy
