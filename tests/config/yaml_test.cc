#include "config/yaml.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "base/strings.h"
#include "config/print.h"

namespace headgate::config {
namespace {

using Strings = std::vector<std::string>;

struct Parsed {
  std::optional<Node> node;
  std::string problems;
};

Parsed Parse(std::string text) {
  Diagnostics diagnostics;
  Parsed parsed;
  parsed.node = ParseYaml(
      std::make_shared<const SourceFile>(SourceFile{"f.yaml", std::move(text)}),
      &diagnostics);
  parsed.problems = diagnostics.ToString();
  return parsed;
}

// A compact picture of a tree: {k: [v, "quoted", ~]}.
std::string Picture(const Node& node) {
  if (node.is_null()) return "~";
  if (node.is_scalar()) return node.quoted ? "'" + node.text + "'" : node.text;
  Strings parts;
  for (const Node& item : node.items) parts.push_back(Picture(item));
  for (const Entry& entry : node.entries) {
    parts.push_back(entry.key + ": " + Picture(entry.value));
  }
  return node.is_list() ? "[" + Join(parts, ", ") + "]"
                        : "{" + Join(parts, ", ") + "}";
}

TEST(YamlTest, ReadsWhatOperatorsWrite) {
  struct Row {
    const char *text, *picture;
  };
  const Row rows[] = {
      {"", "~"},
      {"# only a comment\n", "~"},
      {"a: 1\nb: [x, 'y', \"z\\n\"]\n", "{a: 1, b: [x, 'y', 'z\n']}"},
      {"a:\n  - b: 1\n    c: 2\n  - d\n", "{a: [{b: 1, c: 2}, d]}"},
      {"a:\nb: ~\nc: null\nd: ''\n", "{a: ~, b: ~, c: ~, d: ''}"},
      {"{id: k2, secret: {file: token-k2.key}}",
       "{id: k2, secret: {file: token-k2.key}}"},
      {"request: POST /{org}/{app}\n", "{request: POST /{org}/{app}}"},
      {"a: |\n  two\n  lines\n", "{a: 'two\nlines\n'}"},
      {"a: &x {b: 1}\nc: *x\n", "{a: {b: 1}, c: {b: 1}}"},
      {"a: &x key\n*x : b\n", "{a: key, key: b}"},
      {"a: !!str 12\nb: !!seq [1]\nc: !!map {d: 1}\n",
       "{a: 12, b: [1], c: {d: 1}}"},
      {"\xEF\xBB\xBFkey: v\r\nother: w\r\n", "{key: v, other: w}"},
      {"---\na: 1\n...\n", "{a: 1}"},
  };
  for (const Row& row : rows) {
    const Parsed parsed = Parse(row.text);
    ASSERT_TRUE(parsed.node) << row.text << parsed.problems;
    EXPECT_EQ(parsed.problems, "") << row.text;
    EXPECT_EQ(Picture(*parsed.node), row.picture) << row.text;
  }
}

TEST(YamlTest, KnowsThePlaceOfEveryKeyAndValue) {
  const Parsed parsed = Parse(
      "\xEF\xBB\xBF\u00e4\u00f6: {k: \"\u20ac\", l: 12}\r\n"
      "list:\n  - one\nempty:\nlast: *\n");
  EXPECT_FALSE(parsed.node);
  const Node node = *Parse(
                         "\u00e4\u00f6: {k: \"\u20ac\", l: 12}\r\n"
                         "list:\n  - one\nempty:\nlast: v\n")
                         .node;
  EXPECT_EQ(node.entries[0].key_at.ToString(), "f.yaml:1:1");
  EXPECT_EQ(node.entries[0].key_at.length, 2);
  const Node& map = node.entries[0].value;
  EXPECT_EQ(map.at.ToString(), "f.yaml:1:5");
  EXPECT_EQ(map.Find("k")->at.ToString(), "f.yaml:1:9");
  EXPECT_EQ(map.Find("k")->at.length, 3);
  EXPECT_EQ(map.entries[1].key_at.ToString(), "f.yaml:1:14");
  EXPECT_EQ(map.Find("l")->at.ToString(), "f.yaml:1:17");
  EXPECT_EQ(node.Find("list")->items[0].at.ToString(), "f.yaml:3:5");
  EXPECT_EQ(node.Find("empty")->at.ToString(), "f.yaml:4:1");
  EXPECT_EQ(node.Find("last")->at.ToString(), "f.yaml:5:7");
  EXPECT_EQ(node.Find("absent"), nullptr);
}

TEST(YamlTest, RefusesWithAPlaceAndAReason) {
  struct Row {
    std::string text, problems;
  };
  const Row rows[] = {
      {"a: 1\nb: 2\na: 3\n",
       "f.yaml:3:1: error: duplicate key \"a\"\n  a: 3\n  ^\n"
       "the first is at f.yaml:1:1\n\n1 error\n"},
      {"a: 1\n---\nb: 2\n",
       "f.yaml:2:1: error: expected one YAML document, found a second\n"
       "  ---\n  ^\n"
       "if none was meant: is the line indented like those above?\n\n"
       "1 error\n"},
      {"a: !secret x\n",
       "f.yaml:1:12: error: YAML tags (!name) are not used here\n"
       "  a: !secret x\n             ^\nremove the tag\n\n1 error\n"},
      {"a: &x {b: *x}\n",
       "f.yaml:1:11: error: an alias stands inside of itself\n"
       "  a: &x {b: *x}\n            ^\n\n1 error\n"},
      {"a: *x\n",
       "f.yaml:1:4: error: not YAML: the referenced anchor is not defined\n"
       "  a: *x\n     ^\n\n1 error\n"},
      {"a: &x {b: 1}\nc: {<<: *x}\n",
       "f.yaml:2:5: error: merge keys (<<) are not supported\n"
       "  c: {<<: *x}\n      ^~\n"
       "write the keys out, or give the whole value an alias\n\n1 error\n"},
      {"{[a]: b}\n",
       "f.yaml:1:2: error: expected a word as key, found a list or a map\n"
       "  {[a]: b}\n   ^\n\n1 error\n"},
      {"? {a: b}\n: c\n",
       "f.yaml:1:3: error: expected a word as key, found a list or a map\n"
       "  ? {a: b}\n    ^\n\n1 error\n"},
      {"\"a\\u001b\": 1\n\"a\\u001b\": 2\n",
       "f.yaml:2:1: error: duplicate key \"a?\"\n  \"a\\u001b\": 2\n"
       "  ^~~~~~~~~\nthe first is at f.yaml:1:1\n\n1 error\n"},
      {"a: b: c\n",
       "f.yaml:1:5: error: not YAML: illegal map value\n  a: b: c\n      ^\n"
       "a text with \": \" in it needs quotes\n\n1 error\n"},
      {"a: &x \"open\nb: \\\"\n",
       "f.yaml:1:7: error: the closing quote is missing\n"
       "  a: &x \"open\n        ^\n\n1 error\n"},
      {"a: 'it''s\n",
       "f.yaml:1:4: error: the closing quote is missing\n"
       "  a: 'it''s\n     ^\n\n1 error\n"},
      {"a: 1\nb: [1, 2\nc: 3\n",
       "f.yaml:2:4: error: not YAML: end of sequence flow not found\n"
       "  b: [1, 2\n     ^\na \"]\" or \",\" is missing\n\n1 error\n"},
      {"a: b\n\tc: d\n",
       "f.yaml:2:1: error: not YAML: a tab indents this line\n"
       "  \tc: d\n  ^\nindent with spaces, not tabs\n\n1 error\n"},
      {"a:\n  b:\n  \tc: d\n",
       "f.yaml:3:3: error: not YAML: a tab indents this line\n"
       "  \tc: d\n  ^\nindent with spaces, not tabs\n\n1 error\n"},
      {"a:\n\t- b\n",
       "f.yaml:2:1: error: not YAML: a tab indents this line\n"
       "  \t- b\n  ^\nindent with spaces, not tabs\n\n1 error\n"},
      {"a: 1\nb: \xFF\n",
       "f.yaml:2:4: error: expected UTF-8 text\n  b: ?\n     ^\n\n1 error\n"},
      {"a: \xC0\xAF\n",
       "f.yaml:1:4: error: expected UTF-8 text\n  a: ??\n     ^\n\n1 error\n"},
      {std::string("a: \0b\n", 6),
       "f.yaml:1:4: error: expected text, found a NUL byte\n  a: ?b\n     ^\n\n"
       "1 error\n"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Parse(row.text).problems, row.problems) << row.text;
  }
}

TEST(YamlTest, GoesOnAfterADuplicateKeyWithTheFirst) {
  const Parsed parsed = Parse("a: 1\na: 2\na: 3\n");
  ASSERT_TRUE(parsed.node);
  EXPECT_EQ(Picture(*parsed.node), "{a: 1}");
  EXPECT_TRUE(parsed.problems.ends_with("2 errors\n"));
}

TEST(YamlTest, BoundsDepth) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(Parse(nested(kYamlDepthMax)).node);
  EXPECT_EQ(Parse("a: " + nested(kYamlDepthMax)).problems,
            "f.yaml:1:67: error: nested too deeply: at most 64 levels\n  ..." +
                std::string(60, '[') + "[" + std::string(59, ']') + "...\n" +
                std::string(65, ' ') + "^\n\n1 error\n");
}

// What costs a naive reader its memory or its time ends at once here.
TEST(YamlTest, EndsAtOnceOnWhatIsMadeToBeExpensive) {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    StrAppend(&laughs, "a", i, ": &a", i, " [");
    for (int j = 0; j < 10; ++j) StrAppend(&laughs, "*a", i - 1, ",");
    laughs += "]\n";
  }
  std::string long_text = "a: &a " + std::string(1 << 20, 'x') + "\nb: [";
  for (int i = 0; i < 1000; ++i) long_text += "*a,";
  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) {
    StrAppend(&deep, "a", i, ": &a", i, " [*a", i - 1, "]\n");
  }
  std::string many_keys;
  for (int i = 0; i < 105000; ++i) StrAppend(&many_keys, "key", i, ": 1\n");
  const auto times = [](size_t count, std::string_view part) {
    std::string text;
    while (text.size() < count * part.size()) text += part;
    return text;
  };
  struct Row {
    std::string why, text, message;
  };
  const Row rows[] = {
      {"billion laughs", laughs, "too large: at most 200000 values"},
      {"a long text many times", long_text + "]", "too large"},
      {"a ladder of aliases", deep, "nested too deeply"},
      {"many items", "[" + times(300000, "x,") + "]", "too large"},
      {"many keys", many_keys + many_keys, "too large"},
      {"a file that is too long", std::string(kYamlBytesMax + 1, 'x'),
       "too large: at most 4 MiB, found 4194305 bytes"},
      {"open brackets", std::string(500000, '['), "1 error"},
      {"open braces", std::string(500000, '{'), ""},
      {"dashes", times(100000, "- "), "nested too deeply"},
      {"question marks", times(100000, "? "), ""},
      {"colons", times(100000, ": "), ""},
      {"anchors", times(100000, "&a "), "not YAML"},
      {"exclamation marks", times(100000, "! "), "not YAML"},
      {"quotes", times(100000, "\"\" "), ""},
      {"an open quote", "\"" + times(100000, "a\n"), "quote is missing"},
      {"directives", times(100000, "%A b\n"), ""},
      {"documents", times(100000, "---\n"), "a second"},
      {"keys in a line", times(100000, "a: "), "not YAML"},
  };
  for (const Row& row : rows) {
    const std::clock_t begin = std::clock();
    const std::string problems = Parse(row.text).problems;
    const double seconds =
        static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    EXPECT_NE(problems.find(row.message), std::string::npos)
        << row.why << ": " << problems.substr(0, 500);
    EXPECT_LT(seconds, 5) << row.why;
  }
}

TEST(YamlTest, PrintsWhatItReads) {
  const char kText[] =
      "plain: word\n"
      "list:\n"
      "  - a: 1\n"
      "    b:\n"
      "      - x\n"
      "      - []\n"
      "  - {}\n"
      "empty: []\n"
      "\"a key: odd\": v\n";
  const Parsed parsed = Parse(kText);
  ASSERT_TRUE(parsed.node) << parsed.problems;
  EXPECT_EQ(PrintYaml(*parsed.node), kText);
}

TEST(YamlTest, QuotesWhatOtherReadersCouldMistake) {
  for (const char* text :
       {"true",         "No",         "12",         "1.5",
        "0x1F",         "1e5",        "2024-01-01", "~",
        "null",         "-",          "a: b",       "a #b",
        "*x",           "&x",         "!x",         "%x",
        "@x",           "`x",         "[a",         "{a",
        "\u00e4",       "two\nlines", "",           " a",
        "a ",           "key:",       "12:30:45",   "'",
        "\"",           "word",       "a/b.c",      "acme#chat",
        "127.0.0.1:80", "1..64",      "http://a:1"}) {
    Node node;
    node.kind = Node::Kind::kScalar;
    node.text = text;
    node.quoted = true;
    const Parsed parsed = Parse("k: " + PrintYaml(node));
    ASSERT_TRUE(parsed.node) << text << parsed.problems;
    EXPECT_EQ(parsed.node->Find("k")->text, text);
  }
}

}  // namespace
}  // namespace headgate::config
