#include "config/reader.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

namespace headgate::config {
namespace {

Node ParseText(const std::string& text) {
  Diagnostics diagnostics;
  return ParseYaml(
             std::make_shared<const SourceFile>(SourceFile{"f.yaml", text}),
             &diagnostics)
      .value_or(Node());
}

// The first message and its hint: "message | hint".
std::string FirstProblem(const Diagnostics& diagnostics) {
  if (diagnostics.empty()) return "";
  const Diagnostic first = diagnostics.Sorted()[0];
  return first.hint.empty() ? first.message
                            : first.message + " | " + first.hint;
}

// What a reading makes of a text: its value or its problem.
using Reading = std::function<std::string(const Node&, Diagnostics*)>;

struct Row {
  const char *text, *result;
};

void ExpectReadings(const Reading& reading, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    Diagnostics diagnostics;
    const std::string value = reading(ParseText(row.text), &diagnostics);
    const std::string problem = FirstProblem(diagnostics);
    EXPECT_EQ(problem.empty() ? value : problem, row.result) << row.text;
    EXPECT_TRUE(problem.empty() || value.empty()) << row.text;
  }
}

TEST(ReaderTest, ReadsStrings) {
  ExpectReadings(
      [](const Node& node, Diagnostics* diagnostics) {
        std::string value;
        ReadString(node, diagnostics, &value);
        return value;
      },
      {{"word", "word"},
       {"12", "12"},
       {"'a b'", "a b"},
       {"true", "true"},
       {"''", "expected a string, found \"\""},
       {"", "expected a string, found nothing"},
       {"~", "expected a string, found nothing"},
       {"[a]", "expected a string, found a list"},
       {"{a: b}", "expected a string, found a map"}});
}

TEST(ReaderTest, ReadsBooleans) {
  ExpectReadings(
      [](const Node& node, Diagnostics* diagnostics) {
        bool value = false;
        if (!ReadBool(node, diagnostics, &value)) return std::string();
        return std::string(value ? "T" : "F");
      },
      {{"true", "T"},
       {"false", "F"},
       {"yes", "expected true or false, found \"yes\""},
       {"True", "expected true or false, found \"True\""},
       {"[]", "expected true or false, found a list"}});
}

TEST(ReaderTest, ReadsIntegers) {
  const auto reading = [](Range range) {
    return [range](const Node& node, Diagnostics* diagnostics) {
      int64_t value = 0;
      if (!ReadInteger(node, range, diagnostics, &value)) return std::string();
      return std::to_string(value);
    };
  };
  ExpectReadings(
      reading({1, 256}),
      {{"1", "1"},
       {"256", "256"},
       {"'12'", "12"},
       {"0", "expected an integer from 1 to 256, found \"0\""},
       {"257", "expected an integer from 1 to 256, found \"257\""},
       {"+1", "expected an integer from 1 to 256, found \"+1\""},
       {"1.0", "expected an integer from 1 to 256, found \"1.0\""},
       {"1e2", "expected an integer from 1 to 256, found \"1e2\""},
       {"0x10", "expected an integer from 1 to 256, found \"0x10\""},
       {"99999999999999999999",
        "expected an integer from 1 to 256, found \"99999999999999999999\""}});
  ExpectReadings(reading({.min = 1}),
                 {{"-5", "expected an integer of at least 1, found \"-5\""}});
  ExpectReadings(reading({.min = -5}), {{"-5", "-5"}});
}

TEST(ReaderTest, ReadsSizes) {
  ExpectReadings(
      [](const Node& node, Diagnostics* diagnostics) {
        int64_t value = 0;
        if (!ReadBytes(node, {1024, 1 << 30}, diagnostics, &value)) {
          return std::string();
        }
        return BytesText(value);
      },
      {{"16KiB", "16KiB"},
       {"1MiB", "1MiB"},
       {"1GiB", "1GiB"},
       {"2000", "2000B"},
       {"2048B", "2KiB"},
       {"512", "expected a size from 1KiB to 1GiB, found \"512\""},
       {"2GiB", "expected a size from 1KiB to 1GiB, found \"2GiB\""},
       {"16KB",
        "expected a size from 1KiB to 1GiB, found \"16KB\" | "
        "units: B, KiB, MiB, GiB"},
       {"16 KiB",
        "expected a size from 1KiB to 1GiB, found \"16 KiB\" | "
        "units: B, KiB, MiB, GiB"},
       {"9999999999GiB",
        "expected a size from 1KiB to 1GiB, found \"9999999999GiB\" | "
        "units: B, KiB, MiB, GiB"}});
}

TEST(ReaderTest, ReadsDurations) {
  ExpectReadings(
      [](const Node& node, Diagnostics* diagnostics) {
        absl::Duration value;
        if (!ReadDuration(node, {absl::Milliseconds(1), absl::Hours(24 * 7)},
                          diagnostics, &value)) {
          return std::string();
        }
        return DurationText(value);
      },
      {{"10s", "10s"},
       {"500ms", "500ms"},
       {"1500ms", "1500ms"},
       {"60s", "1m"},
       {"24h", "1d"},
       {"7d", "7d"},
       {"1500us", "1500us"},
       {"8d", "expected a duration from 1ms to 7d, found \"8d\""},
       {"10",
        "expected a duration from 1ms to 7d, found \"10\" | "
        "units: us, ms, s, m, h, d"},
       {"10 s",
        "expected a duration from 1ms to 7d, found \"10 s\" | "
        "units: us, ms, s, m, h, d"},
       {"1.5s",
        "expected a duration from 1ms to 7d, found \"1.5s\" | "
        "units: us, ms, s, m, h, d"},
       {"-1s",
        "expected a duration from 1ms to 7d, found \"-1s\" | "
        "units: us, ms, s, m, h, d"},
       {"s",
        "expected a duration from 1ms to 7d, found \"s\" | "
        "units: us, ms, s, m, h, d"}});
}

TEST(ReaderTest, ReadsRates) {
  const std::string expected =
      "expected a rate such as 100/s or 5/500ms, found ";
  const std::string units = " | units: us, ms, s, m, h, d";
  const auto problem = [&](const char* found) {
    return expected + found + units;
  };
  const std::string missing = problem("\"100\""),
                    fortnight = problem("\"1/w\""),
                    nothing = problem("\"1/0s\""), list = problem("a list"),
                    negative = problem("\"-1/s\""), empty = problem("\"1/\"");
  ExpectReadings(
      [](const Node& node, Diagnostics* diagnostics) {
        Rate rate;
        if (!ReadRate(node, diagnostics, &rate)) return std::string();
        return std::to_string(rate.limit) + "/" + DurationText(rate.window);
      },
      {{"100/s", "100/1s"},
       {"10/m", "10/1m"},
       {"5/500ms", "5/500ms"},
       {"1/d", "1/1d"},
       {"0/s", "0/1s"},
       {"100", missing.c_str()},
       {"1/w", fortnight.c_str()},
       {"1/0s", nothing.c_str()},
       {"-1/s", negative.c_str()},
       {"1/", empty.c_str()},
       {"[100/s]", list.c_str()}});
}

TEST(ReaderTest, ReadsRanges) {
  ExpectReadings(
      [](const Node& node, Diagnostics* diagnostics) {
        Range range;
        if (!ReadRange(node, diagnostics, &range)) return std::string();
        return RangeText(range);
      },
      {{"1..64", "1..64"},
       {"1..", "1.."},
       {"..9", "0..9"},
       {"7", "7..7"},
       {"9..3", "expected a range such as 1..64, 1.. or ..9, found \"9..3\""},
       {"..", "expected a range such as 1..64, 1.. or ..9, found \"..\""},
       {"1...3", "expected a range such as 1..64, 1.. or ..9, found \"1...3\""},
       {"1-3", "expected a range such as 1..64, 1.. or ..9, found \"1-3\""},
       {"[1, 3]", "expected a range such as 1..64, 1.. or ..9, found a list"}});
}

TEST(ReaderTest, ReadsChoices) {
  ExpectReadings(
      [](const Node& node, Diagnostics* diagnostics) {
        size_t index = 9;
        if (!ReadChoice(node, {"reject", "delay", "ignore"}, diagnostics,
                        &index)) {
          return std::string();
        }
        return std::to_string(index);
      },
      {{"reject", "0"},
       {"delay", "1"},
       {"dellay",
        "expected reject, delay or ignore, found \"dellay\" | "
        "did you mean \"delay\"?"},
       {"429", "expected reject, delay or ignore, found \"429\""},
       {"{a: 1}", "expected reject, delay or ignore, found a map"}});
}

TEST(ReaderTest, ReadsListsOfStringsAndReportsEachBadOne) {
  Diagnostics diagnostics;
  Strings strings = {"before"};
  EXPECT_FALSE(
      ReadStrings(ParseText("[a, [b], c, {}]"), &diagnostics, &strings));
  EXPECT_EQ(strings, Strings{"before"});
  EXPECT_EQ(diagnostics.Sorted().size(), 2u);
  EXPECT_TRUE(ReadStrings(ParseText("[a, b]"), &diagnostics, &strings));
  EXPECT_EQ(strings, (Strings{"a", "b"}));
  EXPECT_FALSE(ReadStrings(ParseText("a"), &diagnostics, &strings));
}

TEST(MapReaderTest, ReportsTheKeysThatNobodyAskedFor) {
  const Node node = ParseText("head: 1\nbdoy: 2\nzzz: 3\n");
  Diagnostics diagnostics;
  {
    MapReader map(node, &diagnostics);
    int64_t head = 0;
    std::optional<int64_t> body = 5;
    EXPECT_TRUE(map.Integer("head", {0, 9}, &head));
    EXPECT_EQ(head, 1);
    EXPECT_FALSE(map.Integer("body", {0, 9}, &body));
    EXPECT_EQ(body, 5);
    EXPECT_EQ(map.Require("tail"), nullptr);
    EXPECT_EQ(map.at().ToString(), "f.yaml:1:1");
  }
  EXPECT_EQ(diagnostics.ToString(),
            "f.yaml:1:1: error: missing key \"tail\"\n  head: 1\n  ^\n\n"
            "f.yaml:2:1: error: unknown key \"bdoy\"\n  bdoy: 2\n  ^~~~\n"
            "did you mean \"body\"?\n\n"
            "f.yaml:3:1: error: unknown key \"zzz\"\n  zzz: 3\n  ^~~\n"
            "known: head, body, tail\n\n"
            "3 errors\n");
}

TEST(MapReaderTest, TakesNothingForAnEmptyMapAndRefusesTheRest) {
  Diagnostics diagnostics;
  const Node nothing;
  { MapReader map(nothing, &diagnostics); }
  EXPECT_TRUE(diagnostics.empty());
  const Node list = ParseText("[a]");
  {
    MapReader map(list, &diagnostics);
    EXPECT_EQ(map.Require("key"), nullptr);
  }
  EXPECT_EQ(FirstProblem(diagnostics), "expected a map, found a list");
  EXPECT_EQ(diagnostics.Sorted().size(), 1u);
}

TEST(MapReaderTest, HandsOutEveryKindOfValue) {
  const Node node =
      ParseText("s: x\nb: true\nz: 1KiB\nd: 2s\nr: 1..\nl: [p, q]\nc: two\n");
  Diagnostics diagnostics;
  MapReader map(node, &diagnostics);
  std::optional<std::string> text;
  bool flag = false;
  int64_t bytes = 0;
  absl::Duration duration;
  Range range;
  std::optional<Strings> list;
  size_t choice = 0;
  EXPECT_TRUE(map.String("s", &text));
  EXPECT_TRUE(map.Bool("b", &flag));
  EXPECT_TRUE(map.Bytes("z", {}, &bytes));
  EXPECT_TRUE(map.Duration("d", {}, &duration));
  EXPECT_TRUE(map.Interval("r", &range));
  EXPECT_TRUE(map.List("l", &list));
  EXPECT_TRUE(map.Choice("c", {"one", "two"}, &choice));
  EXPECT_EQ(text, "x");
  EXPECT_TRUE(flag);
  EXPECT_EQ(bytes, 1024);
  EXPECT_EQ(duration, absl::Seconds(2));
  EXPECT_EQ(range.min, 1);
  EXPECT_EQ(list, (Strings{"p", "q"}));
  EXPECT_EQ(choice, 1u);
}

}  // namespace
}  // namespace headgate::config
