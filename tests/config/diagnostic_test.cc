#include "config/diagnostic.h"

#include <gtest/gtest.h>

#include <string>

namespace headgate::config {
namespace {

Location Place(std::string text, int line, int column, int length = 1) {
  return {.file = std::make_shared<const SourceFile>(
              SourceFile{"headgate.yaml", std::move(text)}),
          .line = line,
          .column = column,
          .length = length};
}

std::string Show(const Location& at) {
  return Diagnostic{at, "no", ""}.ToString();
}

TEST(DiagnosticTest, ShowsThePlaceTheLineACaretAndAHint) {
  const Location at =
      Place("listeners:\n      - adress: 127.0.0.1:8080\n", 2, 9, 6);
  const Diagnostic diagnostic = {at, "unknown key \"adress\"",
                                 "did you mean \"address\"?"};
  EXPECT_EQ(diagnostic.ToString(),
            "headgate.yaml:2:9: error: unknown key \"adress\"\n"
            "  - adress: 127.0.0.1:8080\n"
            "    ^~~~~~\n"
            "did you mean \"address\"?");
}

TEST(DiagnosticTest, ColoursOnlyIfAsked) {
  EXPECT_EQ((Diagnostic{Place("a: 1\n", 1, 4), "no", ""}).ToString(true),
            "\033[1mheadgate.yaml:1:4: \033[0m\033[1;31merror: \033[0m"
            "\033[1mno\033[0m\n  a: 1\n  \033[1;32m   ^\033[0m");
}

TEST(DiagnosticTest, NeedsNoLine) {
  EXPECT_EQ(Show(Place("a: 1\n", 0, 0)), "headgate.yaml: error: no");
  EXPECT_EQ(Show(Location()), "(default): error: no");
  EXPECT_EQ(Show(Place("a: 1\n", 7, 3)), "headgate.yaml:7:3: error: no");
}

TEST(DiagnosticTest, PutsTheCaretWhereTheColumnIs) {
  struct Row {
    const char* why;
    Location at;
    const char* shown;
  };
  const Row rows[] = {
      {"beyond the end", Place("abc", 1, 90), "  abc\n     ^"},
      {"an underline that would pass the end", Place("abc", 1, 2, 50),
       "  abc\n   ^~"},
      {"a line with CR LF", Place("ab\r\ncd\r\n", 1, 2), "  ab\n   ^"},
      {"a tab before", Place("a\tb", 1, 3), "  a\tb\n   \t^"},
      {"tabs as indentation, which are cut", Place("\t\ta", 1, 3), "  a\n  ^"},
      {"inside of the indentation", Place("    a", 1, 3), "    a\n  ^"},
      {"characters of several bytes", Place("\u00e4\u20ac: b", 1, 5),
       "  \u00e4\u20ac: b\n      ^"},
      {"a byte order mark", Place("\xEF\xBB\xBFkey", 1, 1), "  key\n  ^"},
  };
  for (const Row& row : rows) {
    const std::string shown = Show(row.at);
    EXPECT_EQ(shown.substr(shown.find('\n') + 1), row.shown) << row.why;
  }
}

TEST(DiagnosticTest, ShowsNothingThatCouldDriveATerminal) {
  const std::string shown =
      Show(Place("a\x1b[31m\x07 \xC2\x9B \xE2\x80\xAE \xFF z", 1, 1));
  EXPECT_EQ(shown, "headgate.yaml:1:1: error: no\n  a?[31m? ? ? ? z\n  ^");
}

TEST(DiagnosticTest, CutsALongLineAroundTheCaret) {
  const std::string line = std::string(500, 'a') + "X" + std::string(500, 'b');
  EXPECT_EQ(Show(Place(line, 1, 501, 400)),
            "headgate.yaml:1:501: error: no\n  ..." + std::string(60, 'a') +
                "X" + std::string(59, 'b') + "...\n  " + std::string(63, ' ') +
                "^" + std::string(59, '~'));
  EXPECT_EQ(Show(Place(line, 1, 1)), "headgate.yaml:1:1: error: no\n  " +
                                         std::string(120, 'a') + "...\n  ^");
}

TEST(DiagnosticTest, StarsOutWhatStandsBehindTheKeyOfASecret) {
  struct Row {
    const char *line, *shown;
  };
  const Row rows[] = {
      {"api_key: hunter2", "api_key: *******"},
      {"api_kye: hunter2 # old", "api_kye: ******* # old"},
      {"- {name: a, api_key: hunter2, x: 1}",
       "- {name: a, api_key: *******, x: 1}"},
      {"client_secret: \"a, b} c\"", "client_secret: *********"},
      {"{\"api_secret\" : 'hunter2', x: 1}",
       "{\"api_secret\" : *********, x: 1}"},
      {"secret: \"open", "secret: *****"},
      {"password: a b: c", "password: ******"},
      {"certificate: 5CFd2fd1", "certificate: ********"},
      {"certificate: cert.pem", "certificate: cert.pem"},
      {"secret: {file: token.key}", "secret: {file: token.key}"},
      {"keys: [{id: a, secret: b}, {id: c, secret: d}]",
       "keys: [{id: a, secret: *}, {id: c, secret: *}]"},
      {"{\"api_key\":\"hunter2\"}", "{\"api_key\":*********}"},
      {"{api_key: \"a\\\"b, c\", x: 1}", "{api_key: *********, x: 1}"},
      {"{api_key: 'a''b, c', x: 1}", "{api_key: *********, x: 1}"},
      {"{api_key: [a, b], x: 1}", "{api_key: *************"},
      {"{api_key: {hunter2: 1}}", "{api_key: *************"},
      {"api_key: { file: a.key }", "api_key: { file: a.key }"},
      {"url: http://a:1 # api_url", "url: http://a:1 # api_url"},
      {"key: key.pem", "key: key.pem"},
      {"api_key:", "api_key:"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(
        Show(Place(row.line, 1, 1)),
        std::string("headgate.yaml:1:1: error: no\n  ") + row.shown + "\n  ^");
  }
  Location at = Place("  hunter2", 1, 3, 7);
  at.secret = true;
  EXPECT_EQ(Show(at), "headgate.yaml:1:3: error: no\n  *******\n  ^~~~~~~");
}

TEST(DiagnosticTest, QuotesOutsideTextsShortAndPrintable) {
  EXPECT_EQ(Quote("word"), "\"word\"");
  EXPECT_EQ(Quote("a\x1b[2J\n"), "\"a?[2J?\"");
  EXPECT_EQ(Quote(std::string(60, 'x')), "\"" + std::string(60, 'x') + "\"");
  EXPECT_EQ(Quote(std::string(61, 'x')), "\"" + std::string(60, 'x') + "...\"");
}

TEST(DiagnosticsTest, SortsByPlaceAndCounts) {
  const auto file =
      std::make_shared<const SourceFile>(SourceFile{"a.yaml", "x\ny\n"});
  Diagnostics diagnostics;
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(diagnostics.ToString(), "");
  diagnostics.Add({.file = file, .line = 2, .column = 1}, "second");
  diagnostics.Add({.file = file, .line = 1, .column = 1}, "first", "hint");
  diagnostics.Add({.file = file}, "whole");
  EXPECT_EQ(diagnostics.ToString(),
            "a.yaml: error: whole\n\n"
            "a.yaml:1:1: error: first\n  x\n  ^\nhint\n\n"
            "a.yaml:2:1: error: second\n  y\n  ^\n\n"
            "3 errors\n");
}

TEST(DiagnosticsTest, KeepsSomeAndCountsAll) {
  Diagnostics diagnostics;
  for (size_t i = 0; i < kDiagnosticsMax + 5; ++i) {
    diagnostics.Add(Location(), "again");
  }
  EXPECT_TRUE(diagnostics.full());
  EXPECT_EQ(diagnostics.Sorted().size(), kDiagnosticsMax);
  const std::string text = diagnostics.ToString();
  EXPECT_TRUE(text.ends_with("205 errors, the first 200 shown\n")) << text;
}

}  // namespace
}  // namespace headgate::config
