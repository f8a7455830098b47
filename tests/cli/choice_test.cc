#include "cli/choice.h"

#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace headgate::cli {
namespace {

enum class Color { kRed = 3, kBlue = 7 };
const std::map<std::string, Color> kColors = {{"red", Color::kRed},
                                              {"blue", Color::kBlue}};

// What is wrong with `--option=TEXT`; "": nothing.
template <typename Value>
std::string Parse(const CLI::Validator& choice, const std::string& text,
                  Value* value) {
  CLI::App app;
  app.add_option("--option", *value)->transform(choice);
  try {
    app.parse(std::vector<std::string>{"--option=" + text});
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "";
}

TEST(ChoiceTest, TakesTheWordsOfAnEnum) {
  Color color = Color::kRed;
  EXPECT_EQ(Parse(OneOf(kColors), "blue", &color), "");
  EXPECT_EQ(color, Color::kBlue);
  for (const std::string bad : {"green", "7", "Blue"}) {
    EXPECT_EQ(Parse(OneOf(kColors), bad, &color),
              "--option: expected blue or red, found \"" + bad + "\"");
  }
}

TEST(ChoiceTest, TakesWords) {
  std::string word;
  const CLI::Validator choice = OneOf(std::vector<std::string>{"b", "a", "c"});
  EXPECT_EQ(Parse(choice, "a", &word), "");
  EXPECT_EQ(word, "a");
  EXPECT_EQ(Parse(choice, "d\x1b", &word),
            "--option: expected b, a or c, found \"d?\"");
}

}  // namespace
}  // namespace headgate::cli
