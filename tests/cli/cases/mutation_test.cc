// What becomes of mutants: who is killed, who survives, and what the report
// says of them.
#include "cli/cases/mutation.h"

#include <string>
#include <vector>

#include "base/json_writer.h"
#include "gtest/gtest.h"
#include "tests/cli/cases/mutation_texts.h"

namespace headgate::test {
namespace {

using Names = std::vector<std::string>;

// Every mutant of the shop that takes words is noticed.
const std::string kComplete = StrCat(
    "  - name: words\n"
    "    each:\n"
    "      - {words: '[\"ab\"]', expect: {status: 200, upstream_request: {\n"
    "           path: /x/words}}}\n"
    "      - {words: '[\"abc\", \"abcd\"]', expect: {decision: allow}}\n"
    "      - {words: '[\"a\"]', expect: {status: 400, error: bad}}\n"
    "      - {words: '[\"abcde\"]', expect: {error: bad}}\n"
    "      - {words: '[\"aB\"]', expect: {error: bad}}\n"
    "      - {words: '[\"a1\"]', expect: {error: bad}}\n"
    "      - {words: '[\"a!\"]', expect: {error: bad}}\n"
    "      - {words: '[\"a b\"]', expect: {error: bad}}\n"
    "      - {words: '[\"abé\"]', expect: {error: bad}}\n"
    "      - {words: '[]', expect: {error: bad}}\n"
    "      - {words: '[\"ab\", \"ab\", \"ab\"]', expect: {error: bad}}\n"
    "      - {words: '7', expect: {error: bad}}\n"
    "      - {words: 'null', expect: {\n"
    "           rule: add_words.body.words.type}}\n"
    "      - {words: '[', expect: {error: bad}}\n",
    kWordsRequest, kNoWords,
    "  - name: a shop\n"
    "    each:\n"
    "      - {shop: X}\n"
    "      - {shop: '1'}\n"
    "      - {shop: '%21'}\n"
    "      - {shop: '%20'}\n"
    "      - {shop: '%C3%A9'}\n"
    "    request: {method: POST, path: '/${shop}/words',\n"
    "              json: {words: [ab]}}\n"
    "    expect: {error: bad}\n"
    "  - name: rate\n"
    "    steps:\n"
    "      - {repeat: 3, request: &add {method: POST, path: /x/words,\n"
    "                                   json: {words: [ab]}},\n"
    "         expect: {decision: allow}}\n"
    "      - {at: 999ms, request: *add, expect: {status: 429, error: busy,\n"
    "           rule: shop.limits.default}}\n"
    "      - {at: 1s, request: *add, expect: {decision: allow}}\n");

cli::Session Shop(const std::string& cases) {
  return LoadShop(cases, ShopContract(kWordsOperation, kWordsValues));
}

// Of the rules that begin with `rule`.
Names SurvivorsOf(const std::string& tests, std::string_view rule) {
  Names names = Survivors(Mutation(Shop(CaseText(tests))));
  std::erase_if(names, [rule](const std::string& name) {
    return !name.starts_with(rule);
  });
  return names;
}

TEST(MutationTest, NoMutantOfAnOperationSurvivesCompleteCases) {
  EXPECT_EQ(SurvivorsOf(kComplete, "add_words"), Names());
  EXPECT_EQ(SurvivorsOf(kComplete, "shop.limits"), Names());
}

// A case that is left out, and the mutants that only it has noticed.
struct Weakening {
  std::string_view left_out;
  Names survivors;
};

TEST(MutationTest, TheSurvivorsAreExactlyThoseThatNobodyNoticesAnyMore) {
  const Weakening kWeakenings[] = {
      {"      - {words: '[\"abc\", \"abcd\"]', expect: {decision: allow}}\n",
       {"add_words.body.words.items: 1..2 -> 1..1",
        "add_words.body.words.length: 2..4 -> 2..3"}},
      {"      - {words: '[\"a\"]', expect: {status: 400, error: bad}}\n",
       {"add_words.body.words.length: 2..4 -> 1..4"}},
      {"      - {words: '[\"abcde\"]', expect: {error: bad}}\n",
       {"add_words.body.words.length: 2..4 -> 2..5"}},
      {"      - {words: '[\"aB\"]', expect: {error: bad}}\n",
       {"add_words.body.words.charset: with A-Z",
        "add_words.body.words.fold: off -> lower"}},
      {"      - {words: '[\"a b\"]', expect: {error: bad}}\n",
       {"add_words.body.words.charset: with spaces"}},
      {"      - {words: '[\"abé\"]', expect: {error: bad}}\n",
       {"add_words.body.words.charset: with characters beyond ASCII"}},
      {"      - {words: '[]', expect: {error: bad}}\n",
       {"add_words.body.words.items: 1..2 -> 0..2",
        "add_words.body.words.items: too_few bad -> worse"}},
      {"      - {words: '[\"ab\", \"ab\", \"ab\"]', expect: {error: bad}}\n",
       {"add_words.body.words.items: 1..2 -> 1..3",
        "add_words.body.words.items: too_many bad -> worse"}},
      {"      - {words: 'null', expect: {\n"
       "           rule: add_words.body.words.type}}\n",
       {"add_words.body.words: never null -> nullable"}},
      {kNoWords,
       {"add_words.body.words.missing: dropped",
        "add_words.body.words.missing: error bad -> worse"}},
      {"      - {at: 1s, request: *add, expect: {decision: allow}}\n",
       {"shop.limits.default: 3/s -> 3/1001ms"}},
  };
  for (const Weakening& weakening : kWeakenings) {
    std::string cases = kComplete;
    const size_t at = cases.find(weakening.left_out);
    ASSERT_NE(at, std::string::npos) << weakening.left_out;
    cases.erase(at, weakening.left_out.size());
    Names survivors = SurvivorsOf(cases, "add_words");
    const Names limits = SurvivorsOf(cases, "shop.limits");
    survivors.insert(survivors.end(), limits.begin(), limits.end());
    EXPECT_EQ(survivors, weakening.survivors) << weakening.left_out;
  }
}

TEST(MutationTest, TheReportNamesTheRuleItsPlaceAndTheCaseThatIsMissing) {
  const std::string text = cli::DescribeMutation(Mutation(Shop(CaseText(
      "  - name: one\n"
      "    request: {method: POST, path: /x/words, json: {words: [ab]}}\n"
      "    expect: {decision: allow}\n"))));
  EXPECT_NE(text.find("  shop.yaml:12:3: add_words.body.words.length: 2..4 -> "
                      "2..5\n"
                      "    missing: a call with words of 5 characters that "
                      "expects rule add_words.body.words.length\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("shop.limits.default: 3/s -> 4/s\n"
                      "    missing: 4 calls within 1s, the last of which "
                      "expects rule shop.limits.default\n"),
            std::string::npos)
      << text;
}

TEST(MutationTest, AnOperationThatNoCaseCallsIsOneLine) {
  const std::string text =
      cli::DescribeMutation(Mutation(Shop(CaseText(kOneCase))));
  EXPECT_NE(text.find("  shop.yaml:15:3: add_words: no case calls it (33 "
                      "mutants)\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("add_words.body"), std::string::npos) << text;
}

TEST(MutationTest, IsTheSameHoweverManyThreadsThereAre) {
  const cli::Session session = Shop(CaseText(kComplete));
  std::string reports[2];
  for (const int threads : {1, 4}) {
    std::string& report = reports[threads == 1 ? 0 : 1];
    JsonWriter writer(&report);
    cli::WriteMutation(Mutation(session, {.threads = threads}), &writer);
  }
  EXPECT_EQ(reports[0], reports[1]);
}

TEST(MutationTest, ToldProgressEndsWithAllOfThem) {
  int64_t last = 0, all = 0;
  cli::MutationOptions options;
  options.threads = 1;
  options.progress = [&](int64_t done, int64_t of) {
    EXPECT_EQ(done, ++last);
    all = of;
  };
  const cli::MutationReport report =
      Mutation(Shop(CaseText(kComplete)), options);
  EXPECT_EQ(last, all);
  EXPECT_EQ(all, static_cast<int64_t>(report.mutants.size()));
}

constexpr char kWithoutFive[] =
    "equivalent_mutants:\n"
    "  - {mutant: \"add_words.body.words.length: 2..4 -> 2..5\",\n"
    "     because: five is four here}\n";

TEST(MutationTest, WhatTheCaseFileCallsEquivalentIsLeftOut) {
  const cli::MutationReport report = Mutation(Shop(StrCat(
      kWithoutFive, CaseText("  - name: one\n"
                             "    request: {method: POST, path: /x/words,\n"
                             "              json: {words: [ab]}}\n"
                             "    expect: {decision: allow}\n"))));
  EXPECT_EQ(report.mistakes, "");
  EXPECT_EQ(report.Count(cli::MutantResult::Fate::kEquivalent), 1);
  const std::string text = cli::DescribeMutation(report);
  EXPECT_TRUE(text.ends_with(
      "equivalent, as the case files say:\n"
      "  add_words.body.words.length: 2..4 -> 2..5: five is four here\n"))
      << text;
}

TEST(MutationTest, AnEquivalentThatACaseKillsIsAMistake) {
  const cli::MutationReport report =
      Mutation(Shop(StrCat(kWithoutFive, CaseText(kComplete))));
  EXPECT_EQ(report.mistakes,
            "cases.yaml:2:14: error: this mutant is not equivalent\n"
            "  - {mutant: \"add_words.body.words.length: 2..4 -> 2..5\",\n"
            "             ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
            "the case \"words [words: [\"abcde\"]]\" kills it\n"
            "\n"
            "1 error\n");
  EXPECT_EQ(report.Count(cli::MutantResult::Fate::kEquivalent), 0);
}

// With `--run`, what a mutant is named after may not have run.
TEST(MutationTest, AnEquivalentThatIsNoMutantIsAMistakeOfAWholeRun) {
  const cli::Session session = Shop(
      StrCat("equivalent_mutants: [{mutant: \"no such rule\", because: no}]\n",
             CaseText(kOneCase)));
  EXPECT_EQ(Mutation(session).mistakes,
            "cases.yaml:1:31: error: there is no mutant \"no such rule\"\n"
            "  equivalent_mutants: [{mutant: \"no such rule\", because: no}]\n"
            "                                ^~~~~~~~~~~~~~\n"
            "the names are those that --mutate shows\n"
            "\n"
            "1 error\n");
  cli::MutationOptions chosen;
  chosen.selects = [](const cli::Case&) { return true; };
  EXPECT_EQ(Mutation(session, chosen).mistakes, "");
}

// Two policies of one contract: what one of them notices is noticed.
TEST(MutationTest, RulesThatPoliciesShareAreOne) {
  const auto load = [](std::vector<std::string> files) {
    cli::Session session = cli::LoadSession(
        files,
        FakeFiles({{"allowed.yaml",
                    "policy: one.yaml\n"
                    "tests:\n"
                    "  - name: two\n"
                    "    request: {method: POST, path: /x/words,\n"
                    "              json: {words: [ab, ab]}}\n"
                    "    expect: {decision: allow}\n"},
                   {"denied.yaml",
                    "policy: two.yaml\n"
                    "tests:\n"
                    "  - name: three\n"
                    "    request: {method: POST, path: /x/words,\n"
                    "              json: {words: [ab, ab, ab]}}\n"
                    "    expect: {decision: deny}\n"},
                   {"one.yaml", ShopPolicy()},
                   {"two.yaml", ShopPolicy()},
                   {"shop.yaml", ShopContract(kWordsOperation, kWordsValues)}}),
        /*color=*/false);
    EXPECT_EQ(session.diagnostics, "");
    Names names = Survivors(Mutation(session));
    std::erase_if(names, [](const std::string& name) {
      return !name.starts_with("add_words.body.words.items: 1..2 -> 1..");
    });
    return names;
  };
  EXPECT_EQ(load({"allowed.yaml"}),
            Names({"add_words.body.words.items: 1..2 -> 1..3"}));
  EXPECT_EQ(load({"denied.yaml"}),
            Names({"add_words.body.words.items: 1..2 -> 1..1"}));
  EXPECT_EQ(load({"allowed.yaml", "denied.yaml"}), Names());
}

// What a handler relies on is checked by the policy: a mutant that checks less
// must not let a call through to it.
TEST(MutationTest, HandlersOfOursSeeNoCallThatThePolicyDenies) {
  const cli::Session session = cli::LoadSession(
      {"cases.yaml"},
      FakeFiles(
          {{"cases.yaml",
            "policy: headgate.yaml\n"
            "defaults: {headers: {Authorization: Bearer k}}\n"
            "tests:\n"
            "  - name: bodies\n"
            "    each:\n"
            "      - {body: '{}'}\n"
            "      - {body: '[]'}\n"
            "      - {body: '{\"arguments\":[{}]}'}\n"
            "      - {body: '{\"arguments\":[7]}'}\n"
            "      - {body: '{\"arguments\":[{\"user_id\":7}]}'}\n"
            "    request: {method: POST, body: \"${body}\",\n"
            "              path: /chat.tokens.private.v1.Service/Create}\n"
            "    expect: {status: 400}\n"},
           {"headgate.yaml",
            "listeners: [{address: \"127.0.0.1:0\"}]\n"
            "services:\n"
            "  private-services:\n"
            "    apps: [{name: desk, api_key: k}]\n"}}),
      /*color=*/false);
  ASSERT_EQ(session.diagnostics, "");
  const cli::MutationReport report = Mutation(session);
  Names names = Survivors(report);
  std::erase_if(names, [](const std::string& name) {
    return name.find(".body.arguments.missing: dropped") == name.npos;
  });
  EXPECT_EQ(names,
            Names({"create_room_member_token.body.arguments.missing: dropped",
                   "revoke_chat_member_token.body.arguments.missing: dropped",
                   "revoke_room_member_token.body.arguments.missing: dropped"}))
      << cli::DescribeMutation(report);
}

}  // namespace
}  // namespace headgate::test
