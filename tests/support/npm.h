// Runs a script of tests/npm with Node.js and the npm packages that
// tests/npm/package-lock.json names. scripts/test installs them into build/npm
// (or the folder that HEADGATE_NPM names); a test that lacks them fails.
//
// The script comes over standard input, so that what it imports is looked for
// in that folder.
#ifndef HEADGATE_TESTS_SUPPORT_NPM_H_
#define HEADGATE_TESTS_SUPPORT_NPM_H_

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {

inline std::string NpmFolder() {
  const char* const chosen = std::getenv("HEADGATE_NPM");
  return chosen == nullptr ? StrCat(HEADGATE_SOURCE_DIR, "/build/npm") : chosen;
}

// What the script prints, without its last line feed.
inline std::string RunNode(std::string_view script, std::string argument) {
  const ProcessResult result = RunProcess(
      {.args = {"/usr/bin/env", "node", "--input-type=module", "-",
                std::move(argument)},
       .directory = NpmFolder(),
       .input = ReadFile(StrCat(HEADGATE_SOURCE_DIR, "/tests/npm/", script))});
  EXPECT_EQ(result.exit_code, 0)
      << result.err << "Is Node.js there, and are the packages in "
      << NpmFolder() << "? scripts/test installs both.";
  std::string out = result.out;
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_NPM_H_
