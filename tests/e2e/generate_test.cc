// `headgate test --generate`: a file of cases that passes against its policy.
#include <string>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

constexpr char kPolicy[] =
    "listeners: [{address: \"127.0.0.1:0\"}]\n"
    "services:\n"
    "  flipflop:\n"
    "    upstream: {servers: [\"http://127.0.0.1:9\"]}\n";

TEST(GenerateTest, WritesCasesThatPass) {
  TempDir dir;
  const std::string policy = dir.Write("headgate.yaml", kPolicy);
  const std::string cases = dir.File("cases.yaml");
  ProcessResult result =
      RunHeadgate({"test", "--generate", policy, "-o", cases});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(ReadFile(cases).find("\npolicy: headgate.yaml\n"),
            std::string::npos);
  result = RunHeadgate({"test", cases, "--coverage", "--fail-under", "97"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

TEST(GenerateTest, WritesOverAFileOnlyByForce) {
  TempDir dir;
  const std::string policy = dir.Write("headgate.yaml", kPolicy);
  const std::string cases = dir.Write("cases.yaml", "mine\n");
  ProcessResult result =
      RunHeadgate({"test", "--generate", policy, "-o", cases});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, StrCat("headgate: ", cases,
                               " is there already; --force writes over it\n"));
  EXPECT_EQ(ReadFile(cases), "mine\n");
  result = RunHeadgate({"test", "--generate", policy, "-o", cases, "--force"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(ReadFile(cases), "mine\n");
}

TEST(GenerateTest, SaysWhatIsWrong) {
  TempDir dir;
  const std::string policy = dir.Write("headgate.yaml", "services: 7\n");
  const ProcessResult result = RunHeadgate({"test", "--generate", policy});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(RunHeadgate({"test", "--force", policy}).exit_code, 64);
  EXPECT_EQ(RunHeadgate({"test", "--generate", policy, "x"}).exit_code, 64);
  EXPECT_EQ(RunHeadgate({"test"}).exit_code, 64);
}

}  // namespace
}  // namespace headgate::test
