// docs/contract_files.md and docs/errors.md say what is so.
//
// HEADGATE_UPDATE_DOCS=1 policy_test --gtest_filter='ContractDocsTest.*'
// writes docs/errors.md anew.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/catalogue.h"
#include "tests/policy/builtin_contract.h"

namespace headgate::policy {
namespace {

std::string PathOf(std::string_view page) {
  return StrCat(HEADGATE_SOURCE_DIR, "/docs/", page);
}

std::string ReadPage(std::string_view page) {
  std::ifstream file(PathOf(page));
  EXPECT_TRUE(file) << page;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The blocks between ```yaml and ```.
std::vector<std::string> Examples(const std::string& page) {
  constexpr std::string_view kBegin = "```yaml\n";
  constexpr std::string_view kEnd = "```\n";
  std::vector<std::string> examples;
  for (size_t at = page.find(kBegin); at != std::string::npos;
       at = page.find(kBegin, at)) {
    at += kBegin.size();
    examples.push_back(page.substr(at, page.find(kEnd, at) - at));
  }
  return examples;
}

TEST(ContractDocsTest, EveryExampleLoads) {
  const auto examples = Examples(ReadPage("contract_files.md"));
  EXPECT_GE(examples.size(), 10u);
  for (const std::string& example : examples) {
    SCOPED_TRACE(example);
    ReadBuiltins({example});  // fails on a mistake
  }
}

TEST(ContractDocsTest, EveryKeyStandsInAnExample) {
  constexpr const char* kKeys[] = {
      "contract",
      "extends",
      "replaces",
      "app_key",
      "credentials",
      "prefixes",
      "aliases",
      "path",
      "also",
      "errors",
      "shape",
      "content_type",
      "status",
      "placeholders",
      "refusals",
      "values",
      "charset",
      "pattern",
      "one_of",
      "length",
      "fold",
      "error",
      "empty",
      "limits",
      "operations",
      "request",
      "query",
      "integer",
      "default",
      "at_most",
      "value",
      "list",
      "separator",
      "items",
      "too_many",
      "too_few",
      "too_large",
      "body",
      "empty_body",
      "array_body",
      "answers",
      "grants",
      "deny",
      "handler",
      "optional",
      "nullable",
      "missing",
      "boolean",
      "object",
      "map",
      "any",
      "bytes",
      "keys",
      "implied",
      "settings",
      "when",
      "failure",
      "answer",
      "upstream_answers",
  };
  std::string all = "\n";
  for (const std::string& example : Examples(ReadPage("contract_files.md"))) {
    all += example;
  }
  for (const char* key : kKeys) {
    EXPECT_THAT(all, testing::ContainsRegex(StrCat("[ {\n]", key, ":"))) << key;
  }
}

TEST(ContractDocsTest, EveryRefusalStandsInThePageWithItsStatus) {
  const std::string page = ReadPage("contract_files.md");
  for (int i = 0; i < kRefusals; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    const size_t at = page.find(StrCat("`", RefusalName(refusal), "`"));
    ASSERT_NE(at, std::string::npos) << RefusalName(refusal);
    EXPECT_THAT(page.substr(at, page.find('\n', at) - at),
                testing::HasSubstr(StrCat(RefusalStatus(refusal))));
  }
}

// What a row's description says, with its placeholders.
std::string TextOf(const config::ErrorSpec& error) {
  for (const char* key : {"description", "errorMessage", "message"}) {
    const auto text = error.attributes.find(key);
    if (text != error.attributes.end()) return text->second;
  }
  return "";
}

std::string TableOf(const config::Contract& contract) {
  std::map<std::string, std::string> reasons;
  for (const auto& [refusal, row] : contract.refusals) {
    std::string& list = reasons[row];
    StrAppend(&list, list.empty() ? "" : ", ", refusal);
  }
  const Catalogue catalogue(contract);
  std::string table =
      "| row | HTTP | code | text | refusals |\n|---|---|---|---|---|\n";
  for (const auto& [name, error] : contract.errors) {
    StrAppend(&table, "| ", name, " | ", error.status, " | `",
              catalogue.Find(name)->code, "` | ", TextOf(error), " | ",
              reasons[name], " |\n");
  }
  return table;
}

std::string ErrorsPage() {
  std::string page =
      "# Errors\n\n"
      "Every error that the built-in contracts document, by the name of its "
      "row in\npolicy/contracts/. The page is made from them (see\n"
      "tests/policy/contract_docs_test.cc). `refusals` are the reasons for "
      "which Headgate\nitself answers with that row; "
      "docs/contract_files.md explains them, and what\nstands in braces.\n";
  for (const auto& [name, contract] : ReadBuiltins()) {
    StrAppend(&page, "\n## ", name, "\n\nContent-Type: `",
              contract.shape.content_type, "`; members of the body:");
    std::string_view separator = " ";
    for (const auto& [key, text] : contract.shape.members) {
      StrAppend(&page, separator, "`", key, "`");
      separator = ", ";
    }
    StrAppend(&page, ".\n\n", TableOf(contract));
  }
  return page;
}

TEST(ContractDocsTest, ErrorsPageListsEveryRowOfEveryCatalogue) {
  const std::string page = ErrorsPage();
  if (std::getenv("HEADGATE_UPDATE_DOCS") != nullptr) {
    std::ofstream(PathOf("errors.md")) << page;
  }
  EXPECT_EQ(ReadPage("errors.md"), page);
}

}  // namespace
}  // namespace headgate::policy
