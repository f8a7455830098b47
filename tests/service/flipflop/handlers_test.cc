// That the table and the contract agree: each operation has its handler, and
// each row of the catalogue that a handler names is there.
#include "service/flipflop/handlers.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "policy/catalogue.h"
#include "tests/policy/builtin_contract.h"

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

}  // namespace
}  // namespace headgate::service
