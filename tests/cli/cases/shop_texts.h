// A small family for tests of policy tests: its contract, a policy beside a
// service, and a shop that takes words, with the cases that its one field asks
// for.
#ifndef HEADGATE_TESTS_CLI_CASES_SHOP_TEXTS_H_
#define HEADGATE_TESTS_CLI_CASES_SHOP_TEXTS_H_

#include <string>
#include <string_view>

#include "base/strings.h"

namespace headgate::test {

// A contract "shop": an operation for each text of `operations`, which are
// lines indented by 2, as `more_errors` are; `rest` are whole sections.
inline std::string ShopContract(
    std::string_view operations, std::string_view rest = "",
    std::string_view more_errors = "  worse: {status: 400, code: worse}\n") {
  return StrCat(
      "contract: shop\n"
      "app_key: \"{shop}\"\n"
      "errors:\n"
      "  shape: {code: \"{code}\"}\n"
      "  bad: {status: 400, code: bad}\n"
      "  busy: {status: 429, code: busy}\n",
      more_errors,
      "refusals: {invalid: bad, invalid_field: bad, missing_field: bad,\n"
      "           invalid_query: bad, not_json: bad, rate: busy}\n",
      rest, "operations:\n", operations);
}

inline std::string ShopPolicy(std::string_view keys = "") {
  return StrCat(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "contracts: [shop.yaml]\n"
      "services:\n"
      "  shop:\n"
      "    upstream: {servers: [\"http://127.0.0.1:9001\"]}\n",
      keys);
}

// Of the shop that takes one or two words at a time, three times a second.
inline constexpr char kWordsOperation[] =
    "  add_words:\n"
    "    request: POST /{shop}/words\n"
    "    body:\n"
    "      words: {list: word, items: 1..2}\n";
inline constexpr char kWordsValues[] =
    "values:\n"
    "  shop: {charset: a-z}\n"
    "  word: {charset: a-z, length: 2..4}\n"
    "limits: {default: 3/s}\n";

// The end of a case whose rows give `words`, and a case without any.
inline constexpr char kWordsRequest[] =
    "    request: {method: POST, path: /x/words,\n"
    "              body: '{\"words\": ${words}}'}\n";
inline constexpr char kNoWords[] =
    "  - name: no words\n"
    "    request: {method: POST, path: /x/words, json: {}}\n"
    "    expect: {error: bad}\n";

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_CLI_CASES_SHOP_TEXTS_H_
