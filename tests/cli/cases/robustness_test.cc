// Files of cases with bytes changed, cut and doubled: each is loaded whole or
// refused with a reason, and what was loaded runs to its end.
#include <optional>
#include <random>
#include <string>

#include "cli/cases/load.h"
#include "cli/cases/runner.h"
#include "gtest/gtest.h"
#include "tests/cli/cases/case_texts.h"

namespace headgate::test {
namespace {

constexpr char kText[] = R"(policy: headgate.yaml
defaults:
  headers: {Authorization: Bearer t}
  app: {org_name: acme}
tests:
  - name: rows
    each:
      - {count: 1, expect: {decision: allow}}
      - {count: 61, expect: {status: 400}}
    request: &add {method: POST, path: "/${org_name}/chat/chatrooms/1/users",
      json: {usernames: {$range: {from: 1, to: "${count}", format: "u%02d"}}}}
  - name: steps
    steps:
      - {at: 1ms, repeat: 3, every: 1ms, request: {path: /a}, save: {b: c.d},
         upstream: {failure: timeout}}
      - {after: 1s, request: {path: "/${b}"}, expect: {denied: 1}}
)";

std::shared_ptr<const policy::Policy> MakePolicy() {
  config::Diagnostics diagnostics;
  const auto config = config::LoadText("headgate.yaml", ChatPolicy(),
                                       FakeFiles({}), &diagnostics);
  return policy::Policy::Compile(*config, &diagnostics);
}

TEST(RobustnessTest, ChangedFilesAreLoadedWholeOrRefused) {
  constexpr int64_t kCallsMax = 10'000;
  std::mt19937 random(4);
  const auto below = [&random](size_t end) {
    return static_cast<size_t>(random()) % end;
  };
  cli::Runner runner(MakePolicy(), {});
  int loaded = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string text = kText;
    for (size_t change = below(4); change > 0; --change) {
      const size_t at = below(text.size());
      const size_t size = below(20);
      switch (below(4)) {
        case 0:
          text[at] = static_cast<char>(below(256));
          break;
        case 1:
          text.erase(at, size);
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), size));
          break;
        default:
          text[at] = "{}[]:,-&*$%\"' \n"[below(15)];
      }
    }
    config::Diagnostics diagnostics;
    const std::optional<cli::CaseFile> file =
        cli::LoadCasesText("cases.yaml", text, &diagnostics);
    ASSERT_EQ(file.has_value(), diagnostics.empty()) << text;
    if (!file || file->calls() > kCallsMax) continue;
    ++loaded;
    for (const cli::Case& test : file->cases) {
      const bool passes = runner.Passes(*file, test);
      EXPECT_EQ(runner.Run(*file, test).passed(), passes) << text;
    }
  }
  EXPECT_GT(loaded, 100);
}

}  // namespace
}  // namespace headgate::test
