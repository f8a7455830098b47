// Files that nobody wrote: random bytes, and good files with something changed.
// Whatever comes, LoadText ends and gives either a Config or a reason.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/config/examples.h"

namespace headgate::config {
namespace {

// Either a Config and no problem, or the other way round.
void ExpectAnswer(const FakeEnvironment& environment, const std::string& text) {
  std::string problems;
  const auto config = environment.Load(text, &problems);
  ASSERT_EQ(config.has_value(), problems.empty()) << text << problems;
}

TEST(RobustnessTest, AnswersRandomBytes) {
  std::mt19937 random(20260101);
  const FakeEnvironment environment;
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 200, '\0');
    // Half of them printable, so that some get past the check of UTF-8.
    for (char& c : text) {
      c = static_cast<char>(i % 2 ? random() : ' ' + random() % 95);
    }
    ExpectAnswer(environment, text);
  }
}

TEST(RobustnessTest, AnswersRandomYaml) {
  constexpr std::string_view kParts[] = {
      "a",      ": ",  "\n",    "  ",       "- ",        "[",
      "]",      "{",   "}",     ", ",       "&a ",       "*a",
      "\"",     "'",   "#",     "|",        ">",         "? ",
      "!",      "%",   "~",     "services", "listeners", "agora-chat",
      "limits", "1/s", "---\n", "..",       "\t",        "<<"};
  std::mt19937 random(20260102);
  const FakeEnvironment environment;
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (size_t parts = random() % 40; parts > 0; --parts) {
      text += kParts[random() % std::size(kParts)];
    }
    ExpectAnswer(environment, text);
  }
}

TEST(RobustnessTest, AnswersGoodFilesWithAChange) {
  std::mt19937 random(20260103);
  const FakeEnvironment environment = EnvironmentOfEverything();
  for (int i = 0; i < 200; ++i) {
    std::string text = kEverything;
    for (size_t changes = 1 + random() % 3; changes > 0; --changes) {
      const size_t at = random() % text.size();
      const size_t length = random() % 20;
      switch (random() % 4) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(at, text.substr(random() % text.size(), length));
          break;
        default:
          text.resize(at + 1);
      }
    }
    ExpectAnswer(environment, text);
  }
}

TEST(RobustnessTest, AnswersEveryBeginningOfAGoodFile) {
  const FakeEnvironment environment;
  const std::string text = kSidecar;
  for (size_t length = 0; length < text.size(); ++length) {
    ExpectAnswer(environment, text.substr(0, length));
  }
}

TEST(RobustnessTest, EndsAtOnceOnManyMistakes) {
  std::string text = "listeners: [{address: a:1}]\nservices:\n";
  for (int i = 0; i < 20000; ++i) {
    text += "  s" + std::to_string(i) + ": {bogus: 1}\n";
  }
  std::string problems;
  EXPECT_FALSE(FakeEnvironment().Load(text, &problems));
  EXPECT_TRUE(problems.ends_with("\n40000 errors, the first 200 shown\n"))
      << problems.substr(problems.size() - 200);
}

}  // namespace
}  // namespace headgate::config
