// What a run of cases has met of a policy, and what it has not.
#include "cli/cases/coverage.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/cli/cases/case_texts.h"

namespace headgate::test {
namespace {

constexpr char kContract[] =
    "contract: shop\n"
    "app_key: \"{shop}\"\n"
    "errors:\n"
    "  shape: {code: \"{code}\"}\n"
    "  bad: {status: 400, code: bad}\n"
    "  busy: {status: 429, code: busy}\n"
    "refusals: {invalid: bad, invalid_field: bad, missing_field: bad,\n"
    "           not_json: bad, rate: busy}\n"
    "values:\n"
    "  shop: {charset: a-z}\n"
    "  word: {charset: a-z, length: 2..4}\n"
    "limits: {default: 3/s}\n"
    "operations:\n"
    "  add_words:\n"
    "    request: POST /{shop}/words\n"
    "    body:\n"
    "      words: {list: word, items: 1..2}\n";

constexpr char kPolicy[] =
    "listeners: [{address: \"127.0.0.1:0\"}]\n"
    "contracts: [shop.yaml]\n"
    "services: {shop: {upstream: {servers: [\"http://127.0.0.1:9001\"]}}}\n";

// The coverage of the cases behind "tests:".
std::string CoverageOf(const std::string& tests) {
  const cli::Session session =
      cli::LoadSession({"cases.yaml"},
                       FakeFiles({{"cases.yaml", CaseText(tests)},
                                  {"headgate.yaml", kPolicy},
                                  {"shop.yaml", kContract}}),
                       /*color=*/false);
  EXPECT_EQ(session.diagnostics, "");
  cli::Coverage coverage(session);
  cli::RunSession(session, {.observer = &coverage});
  return coverage.Describe();
}

constexpr char kComplete[] =
    "  - name: words\n"
    "    each:\n"
    "      - {words: '[\"ab\"]', expect: {decision: allow}}\n"
    "      - {words: '[\"abc\", \"abcd\"]', expect: {decision: allow}}\n"
    "      - {words: '[\"a\"]', expect: {error: bad}}\n"
    "      - {words: '[\"abcde\"]', expect: {error: bad}}\n"
    "      - {words: '[]', expect: {error: bad}}\n"
    "      - {words: '[\"ab\", \"ab\", \"ab\"]', expect: {error: bad}}\n"
    "      - {words: '7', expect: {error: bad}}\n"
    "      - {words: '[', expect: {error: bad}}\n"
    "    request: {method: POST, path: /x/words,\n"
    "              body: '{\"words\": ${words}}'}\n"
    "  - name: no words\n"
    "    request: {method: POST, path: /x/words, json: {}}\n"
    "    expect: {error: bad}\n"
    "  - name: no shop\n"
    "    request: {method: POST, path: /X/words, json: {words: [ab]}}\n"
    "    expect: {error: bad}\n";
constexpr char kFourCalls[] =
    "  - name: rate\n"
    "    steps:\n"
    "      - {repeat: 4, request: {method: POST, path: /x/words,\n"
    "                              json: {words: [ab]}},\n"
    "         expect: {allowed: 3, denied: 1}}\n";

TEST(CoverageTest, IsCompleteWhenEveryRuleErrorAndLimitIsMet) {
  EXPECT_EQ(CoverageOf(StrCat(kComplete, kFourCalls)),
            "coverage: 100.0 % (rules 11 of 11, errors 2 of 2, limits 12 of "
            "12)\n");
}

TEST(CoverageTest, ListsWhatNoCaseHasMetInTheOrderOfTheFile) {
  EXPECT_EQ(CoverageOf(kComplete),
            "coverage: 80.0 % (rules 10 of 11, errors 1 of 2, limits 9 of "
            "12)\n"
            "  shop.yaml:6:3: error busy: never answered\n"
            "  shop.yaml:12:19: shop.limits.default: never denied\n"
            "  shop.yaml:12:19: shop.limits.default: never at 2\n"
            "  shop.yaml:12:19: shop.limits.default: never at 3\n"
            "  shop.yaml:12:19: shop.limits.default: never at 4\n");
}

TEST(CoverageTest, ARuleIsMetThoughItsCaseFails) {
  const std::string text = CoverageOf(
      "  - name: a\n"
      "    request: {method: POST, path: /x/words, json: {words: [abcd]}}\n"
      "    expect: {status: 418}\n");
  EXPECT_EQ(text.find("add_words: never allowed"), text.npos) << text;
  EXPECT_EQ(text.find("words: never at 4"), text.npos) << text;
  EXPECT_NE(text.find("words: never at 5"), text.npos) << text;
}

// The call is refused for its count; nobody has looked at the length.
TEST(CoverageTest, ALimitIsNotMetByACallThatAnotherRuleDenies) {
  const std::string text = CoverageOf(
      "  - name: a\n"
      "    request: {method: POST, path: /x/words,\n"
      "              json: {words: [abcde, ab, ab]}}\n"
      "    expect: {status: 400}\n");
  EXPECT_NE(text.find("add_words.body.words: never at 5"), text.npos) << text;
  EXPECT_NE(text.find("add_words.body.words: never denied"), text.npos) << text;
  EXPECT_EQ(text.find("words.items: never at 3"), text.npos) << text;
}

TEST(CoverageTest, RoundsPercentDown) {
  EXPECT_EQ(cli::PercentText(99.96), "99.9 %");
  EXPECT_EQ(cli::PercentText(100), "100.0 %");
}

}  // namespace
}  // namespace headgate::test
