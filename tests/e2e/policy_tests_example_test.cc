// The documentation of policy tests, kept true: each command of the example's
// README is run, in a copy of its folder, and must print what stands there, but
// for durations and the lines of built-in contracts; each file of cases in
// docs/policy_tests.md passes; and the reports in that page are those of a shop
// that takes words.
#include <regex>
#include <string>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

const std::string kSource = HEADGATE_SOURCE_DIR;

// The blocks of a page in this language.
std::vector<std::string> BlocksOf(const std::string& markdown,
                                  const std::string& language) {
  const std::string begin = StrCat("```", language, "\n");
  std::vector<std::string> blocks;
  size_t at = 0;
  while ((at = markdown.find(begin, at)) != std::string::npos) {
    at += begin.size();
    blocks.push_back(markdown.substr(at, markdown.find("```", at) - at));
  }
  return blocks;
}

// A command behind "$ ", and what stands below it.
struct Example {
  std::string command, printed;
};

std::vector<Example> ExamplesOf(const std::string& markdown) {
  std::vector<Example> examples;
  for (std::string block : BlocksOf(markdown, "console")) {
    block.pop_back();  // the last line's end
    for (const std::string_view line : Split(block, '\n')) {
      if (line.starts_with("$ ")) {
        examples.push_back({std::string(line.substr(2)), ""});
      } else {
        StrAppend(&examples.back().printed, line, "\n");
      }
    }
  }
  return examples;
}

std::string Normalize(const std::string& text) {
  return std::regex_replace(
      std::regex_replace(text, std::regex("\\d+\\.\\d+ s\\)"), "0.000 s)"),
      std::regex("built-in ([a-z-]+):\\d+:\\d+"), "built-in $1");
}

TEST(PolicyTestsExampleTest, EveryCommandPrintsWhatTheReadmeSays) {
  const std::string folder = kSource + "/examples/policy_tests/";
  TempDir copy;
  for (const char* name : {"headgate.yaml", "cases.yaml"}) {
    copy.Write(name, ReadFile(folder + name));
  }
  const std::vector<Example> examples =
      ExamplesOf(ReadFile(folder + "README.md"));
  EXPECT_EQ(examples.size(), 7u);
  for (const Example& example : examples) {
    const std::string command = std::regex_replace(
        example.command, std::regex("^headgate "), HeadgateBinary() + " ");
    const ProcessResult result = RunProcess({.args = {"/bin/sh", "-c", command},
                                             .env = {},
                                             .directory = copy.path(),
                                             .input = ""});
    EXPECT_EQ(Normalize(result.out + result.err), Normalize(example.printed))
        << example.command;
  }
}

TEST(PolicyTestsExampleTest, TheCasesOfThePagePass) {
  TempDir dir;
  dir.Write("headgate.yaml",
            "listeners: [{address: \"127.0.0.1:0\"}]\n"
            "services:\n"
            "  agora-chat:\n"
            "    upstream: {servers: [\"http://127.0.0.1:9001\"]}\n");
  dir.Write(
      "standalone.yaml",
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "services:\n"
      "  agora-chat:\n"
      "    apps: [{org_name: acme, app_name: chat,\n"
      "            client_id: demo-client, client_secret: demo-secret}]\n");
  const std::vector<std::string> pages =
      BlocksOf(ReadFile(kSource + "/docs/policy_tests.md"), "yaml");
  EXPECT_EQ(pages.size(), 2u);
  for (const std::string& page : pages) {
    const ProcessResult result =
        RunHeadgate({"test", dir.Write("cases.yaml", page)});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  }
}

constexpr char kShop[] = R"(contract: shop
app_key: "{shop}"
errors:
  shape: {code: "{code}"}
  bad: {status: 400, code: bad}
  busy: {status: 429, code: busy}
refusals: {invalid: bad, invalid_field: bad, missing_field: bad,
           not_json: bad, rate: busy}
values:
  shop: {pattern: "[a-z]+"}
  word: {charset: a-z, length: 2..4}
limits: {default: 3/s}
operations:
  add_words:
    request: POST /{shop}/words
    body:
      words: {list: word, items: 1..2}
)";
constexpr char kShopPolicy[] = R"(listeners: [{address: "127.0.0.1:0"}]
contracts: [shop.yaml]
services: {shop: {upstream: {servers: ["http://127.0.0.1:9001"]}}}
)";
// Calls at the edges, but never too often.
constexpr char kEdges[] = R"(policy: headgate.yaml
tests:
  - name: words
    each: [{words: '["ab"]'}, {words: '["abc", "abcd"]'}]
    request: &add {method: POST, path: /x/words, body: '{"words": ${words}}'}
    expect: {decision: allow}
  - name: no words
    each: [{words: '["a"]'}, {words: '["abcde"]'}, {words: '[]'},
           {words: '["ab", "ab", "ab"]'}, {words: '7'}, {words: '['}]
    request: *add
    expect: {error: bad}
  - name: nothing
    request: {method: POST, path: /x/words, json: {}}
    expect: {error: bad}
  - name: no shop
    request: {method: POST, path: /X/words, json: {words: [ab]}}
    expect: {error: bad}
)";
// Nearly all that a mistake could change; the page names the rest.
constexpr char kNearlyAll[] = R"(policy: headgate.yaml
tests:
  - name: words
    each: [{words: '["ab"]'}, {words: '["abc", "abcd"]'}]
    request: &add {method: POST, path: /x/words, body: '{"words": ${words}}'}
    expect: {status: 200, decision: allow, upstream_request: {path: /x/words}}
  - name: no words
    each: [{words: '["a"]'}, {words: '["aB"]'}, {words: '["a1"]'},
           {words: '["a!"]'}, {words: '["a b"]'}, {words: '["abé"]'},
           {words: '[]'}, {words: '["ab", "ab", "ab"]'}, {words: '7'},
           {words: 'null', expect: {rule: add_words.body.words.type}},
           {words: '['}]
    request: *add
    expect: {status: 400, error: bad, json: {code: bad}}
  - name: nothing
    request: {method: POST, path: /x/words, json: {}}
    expect: {error: bad}
  - name: no shop
    each: [{shop: X}, {shop: "1"}, {shop: "%21"}, {shop: "%20"},
           {shop: "%C3%A9"}]
    request: {method: POST, path: "/${shop}/words", json: {words: [ab]}}
    expect: {error: bad}
  - name: no operation
    request: {path: /x}
    expect: {status: 404}
  - name: three times a second
    steps:
      - {repeat: 3, request: &one {method: POST, path: /x/words,
           json: {words: [ab]}}, expect: {decision: allow, delay: 0ms}}
      - {at: 999ms, request: *one, expect: {status: 429, json: {code: busy},
           rule: shop.limits.default}}
)";

// The block of a page that begins so.
std::string BlockOf(const std::string& markdown, const std::string& beginning) {
  const std::string begin = StrCat("```\n", beginning);
  const size_t at = markdown.find(begin);
  if (at == std::string::npos) return "(no block)";
  const size_t text = at + begin.size() - beginning.size();
  return markdown.substr(text, markdown.find("```", text) - text);
}

// What `headgate test` prints of the shop behind the first line.
std::string ReportOf(const std::string& cases, const std::string& option) {
  TempDir dir;
  dir.Write("shop.yaml", kShop);
  dir.Write("headgate.yaml", kShopPolicy);
  dir.Write("cases.yaml", cases);
  const ProcessResult result =
      RunProcess({.args = {HeadgateBinary(), "test", "cases.yaml", option},
                  .env = {},
                  .directory = dir.path(),
                  .input = ""});
  EXPECT_EQ(result.err, "");
  return result.out.substr(result.out.find('\n') + 1);
}

TEST(PolicyTestsExampleTest, TheReportsOfThePageAreThoseOfItsShop) {
  const std::string page = ReadFile(kSource + "/docs/policy_tests.md");
  EXPECT_EQ(ReportOf(kEdges, "--coverage"), BlockOf(page, "coverage: "));
  const std::string equivalent = BlockOf(page, "equivalent_mutants:\n");
  EXPECT_EQ(Normalize(ReportOf(StrCat(kNearlyAll, equivalent), "--mutate")),
            Normalize(BlockOf(page, "mutation: ")));
}

TEST(PolicyTestsExampleTest, WatchRunsAgainWhenAFileChanges) {
  const std::string folder = kSource + "/examples/policy_tests/";
  TempDir copy;
  const std::string policy = ReadFile(folder + "headgate.yaml");
  copy.Write("headgate.yaml", policy);
  const std::string cases =
      copy.Write("cases.yaml", ReadFile(folder + "cases.yaml"));
  Process watching({.args = {HeadgateBinary(), "test", "--watch", cases},
                    .env = {},
                    .directory = copy.path(),
                    .input = ""});
  EXPECT_TRUE(watching.WaitForOutput("5 cases: 5 passed")) << watching.err();
  copy.Write("headgate.yaml",
             std::regex_replace(policy, std::regex("1\\.\\.32"), "1..23"));
  EXPECT_TRUE(watching.WaitForOutput("5 cases: 4 passed, 1 failed"))
      << watching.out();
  copy.Write("headgate.yaml", "services: 7\n");
  EXPECT_TRUE(watching.WaitForOutput("services: 7")) << watching.err();
  copy.Write("headgate.yaml",
             std::regex_replace(policy, std::regex("5/s"), "50/s"));
  EXPECT_TRUE(watching.WaitForOutput("FAIL five members")) << watching.out();
}

}  // namespace
}  // namespace headgate::test
