// Which mutants a policy has, by their names: for each operator, all of them.
#include "cli/cases/mutants.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/cli/cases/mutation_texts.h"

namespace headgate::test {
namespace {

constexpr char kText[] =
    "  add_word:\n"
    "    request: POST /{shop}/words\n"
    "    body:\n"
    "      word: {value: word}\n";

std::string WordMutants(const std::string& value) {
  return ShopMutants(kText, "add_word.body.word",
                     StrCat("values: {word: ", value, "}\n"));
}

// What every field has, whatever its value.
std::string OfField(const std::string& more, const std::string& errors) {
  return StrCat(
      "add_word.body.word.missing: dropped\n"
      "add_word.body.word.missing: error bad -> worse\n"
      "add_word.body.word: never null -> nullable\n",
      more, errors,
      "add_word.body.word: any value\n"
      "add_word.body.word: type error bad -> worse\n");
}
constexpr char kDropped[] =
    "add_word.body.word: dropped\n"
    "add_word.body.word: error bad -> worse\n";

TEST(MutantsTest, LengthsMoveByOneBothWays) {
  EXPECT_EQ(WordMutants("{length: 2..4}"),
            OfField("add_word.body.word.length: 2..4 -> 2..3\n"
                    "add_word.body.word.length: 2..4 -> 2..5\n"
                    "add_word.body.word.length: 2..4 -> 1..4\n"
                    "add_word.body.word.length: 2..4 -> 3..4\n"
                    "add_word.body.word.fold: off -> lower\n",
                    kDropped));
  // Nothing is shorter than nothing, or longer than anything.
  EXPECT_EQ(WordMutants("{length: 0..}"),
            OfField("add_word.body.word.length: 0.. -> 1..\n"
                    "add_word.body.word.fold: off -> lower\n",
                    "add_word.body.word: dropped\n"));
}

TEST(MutantsTest, CharsetsLoseAndGainAClass) {
  EXPECT_EQ(WordMutants("{charset: a-z_}"),
            OfField("add_word.body.word.charset: without a-z\n"
                    "add_word.body.word.charset: without '_'\n"
                    "add_word.body.word.charset: with A-Z\n"
                    "add_word.body.word.charset: with 0-9\n"
                    "add_word.body.word.charset: with punctuation\n"
                    "add_word.body.word.charset: with spaces\n"
                    "add_word.body.word.charset: with characters beyond ASCII\n"
                    "add_word.body.word.fold: off -> lower\n",
                    kDropped));
}

// Upper case is lower case there.
TEST(MutantsTest, FoldedCharsetsHaveOneClassOfLetters) {
  EXPECT_EQ(WordMutants("{charset: a-zA-Z0-9, fold: lower}"),
            OfField("add_word.body.word.charset: without a-z\n"
                    "add_word.body.word.charset: without 0-9\n"
                    "add_word.body.word.charset: with punctuation\n"
                    "add_word.body.word.charset: with spaces\n"
                    "add_word.body.word.charset: with characters beyond ASCII\n"
                    "add_word.body.word.fold: lower -> off\n",
                    kDropped));
}

TEST(MutantsTest, PatternsAndChoicesAreChanged) {
  EXPECT_EQ(WordMutants("{pattern: \"[0-9]{2}\", fold: lower}"),
            OfField("add_word.body.word.pattern: {2} -> {1} at 6\n"
                    "add_word.body.word.pattern: {2} -> {3} at 6\n"
                    "add_word.body.word.fold: lower -> off\n",
                    kDropped));
  EXPECT_EQ(WordMutants("{one_of: [yes, no]}"),
            OfField("add_word.body.word.one_of: without yes\n"
                    "add_word.body.word.one_of: without no\n"
                    "add_word.body.word.fold: off -> lower\n",
                    kDropped));
}

TEST(MutantsTest, AnIntegerMayHaveARowOfItsOwnAboveItsRange) {
  EXPECT_EQ(ShopMutants("  add:\n"
                        "    request: POST /{shop}/words\n"
                        "    body:\n"
                        "      count: {integer: 1..9, too_large: worse}\n",
                        "add.body.count.range"),
            "add.body.count.range: 1..9 -> 1..8\n"
            "add.body.count.range: 1..9 -> 1..10\n"
            "add.body.count.range: 1..9 -> 0..9\n"
            "add.body.count.range: 1..9 -> 2..9\n"
            "add.body.count.range: too_large worse -> bad\n");
}

TEST(MutantsTest, FieldsAreCountedAskedForAndTyped) {
  EXPECT_EQ(
      ShopMutants("  add:\n"
                  "    request: POST /{shop}/words\n"
                  "    body:\n"
                  "      words: {list: text, items: 1..2, optional: true,\n"
                  "              nullable: true}\n"
                  "      count: {integer: 1..9}\n",
                  "add.body", "values: {text: {error: bad}}\n"),
      "add.body: dropped\n"
      "add.body.words: optional -> required\n"
      "add.body.words: nullable -> never null\n"
      "add.body.words.items: 1..2 -> 1..1\n"
      "add.body.words.items: 1..2 -> 1..3\n"
      "add.body.words.items: 1..2 -> 0..2\n"
      "add.body.words.items: 1..2 -> 2..2\n"
      "add.body.words.items: too_many bad -> worse\n"
      "add.body.words.items: too_few bad -> worse\n"
      "add.body.words: any value\n"
      "add.body.words: type error bad -> worse\n"
      "add.body.count.missing: dropped\n"
      "add.body.count.missing: error bad -> worse\n"
      "add.body.count: never null -> nullable\n"
      "add.body.count.range: 1..9 -> 1..8\n"
      "add.body.count.range: 1..9 -> 1..10\n"
      "add.body.count.range: 1..9 -> 0..9\n"
      "add.body.count.range: 1..9 -> 2..9\n"
      "add.body.count: any value\n"
      "add.body.count: type error bad -> worse\n");
}

TEST(MutantsTest, MapsAreCountedAndMeasured) {
  EXPECT_EQ(ShopMutants("  add:\n"
                        "    request: POST /{shop}/words\n"
                        "    body:\n"
                        "      words:\n"
                        "        map: word\n"
                        "        items: 0..2\n"
                        "        bytes: 16\n"
                        "        keys: {flag: flag}\n",
                        "add.body.words",
                        "values: {word: {length: 0..4},\n"
                        "         flag: {one_of: [a, b]}}\n"),
            "add.body.words.missing: dropped\n"
            "add.body.words.missing: error bad -> worse\n"
            "add.body.words: never null -> nullable\n"
            "add.body.words.items: 0..2 -> 0..1\n"
            "add.body.words.items: 0..2 -> 0..3\n"
            "add.body.words.items: 0..2 -> 1..2\n"
            "add.body.words.items: too_many bad -> worse\n"
            "add.body.words.bytes: 16 -> 15\n"
            "add.body.words.bytes: 16 -> 17\n"
            "add.body.words.length: 0..4 -> 0..3\n"
            "add.body.words.length: 0..4 -> 0..5\n"
            "add.body.words.length: 0..4 -> 1..4\n"
            "add.body.words.fold: off -> lower\n"
            "add.body.words: dropped\n"
            "add.body.words: error bad -> worse\n"
            "add.body.words.flag.one_of: without a\n"
            "add.body.words.flag.one_of: without b\n"
            "add.body.words.flag.fold: off -> lower\n"
            "add.body.words.flag: dropped\n"
            "add.body.words.flag: error bad -> worse\n"
            "add.body.words: any value\n"
            "add.body.words: type error bad -> worse\n");
}

TEST(MutantsTest, BodiesThatAreArraysOrStandForNothing) {
  EXPECT_EQ(ShopMutants("  add:\n"
                        "    request: POST /{shop}/words\n"
                        "    empty_body: [\"\"]\n"
                        "    body: {}\n"
                        "    array_body: {items: 1..2}\n",
                        "add.body"),
            "add.body: dropped\n"
            "add.body.items: 1..2 -> 1..1\n"
            "add.body.items: 1..2 -> 1..3\n"
            "add.body.items: 1..2 -> 0..2\n"
            "add.body.items: 1..2 -> 2..2\n"
            "add.body.items: too_many bad -> worse\n"
            "add.body: empty_body without \"\"\n");
}

constexpr char kList[] =
    "  remove_words:\n"
    "    request: DELETE /{shop}/words/{words}\n"
    "    path:\n"
    "      words: {list: word, separator: \",\", items: 2..9}\n";

TEST(MutantsTest, ListsInPathsAreCounted) {
  constexpr char kValue[] = "values: {word: {length: 1..}}\n";
  EXPECT_EQ(ShopMutants(kList, "remove_words.path.words", kValue),
            "remove_words.path.words.items: 2..9 -> 2..8\n"
            "remove_words.path.words.items: 2..9 -> 2..10\n"
            "remove_words.path.words.items: 2..9 -> 1..9\n"
            "remove_words.path.words.items: 2..9 -> 3..9\n"
            "remove_words.path.words.items: too_many bad -> worse\n"
            "remove_words.path.words.items: too_few bad -> worse\n"
            "remove_words.path.words.length: 1.. -> 0..\n"
            "remove_words.path.words.length: 1.. -> 2..\n"
            "remove_words.path.words.fold: off -> lower\n"
            "remove_words.path.words: dropped\n"
            "remove_words.path.words: error bad -> worse\n");
  // One item is another operation's.
  EXPECT_EQ(ShopMutants(StrCat(kList,
                               "  remove_word:\n"
                               "    request: DELETE /{shop}/words/{word}\n"),
                        "remove_words.path.words.items", kValue),
            "remove_words.path.words.items: 2..9 -> 2..8\n"
            "remove_words.path.words.items: 2..9 -> 2..10\n"
            "remove_words.path.words.items: 2..9 -> 3..9\n"
            "remove_words.path.words.items: too_many bad -> worse\n");
}

// A segment has a character at least.
TEST(MutantsTest, NoSegmentOfAPathIsEmpty) {
  EXPECT_EQ(ShopMutants("  get_word:\n"
                        "    request: GET /{shop}/words/{word}\n",
                        "get_word.path.word.length",
                        "values: {word: {length: 1..4}}\n"),
            "get_word.path.word.length: 1..4 -> 1..3\n"
            "get_word.path.word.length: 1..4 -> 1..5\n"
            "get_word.path.word.length: 1..4 -> 2..4\n");
}

TEST(MutantsTest, QueriesAreBoundedAndClamped) {
  EXPECT_EQ(ShopMutants("  list_words:\n"
                        "    request: GET /{shop}/words\n"
                        "    query:\n"
                        "      page: {integer: 1.., at_most: 50}\n",
                        "list_words.query"),
            "list_words.query.page.range: 1.. -> 0..\n"
            "list_words.query.page.range: 1.. -> 2..\n"
            "list_words.query.page: at_most 50 -> 49\n"
            "list_words.query.page: at_most 50 -> 51\n"
            "list_words.query.page: at_most dropped\n"
            "list_words.query.page: error bad -> worse\n"
            "list_words.query.page: dropped\n");
}

constexpr char kGet[] =
    "  get:\n"
    "    request: GET /{shop}/words\n";

TEST(MutantsTest, LimitsWindowsAndWhatHappensBeyondThem) {
  EXPECT_EQ(ShopMutants(kGet, "shop.limits", "limits: {default: 3/s}\n"),
            "shop.limits.default: 3/s -> 2/s\n"
            "shop.limits.default: 3/s -> 4/s\n"
            "shop.limits.default: dropped\n"
            "shop.limits.default: 3/s -> 3/999ms\n"
            "shop.limits.default: 3/s -> 3/1001ms\n"
            "shop.limits.default: shadow off -> on\n"
            "shop.limits.default: on_exceed reject -> delay\n");
  EXPECT_EQ(
      ShopMutants(kGet, "shop.limits", "",
                  ShopPolicy("    limits:\n"
                             "      get: {limit: 5, window: 1s, candidate: 2,\n"
                             "            on_exceed: delay, max_queue: 3,\n"
                             "            max_delay: 500ms, shadow: true}\n")),
      "shop.limits.get: 5/s -> 4/s\n"
      "shop.limits.get: 5/s -> 6/s\n"
      "shop.limits.get: dropped\n"
      "shop.limits.get: 5/s -> 5/999ms\n"
      "shop.limits.get: 5/s -> 5/1001ms\n"
      "shop.limits.get: candidate 2 -> 1\n"
      "shop.limits.get: candidate 2 -> 3\n"
      "shop.limits.get: candidate 2 -> none\n"
      "shop.limits.get: max_delay 500ms -> 499ms\n"
      "shop.limits.get: max_delay 500ms -> 501ms\n"
      "shop.limits.get: max_queue 3 -> 2\n"
      "shop.limits.get: max_queue 3 -> 4\n"
      "shop.limits.get: shadow on -> off\n"
      "shop.limits.get: on_exceed delay -> reject\n");
}

// Of 5 that may wait, no 1000 ever do.
TEST(MutantsTest, AQueueThatNobodyFillsIsLeftAlone) {
  EXPECT_EQ(
      ShopMutants(kGet, "shop.limits.get: max_queue", "",
                  ShopPolicy("    limits:\n"
                             "      get: {limit: 5, on_exceed: delay}\n")),
      "");
}

TEST(MutantsTest, LimitsOfRequestsThatTheOperatorChanged) {
  EXPECT_EQ(ShopMutants(kGet, "limits_for_requests"), "");
  EXPECT_EQ(ShopMutants(kGet, "limits_for_requests", "",
                        StrCat("limits_for_requests: {body_bytes: 4KiB}\n",
                               ShopPolicy())),
            "limits_for_requests.body_bytes: 4096 -> 4095\n"
            "limits_for_requests.body_bytes: 4096 -> 4097\n");
}

constexpr char kNever[] =
    "  get:\n"
    "    request: GET /{shop}/words\n"
    "    credentials: bearer\n"
    "  never:\n"
    "    request: GET /{shop}/never/{word}\n"
    "    deny: bad\n";

// Behind `deny`, nothing is looked at.
TEST(MutantsTest, OperationsAreLeftOutOrLetIn) {
  constexpr char kValues[] = "values: {word: {length: 1..4}}\n";
  EXPECT_EQ(ShopMutants(kNever, "get", kValues),
            "get: dropped\n"
            "get: credentials bearer -> none\n");
  EXPECT_EQ(ShopMutants(kNever, "never", kValues),
            "never: dropped\n"
            "never.deny: dropped\n"
            "never.deny: error bad -> worse\n");
}

TEST(MutantsTest, ServicesLetOthersIn) {
  EXPECT_EQ(ShopMutants(kNever, "shop.authenticate"),
            "shop.authenticate: dropped\n"
            "shop.authenticate: forward -> verify\n");
  EXPECT_EQ(ShopMutants(kNever, "shop.un"),
            "shop.unlisted_apps: allow -> deny\n"
            "shop.unmatched: deny -> forward\n");
  EXPECT_EQ(ShopMutants(kNever, "shop.cors", "",
                        ShopPolicy("    cors: {origins: [\"*\"]}\n")),
            "shop.cors: dropped\n");
}

TEST(MutantsTest, GrantsOfAnApiKeyAreTakenAwayAndAdded) {
  const cli::Session session = cli::LoadSession(
      {"cases.yaml"},
      FakeFiles({{"cases.yaml", CaseText(kOneCase)},
                 {"headgate.yaml",
                  "listeners: [{address: \"127.0.0.1:0\"}]\n"
                  "services:\n"
                  "  private-services:\n"
                  "    upstream: {servers: [\"http://127.0.0.1:9001\"]}\n"
                  "    apps:\n"
                  "      - {name: desk, api_key: k,\n"
                  "         grants: [PermissionChat, PermissionRoomKick]}\n"}}),
      /*color=*/false);
  ASSERT_EQ(session.diagnostics, "");
  EXPECT_EQ(MutantNames(session, "private-services.apps"),
            "private-services.apps.desk: dropped\n"
            "private-services.apps.desk.grants: without PermissionChat\n"
            "private-services.apps.desk.grants: without PermissionRoomKick\n"
            "private-services.apps.desk.grants: with PermissionRoom\n"
            "private-services.apps.desk.grants: with PermissionRoomBlock\n"
            "private-services.apps.desk.grants: with PermissionRoomUnblock\n"
            "private-services.apps.desk.grants: dropped\n");
  EXPECT_EQ(MutantNames(session, "create_chat_member_token.grants"),
            "create_chat_member_token.grants: dropped\n");
  // What no listed app is granted is not seen.
  EXPECT_EQ(MutantNames(session, "private-services.implied.PermissionRoom"),
            "");
  EXPECT_NE(MutantNames(session, "private-services.implied.PermissionChat")
                .find("PermissionChat: without PermissionChatMute\n"),
            std::string::npos);
}

TEST(MutantsTest, SettingsThatTheOperatorChose) {
  const cli::Session session = cli::LoadSession(
      {"cases.yaml"},
      FakeFiles({{"cases.yaml", CaseText(kOneCase)},
                 {"headgate.yaml",
                  "listeners: [{address: \"127.0.0.1:0\"}]\n"
                  "services:\n"
                  "  agora-chat:\n"
                  "    settings: {already_member: accept}\n"
                  "    apps: [{org_name: a, app_name: b, client_id: c,\n"
                  "            client_secret: d}]\n"}}),
      /*color=*/false);
  ASSERT_EQ(session.diagnostics, "");
  EXPECT_EQ(MutantNames(session, "agora-chat.settings"),
            "agora-chat.settings.already_member: accept -> reject\n");
}

TEST(MutantsTest, UpstreamAnswersAreSwappedMovedAndLeftOut) {
  EXPECT_EQ(ShopMutants(kGet, "shop.upstream_answers",
                        "upstream_answers:\n"
                        "  - {when: {failure: timeout}, answer: busy}\n"
                        "  - {when: {status: 404}, answer: bad}\n"
                        "  - {when: {status: 4xx}, answer: worse}\n"),
            "shop.upstream_answers.timeout: answer busy -> worse\n"
            "shop.upstream_answers.timeout: dropped\n"
            "shop.upstream_answers.404: answer bad -> worse\n"
            "shop.upstream_answers.404: dropped\n"
            "shop.upstream_answers.4xx: answer worse -> bad\n"
            "shop.upstream_answers.4xx: dropped\n"
            "shop.upstream_answers.4xx: 400..499 -> 400..498\n"
            "shop.upstream_answers.4xx: 400..499 -> 400..500\n"
            "shop.upstream_answers.4xx: 400..499 -> 399..499\n"
            "shop.upstream_answers.4xx: 400..499 -> 401..499\n");
}

TEST(MutantsTest, RowsChangeTheirStatusAndTheirTexts) {
  EXPECT_EQ(ShopMutants(kGet, "shop.errors"),
            "shop.errors.bad: status 400 -> 401\n"
            "shop.errors.bad: code changed\n"
            "shop.errors.busy: status 429 -> 430\n"
            "shop.errors.busy: code changed\n"
            // No rule of ours raises it: only its documentation counts.
            "shop.errors.worse: status 400 -> 401\n"
            "shop.errors.worse: code changed\n");
}

TEST(MutantsTest, EveryNameIsUsedOnce) {
  const cli::Session session =
      cli::LoadSession({"cases.yaml"},
                       FakeFiles({{"cases.yaml", CaseText(kOneCase)},
                                  {"headgate.yaml", ChatPolicy()}}),
                       /*color=*/false);
  std::set<std::string> names;
  const auto mutants = cli::MutantsOf(*session.files[0].policy, {});
  for (const cli::Mutant& mutant : mutants) {
    EXPECT_TRUE(names.insert(mutant.name).second) << mutant.name;
    EXPECT_FALSE(mutant.missing.empty()) << mutant.name;
    EXPECT_NE(mutant.at.file, nullptr) << mutant.name;
  }
  EXPECT_GT(mutants.size(), 2000u);
}

}  // namespace
}  // namespace headgate::test
