// What the tests of mutants share: ways to name and run the mutants of the shop
// (shop_texts.h).
#ifndef HEADGATE_TESTS_CLI_CASES_MUTATION_TEXTS_H_
#define HEADGATE_TESTS_CLI_CASES_MUTATION_TEXTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "cli/cases/mutants.h"
#include "cli/cases/mutation.h"
#include "tests/cli/cases/case_texts.h"
#include "tests/cli/cases/shop_texts.h"

namespace headgate::test {

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
