// What a run of cases has met of a policy, and what it has not.
#include "cli/cases/coverage.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cli/cases/case_texts.h"
#include "tests/cli/cases/shop_texts.h"

namespace headgate::test {
namespace {

std::string Contract() {
  return ShopContract(kWordsOperation, kWordsValues, /*more_errors=*/"");
}

std::string CoverageOf(const std::vector<std::string>& files,
                       std::map<std::string, std::string> texts) {
  const cli::Session session =
      cli::LoadSession(files, FakeFiles(std::move(texts)), /*color=*/false);
  EXPECT_EQ(session.diagnostics, "");
  cli::Coverage coverage(session);
  cli::RunSession(session, {.observer = &coverage});
  return coverage.Describe();
}

// The coverage of the cases behind "tests:".
std::string CoverageOf(const std::string& tests) {
  return CoverageOf({"cases.yaml"}, {{"cases.yaml", CaseText(tests)},
                                     {"headgate.yaml", ShopPolicy()},
                                     {"shop.yaml", Contract()}});
}

const std::string kComplete = StrCat(
    "  - name: words\n"
    "    each:\n"
    "      - {words: '[\"ab\"]', expect: {decision: allow}}\n"
    "      - {words: '[\"abc\", \"abcd\"]', expect: {decision: allow}}\n"
    "      - {words: '[\"a\"]', expect: {error: bad}}\n"
    "      - {words: '[\"abcde\"]', expect: {error: bad}}\n"
    "      - {words: '[]', expect: {error: bad}}\n"
    "      - {words: '[\"ab\", \"ab\", \"ab\"]', expect: {error: bad}}\n"
    "      - {words: '7', expect: {error: bad}}\n"
    "      - {words: '[', expect: {error: bad}}\n",
    kWordsRequest, kNoWords,
    "  - name: no shop\n"
    "    request: {method: POST, path: /X/words, json: {words: [ab]}}\n"
    "    expect: {error: bad}\n");
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

// Both policies are made of the same contract.
TEST(CoverageTest, WhatTwoPoliciesShareIsMetInOneOfThem) {
  std::string other = CaseText(kFourCalls);
  other.replace(other.find("headgate.yaml"), 8, "second00");
  EXPECT_EQ(CoverageOf({"cases.yaml", "others.yaml"},
                       {{"cases.yaml", CaseText(kComplete)},
                        {"others.yaml", other},
                        {"headgate.yaml", ShopPolicy()},
                        {"second00.yaml", ShopPolicy()},
                        {"shop.yaml", Contract()}}),
            "coverage: 100.0 % (rules 11 of 11, errors 2 of 2, limits 12 of "
            "12)\n");
}

constexpr char kBatchContract[] =
    "contract: batch\n"
    "app_key: \"{bearer_token}\"\n"
    "credentials: api_key\n"
    "values:\n"
    "  word: {length: 1..9}\n"
    "  flag: {one_of: [\"yes\", \"no\"]}\n"
    "  right: {one_of: [Read, Write]}\n"
    "operations:\n"
    "  send:\n"
    "    request: POST /batch\n"
    "    grants: lines.rights\n"
    "    array_body: {items: 1..3}\n"
    "    body:\n"
    "      lines:\n"
    "        list:\n"
    "          rights: {list: right}\n"
    "          labels: {map: word, items: ..2, bytes: 8, keys: {gift: flag},\n"
    "                   optional: true}\n";
constexpr char kBatchPolicy[] =
    "listeners: [{address: \"127.0.0.1:0\"}]\n"
    "contracts: [batch.yaml]\n"
    "services:\n"
    "  batch:\n"
    "    upstream: {servers: [\"http://127.0.0.1:9001\"]}\n"
    "    apps:\n"
    "      - {name: reader, api_key: t, grants: [Read]}\n"
    "      - {name: both, api_key: u, grants: [Read, Write]}\n";

// What is left of grants, maps and arrays when the reader has sent these.
std::string LeftOfBatch(const std::vector<std::string>& bodies,
                        const std::string& other_body = "{}") {
  std::string tests = "  - name: a\n    steps:\n";
  for (const std::string& body : bodies) {
    StrAppend(&tests, "      - {request: {method: POST, path: /batch, body: '",
              body, "'}, expect: {status: 200}}\n");
  }
  StrAppend(&tests, "      - {request: {method: POST, path: /batch, body: '",
            other_body, "', headers: {Authorization: Bearer u}}}\n");
  const std::string text =
      CoverageOf({"cases.yaml"}, {{"cases.yaml", CaseText(tests)},
                                  {"headgate.yaml", kBatchPolicy},
                                  {"batch.yaml", kBatchContract}});
  std::string left;
  for (const std::string_view line : Split(text, '\n')) {
    const size_t at = line.find("send.");
    if (at == line.npos) continue;
    for (const char* name : {".grants", ".labels", ".body.items"}) {
      if (line.find(name) == line.npos) continue;
      StrAppend(&left, line.substr(at), "\n");
    }
  }
  return left;
}

// A label is at most as long as the bytes of all labels: that is no limit of
// its own.
TEST(CoverageTest, GrantsMapsAndArraysHavePoints) {
  EXPECT_EQ(LeftOfBatch({"{}"}),
            "send.body.lines.labels: never allowed\n"
            "send.body.lines.labels: never denied\n"
            "send.body.lines.labels: never at 0\n"
            "send.body.lines.labels: never at 1\n"
            "send.body.lines.labels: never at 2\n"
            "send.body.lines.labels.gift: never allowed\n"
            "send.body.lines.labels.gift: never denied\n"
            "send.body.items: never allowed\n"
            "send.body.items: never denied\n"
            "send.body.items: never at 0\n"
            "send.body.items: never at 1\n"
            "send.body.items: never at 2\n"
            "send.body.items: never at 3\n"
            "send.body.items: never at 4\n"
            "send.body.lines.labels.items: never allowed\n"
            "send.body.lines.labels.items: never denied\n"
            "send.body.lines.labels.items: never at 1\n"
            "send.body.lines.labels.items: never at 2\n"
            "send.body.lines.labels.items: never at 3\n"
            "send.body.lines.labels.bytes: never allowed\n"
            "send.body.lines.labels.bytes: never denied\n"
            "send.body.lines.labels.bytes: never at 7\n"
            "send.body.lines.labels.bytes: never at 8\n"
            "send.body.lines.labels.bytes: never at 9\n"
            "send.grants of reader: never allowed\n"
            "send.grants of reader: never denied\n"
            "send.grants of both: never allowed\n");
  std::vector<std::string> bodies = {"[]", "[1]", "[1, 2]", "[1, 2, 3]",
                                     "[1, 2, 3, 4]"};
  for (const char* labels :
       {R"({"a": ""})", R"({"a": "b"})", R"({"a": "b", "c": "de"})",
        R"({"a": "b", "c": "d", "e": "f"})", R"({"abcdef": "g"})",
        R"({"abcdef": "gh"})", R"({"abcdef": "ghi"})", R"({"gift": "no"})",
        R"({"gift": "ab"})"}) {
    bodies.push_back(
        StrCat(R"({"lines": [{"rights": [], "labels": )", labels, "}]}"));
  }
  EXPECT_EQ(LeftOfBatch(bodies),
            "send.grants of reader: never allowed\n"
            "send.grants of reader: never denied\n"
            "send.grants of both: never allowed\n");
  const std::string may_read = R"({"lines": [{"rights": ["Read"]}]})";
  bodies.push_back(may_read);
  bodies.push_back(R"({"lines": [{"rights": ["Write"]}]})");
  EXPECT_EQ(LeftOfBatch(bodies, may_read), "");
}

TEST(CoverageTest, RoundsPercentDown) {
  EXPECT_EQ(cli::PercentText(99.96), "99.9 %");
  EXPECT_EQ(cli::PercentText(100), "100.0 %");
}

}  // namespace
}  // namespace headgate::test
