// The built-in contracts' own cases (tests/contracts) against the real binary:
// `serve` decides and answers each of them as `test` does. Left out are those
// whose outcome hangs on a millisecond, and failures that no upstream can play.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/e2e/example.h"
#include "tests/e2e/scripted_answer.h"
#include "tests/support/headgate_process.h"

namespace headgate::test {
namespace {

const std::string kContracts = kRoot + "/tests/contracts/";

// A gateway with this policy; `files` are asked of it, cases that match `run`.
void ExpectAllPass(const std::string& policy,
                   const std::vector<std::string>& files,
                   const std::string& run = ".") {
  ScriptedUpstream upstream;
  upstream.Handle(&ScriptedAnswer);
  const HeadgateProcess headgate(
      ReplaceAll(ReadFile(kContracts + "policies/" + policy),
                 "http://127.0.0.1:9001", upstream.url()));
  ASSERT_TRUE(headgate.started()) << headgate.err();
  std::vector<std::string> args = {
      "test", "--scripted-upstream", "--run",
      run,    "--against",           StrCat("http://", headgate.address())};
  for (const std::string& file : files) args.push_back(kContracts + file);
  const ProcessResult asked = RunHeadgate(args);
  EXPECT_EQ(asked.exit_code, 0) << asked.out << asked.err;
}

TEST(ContractsAgainstTest, AgoraChatsCallsAreAnsweredAlike) {
  ExpectAllPass("agora_chat_sidecar.yaml",
                {"agora_chat_names.yaml", "agora_chat_lists.yaml",
                 "agora_chat_bodies.yaml", "agora_chat_requests.yaml"});
}

TEST(ContractsAgainstTest, AgoraChatsUpstreamIsMappedAlike) {
  ExpectAllPass("agora_chat_sidecar.yaml", {"agora_chat_answers.yaml"},
                "passes as it is|an undocumented|documented code|no operation|"
                "knows no|read differently|a body|a URL|fields|100-continue");
}

TEST(ContractsAgainstTest, PrivateServicesBodiesAreAnsweredAlike) {
  ExpectAllPass("private_services_sidecar.yaml",
                {"private_services_bodies.yaml"});
}

}  // namespace
}  // namespace headgate::test
