// `headgate test --mutate` as its users see it: what it prints where, and what
// it exits with.
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

constexpr char kContract[] =
    "contract: shop\n"
    "app_key: \"{shop}\"\n"
    "prefixes: [/shops]\n"
    "errors:\n"
    "  shape: {code: \"{code}\"}\n"
    "  bad: {status: 400, code: bad}\n"
    "refusals: {invalid: bad}\n"
    "values: {shop: {length: 1..4}}\n"
    "operations:\n"
    "  get: {request: \"GET /shops/{shop}\"}\n";
constexpr char kPolicy[] =
    "listeners: [{address: \"127.0.0.1:0\"}]\n"
    "contracts: [shop.yaml]\n"
    "services: {shop: {upstream: {servers: [\"http://127.0.0.1:9001\"]}}}\n";
constexpr char kCases[] =
    "policy: headgate.yaml\n"
    "tests:\n"
    "  - name: four characters\n"
    "    request: {path: /shops/abcd}\n"
    "    expect: {decision: allow}\n";

// The files of a policy and its cases.
class Files {
 public:
  explicit Files(const std::string& cases) {
    dir_.Write("shop.yaml", kContract);
    dir_.Write("headgate.yaml", kPolicy);
    cases_ = dir_.Write("cases.yaml", cases);
  }

  ProcessResult Test(std::vector<std::string> options) const {
    options.insert(options.begin(), {"test", cases_});
    return RunHeadgate(options);
  }
  const std::string& cases() const { return cases_; }

 private:
  TempDir dir_;
  std::string cases_;
};

TEST(MutationTest, SurvivorsAreListedBehindTheReport) {
  const ProcessResult result = Files(kCases).Test({"--mutate"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("1 case: 1 passed"), std::string::npos);
  EXPECT_NE(result.out.find(
                "shop.yaml:8:10: get.path.shop.length: 1..4 -> 1..5\n"
                "    missing: a call with shop of 5 characters that expects "
                "rule get.path.shop.length\n"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(result.out.find("get.path.shop.length: 1..4 -> 1..3"),
            std::string::npos);
  EXPECT_EQ(result.err, "");
}

TEST(MutationTest, EachThatIsAskedForMustReachTheThreshold) {
  const Files files(kCases);
  EXPECT_EQ(files.Test({"--mutate", "--fail-under", "1"}).exit_code, 0);
  EXPECT_EQ(files.Test({"--mutate", "--fail-under", "90"}).exit_code, 4);
  EXPECT_EQ(
      files.Test({"--mutate", "--coverage", "--fail-under", "90"}).exit_code,
      4);
  EXPECT_EQ(
      files.Test({"--mutate", "--coverage", "--fail-under", "1"}).exit_code, 0);
  const ProcessResult alone = files.Test({"--fail-under", "90"});
  EXPECT_EQ(alone.exit_code, 64);
  EXPECT_EQ(alone.err, "headgate: --fail-under needs --coverage or --mutate\n");
}

TEST(MutationTest, NothingIsChangedWhileACaseFails) {
  const ProcessResult result =
      Files(StrCat(kCases,
                   "  - name: five\n"
                   "    request: {path: /shops/abcde}\n"
                   "    expect: {decision: allow}\n"))
          .Test({"--mutate"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out.find("mutation:"), std::string::npos);
  EXPECT_EQ(result.err, "headgate: no mutants: a case fails without them\n");
}

TEST(MutationTest, WrongEquivalentsAreMistakesOfTheFile) {
  const Files files(StrCat(
      "equivalent_mutants:\n"
      "  - {mutant: \"get.path.shop.length: 1..4 -> 1..3\", because: no}\n"
      "  - {mutant: \"get.path.shop.length: 1..4 -> 1..7\", because: no}\n",
      kCases));
  const ProcessResult result = files.Test({"--mutate"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.err,
            StrCat(files.cases(),
                   ":2:14: error: this mutant is not equivalent\n"
                   "  - {mutant: \"get.path.shop.length: 1..4 -> 1..3\", "
                   "because: no}\n"
                   "             ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
                   "the case \"four characters\" kills it\n"
                   "\n",
                   files.cases(),
                   ":3:14: error: there is no mutant "
                   "\"get.path.shop.length: 1..4 -> 1..7\"\n"
                   "  - {mutant: \"get.path.shop.length: 1..4 -> 1..7\", "
                   "because: no}\n"
                   "             ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
                   "did you mean \"get.path.shop.length: 1..4 -> 1..3\"?\n"
                   "\n"
                   "2 errors\n"));
  // Nobody asked whether they are.
  EXPECT_EQ(files.Test({}).exit_code, 0);
}

TEST(MutationTest, JsonHoldsTheMutantsAndOtherFormatsLeaveThemToPeople) {
  const Files files(kCases);
  const ProcessResult json = files.Test({"--mutate", "--format", "json"});
  JsonReader reader;
  const JsonValue root = reader.Read(json.out);
  ASSERT_TRUE(root) << json.out;
  const JsonValue mutation = root.Find("mutation");
  ASSERT_TRUE(mutation);
  EXPECT_GT(mutation.Find("survived").integer(), 0);
  EXPECT_EQ(
      static_cast<int64_t>(mutation.Find("mutants").size()),
      mutation.Find("survived").integer() + mutation.Find("killed").integer());
  EXPECT_EQ(json.err, "");
  const ProcessResult tap = files.Test({"--mutate", "--format", "tap"});
  EXPECT_EQ(tap.out.find("mutation"), std::string::npos);
  EXPECT_TRUE(tap.err.starts_with("mutation: ")) << tap.err;
}

}  // namespace
}  // namespace headgate::test
