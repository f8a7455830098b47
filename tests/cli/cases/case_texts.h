// What the tests of policy tests share: a policy beside a service, and ways to
// load, run and describe a text of cases.
#ifndef HEADGATE_TESTS_CLI_CASES_CASE_TEXTS_H_
#define HEADGATE_TESTS_CLI_CASES_CASE_TEXTS_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "cli/cases/load.h"
#include "cli/cases/report.h"
#include "cli/cases/runner.h"
#include "cli/cases/session.h"
#include "config/load.h"
#include "gtest/gtest.h"
#include "policy/contracts/builtin.h"
#include "policy/policy.h"

namespace headgate::test {

// agora-chat beside a service; `keys` are lines of the service, indented by 4.
inline std::string ChatPolicy(std::string_view keys = "") {
  return StrCat(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "services:\n"
      "  agora-chat:\n"
      "    upstream: {servers: [\"http://127.0.0.1:9001\"]}\n",
      keys);
}

// Files that exist nowhere.
inline config::Environment FakeFiles(std::map<std::string, std::string> files) {
  config::Environment environment =
      config::SystemEnvironment(policy::BuiltinContracts());
  environment.read_file =
      [files = std::move(files)](
          const std::string& path) -> absl::StatusOr<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return absl::NotFoundError("No such file");
    return found->second;
  };
  return environment;
}

// `tests` are the lines behind "tests:".
inline std::string CaseText(std::string_view tests) {
  return StrCat(
      "policy: headgate.yaml\n"
      "defaults:\n"
      "  headers: {Authorization: Bearer t}\n"
      "tests:\n",
      tests);
}

// The diagnostics of a text that is wrong; "" if it is good.
inline std::string MistakesOf(std::string text) {
  config::Diagnostics diagnostics;
  const auto file =
      cli::LoadCasesText("cases.yaml", std::move(text), &diagnostics);
  EXPECT_EQ(file.has_value(), diagnostics.empty());
  return diagnostics.ToString();
}

// A text of cases against a policy.
class CaseRun {
 public:
  explicit CaseRun(std::string cases, std::string policy = ChatPolicy())
      : session_(
            cli::LoadSession({"cases.yaml"},
                             FakeFiles({{"cases.yaml", std::move(cases)},
                                        {"headgate.yaml", std::move(policy)}}),
                             /*color=*/false)) {
    EXPECT_EQ(session_.diagnostics, "");
    report_ = cli::RunSession(session_, {});
    report_.elapsed_us = 0;
    for (cli::FileResults& file : report_.files) {
      for (cli::CaseResult& result : file.cases) result.elapsed_us = 0;
    }
  }

  const cli::Session& session() const { return session_; }
  const cli::Report& report() const { return report_; }
  // "" if all passed.
  std::string Failures() const {
    std::string text;
    for (const cli::FileResults& file : report_.files) {
      for (const cli::CaseResult& result : file.cases) {
        if (result.passed()) continue;
        StrAppend(&text, result.test->name, "\n",
                  cli::DescribeFailure(result, false));
      }
    }
    return text;
  }
  size_t cases() const { return session_.cases(); }

 private:
  cli::Session session_;
  cli::Report report_;
};

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_CLI_CASES_CASE_TEXTS_H_
