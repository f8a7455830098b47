// What the tests of mutants share: a small family of its own, a policy beside a
// service, and ways to name and run the mutants of both.
#ifndef HEADGATE_TESTS_CLI_CASES_MUTATION_TEXTS_H_
#define HEADGATE_TESTS_CLI_CASES_MUTATION_TEXTS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cases/mutants.h"
#include "cli/cases/mutation.h"
#include "tests/cli/cases/case_texts.h"

namespace headgate::test {

// A contract "shop": an operation for each text of `operations`, which are
// lines indented by 2.
inline std::string ShopContract(std::string_view operations,
                                std::string_view rest = "") {
  return StrCat(
      "contract: shop\n"
      "app_key: \"{shop}\"\n"
      "errors:\n"
      "  shape: {code: \"{code}\"}\n"
      "  bad: {status: 400, code: bad}\n"
      "  busy: {status: 429, code: busy}\n"
      "  worse: {status: 400, code: worse}\n"
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

// The files of a session: "cases.yaml" and what it names.
inline cli::Session LoadShop(const std::string& cases,
                             const std::string& contract,
                             const std::string& policy = ShopPolicy()) {
  cli::Session session = cli::LoadSession({"cases.yaml"},
                                          FakeFiles({{"cases.yaml", cases},
                                                     {"headgate.yaml", policy},
                                                     {"shop.yaml", contract}}),
                                          /*color=*/false);
  EXPECT_EQ(session.diagnostics, "");
  return session;
}

inline constexpr char kOneCase[] =
    "  - name: one\n"
    "    request: {path: /a}\n"
    "    expect: {status: 404}\n";

// The names of a policy's mutants whose rule begins with `rule`, a line each.
inline std::string MutantNames(const cli::Session& session,
                               std::string_view rule) {
  std::string text;
  for (const cli::Mutant& mutant :
       cli::MutantsOf(*session.files[0].policy, {})) {
    if (mutant.rule.starts_with(rule)) StrAppend(&text, mutant.name, "\n");
  }
  return text;
}

// The same for a contract of these operations.
inline std::string ShopMutants(std::string_view operations,
                               std::string_view rule,
                               std::string_view rest = "",
                               const std::string& policy = ShopPolicy()) {
  return MutantNames(
      LoadShop(CaseText(kOneCase), ShopContract(operations, rest), policy),
      rule);
}

// Runs the mutants; what a run measures is set to 0.
inline cli::MutationReport Mutation(const cli::Session& session,
                                    cli::MutationOptions options = {}) {
  cli::MutationReport report = cli::RunMutation(session, options);
  report.elapsed_us = 0;
  return report;
}

// The names of those that survived.
inline std::vector<std::string> Survivors(const cli::MutationReport& report) {
  std::vector<std::string> names;
  for (const cli::MutantResult& mutant : report.mutants) {
    if (mutant.fate == cli::MutantResult::Fate::kSurvived) {
      names.push_back(mutant.name);
    }
  }
  return names;
}

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_CLI_CASES_MUTATION_TEXTS_H_
