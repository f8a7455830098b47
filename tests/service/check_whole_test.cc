// Mistakes of a whole config come in the run that finds those of its keys.
#include <string>

#include "config/load.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/contracts/builtin.h"
#include "service/handlers.h"

namespace headgate::service {
namespace {

using testing::HasSubstr;
using testing::Not;

// What is wrong with the services; `contract` is the text of ours.yaml.
std::string MistakesOf(const std::string& services,
                       const std::string& contract = "") {
  config::Environment environment;
  environment.builtin_contracts = policy::BuiltinContracts();
  environment.read_file = [contract](const std::string&) { return contract; };
  environment.variable = [](const std::string&) { return std::nullopt; };
  environment.check = CheckWhole;
  config::Diagnostics diagnostics;
  const std::string head = contract.empty() ? "" : "contracts: [ours.yaml]\n";
  const auto config = config::LoadText(
      "h.yaml", head + "listeners: [{address: a:1}]\nservices:\n" + services,
      environment, &diagnostics);
  EXPECT_EQ(config.has_value(), diagnostics.empty());
  return diagnostics.ToString();
}

TEST(CheckWholeTest, ComesBesideOtherMistakes) {
  EXPECT_EQ(MistakesOf("  flipflop:\n"
                       "    colour: red\n"
                       "    apps: [{app_id: a, api_key: k, api_secret: s}]\n"
                       "  agora-chat:\n"
                       "    values: {username: {charset: z-a}}\n"),
            "h.yaml:3:3: error: missing key \"chat_server_url\"\n"
            "  flipflop:\n"
            "  ^~~~~~~~\n"
            "the chat tokens that Headgate issues for flipflop name the chat "
            "server; or give an `upstream`\n\n"
            "h.yaml:4:5: error: unknown key \"colour\"\n"
            "  colour: red\n"
            "  ^~~~~~\n"
            "known: upstream, cors, authenticate, unmatched, limits, values, "
            "settings, apps, unlisted_apps, chat_server_url\n\n"
            "h.yaml:7:14: error: bad charset: the range ends before it begins: "
            "'z-a'\n"
            "  values: {username: {charset: z-a}}\n"
            "           ^~~~~~~~\n"
            "a charset is the inside of a regular expression's class, as "
            "a-zA-Z0-9_.-\n\n"
            "3 errors\n");
}

// What could not be read is not missing as well.
TEST(CheckWholeTest, ReportsNoMistakeASecondTime) {
  EXPECT_EQ(MistakesOf("  flipflop: {chat_server_url: \"http://chat\"}\n"),
            "h.yaml:3:31: error: expected a URL that begins with ws:// or "
            "wss://, found \"http://chat\"\n"
            "  flipflop: {chat_server_url: \"http://chat\"}\n"
            "                              ^~~~~~~~~~~~~\n\n"
            "1 error\n");
  EXPECT_THAT(MistakesOf("  flipflop: {upstream: {servers: [x]}}\n"),
              HasSubstr("\n1 error\n"));
  EXPECT_THAT(MistakesOf("  flopflip: {}\n"), HasSubstr("\n1 error\n"));
  EXPECT_THAT(MistakesOf("  agora-chat:\n"
                         "    apps: [{org_name: o, app_name: a},\n"
                         "           {org_name: o, app_name: a}]\n"),
              HasSubstr("\n1 error\n"));
  EXPECT_EQ(MistakesOf("  flipflop: {chat_server_url: \"ws://chat\"}\n"), "");
}

TEST(CheckWholeTest, BuildsNothingUponAContractWithMistakes) {
  const std::string mistakes = MistakesOf(
      "  flipflop: {}\n", "contract: flipflop\nvalues: {text: {length: x}}\n");
  EXPECT_THAT(mistakes, HasSubstr("ours.yaml:2:"));
  EXPECT_THAT(mistakes, Not(HasSubstr("chat_server_url")));
}

}  // namespace
}  // namespace headgate::service
