// That the table and the contract agree: each operation has its handler, and
// each row of the catalogue that a handler names is there.
#include "service/flipflop/handlers.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "policy/catalogue.h"
#include "service/handlers.h"
#include "tests/policy/builtin_contract.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::service {
namespace {

TEST(FlipflopHandlersTest, AnswerEveryOperationOfTheContractAndNoOther) {
  std::set<std::string> operations, handlers;
  const config::Contract contract = policy::ReadBuiltin("flipflop");
  for (const config::Operation& operation : contract.operations) {
    operations.insert(operation.handler.empty() ? operation.name
                                                : operation.handler);
  }
  for (const Handler& handler : FlipflopHandlers()) {
    EXPECT_TRUE(handlers.emplace(handler.name).second) << handler.name;
  }
  EXPECT_EQ(handlers, operations);
}

TEST(FlipflopHandlersTest, NameOnlyRowsThatTheCatalogueHas) {
  const policy::Catalogue catalogue(policy::ReadBuiltin("flipflop"));
  for (const char* error : {"invalid_access_token", "invalid_app_credentials",
                            "invalid_http_message_body",
                            "member_already_exists", "member_not_found"}) {
    EXPECT_NE(catalogue.Find(error), nullptr) << error;
  }
}

std::string Check(const std::string& services) {
  std::string mistakes;
  const auto policy = policy::CompileText(
      "listeners: [{address: 127.0.0.1:0}]\nservices:\n" + services, "",
      &mistakes);
  if (policy == nullptr) return mistakes;
  config::Diagnostics diagnostics;
  CheckHandlers(policy->config(), &diagnostics);
  return diagnostics.ToString();
}

TEST(FlipflopHandlersTest, NeedTheChatServerOfAServiceThatTheyAnswer) {
  EXPECT_EQ(
      Check("  flipflop:\n"
            "    apps: [{app_id: a, api_key: k, api_secret: s}]\n"),
      "headgate.yaml:3:3: error: missing key \"chat_server_url\"\n"
      "  flipflop:\n"
      "  ^~~~~~~~\n"
      "the chat tokens that Headgate issues for flipflop name the chat server; "
      "or give an `upstream`\n\n1 error\n");
  EXPECT_EQ(Check("  flipflop: {chat_server_url: \"wss://chat.example\"}\n"),
            "");
  EXPECT_EQ(Check("  flipflop: {upstream: {servers: [\"http://a\"]}}\n"), "");
  EXPECT_EQ(Check("  agora-chat: {}\n"), "");
}

}  // namespace
}  // namespace headgate::service
