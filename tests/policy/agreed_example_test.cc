// The agreed example of a contract file, as it was agreed: it loads unchanged,
// as a change to the built-in agora-chat.
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "config/config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/catalogue.h"
#include "tests/policy/builtin_contract.h"

namespace headgate::policy {
namespace {

std::string Example() {
  std::ifstream file(HEADGATE_SOURCE_DIR
                     "/tests/policy/data/agreed_contract.yaml");
  EXPECT_TRUE(file);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(AgreedExampleTest, LoadsAsAChangeToTheBuiltin) {
  const config::Contract before = ReadBuiltin("agora-chat");
  const config::Contract after =
      std::move(ReadBuiltins({Example()})["agora-chat"]);
  EXPECT_EQ(after.operations.size(), before.operations.size() + 1);
  EXPECT_EQ(after.operations.back().name, "internal_only");
  EXPECT_EQ(after.operations.back().deny, "forbidden");
  EXPECT_EQ(after.errors.size(), before.errors.size());
  EXPECT_EQ(after.shape.content_type, before.shape.content_type);
  EXPECT_EQ(after.upstream_answers.size(), 7u);
  EXPECT_EQ(after.limits.at("create_token")->limit, 300);
  EXPECT_EQ(after.operations[4].name, "remove_chatroom_members");
  EXPECT_EQ(after.operations[4].path_variables.at("usernames").items,
            (config::Range{1, 100}));
}

TEST(AgreedExampleTest, TheErrorsAnswerAsBefore) {
  const Catalogue before(ReadBuiltin("agora-chat"));
  const Catalogue after(ReadBuiltins({Example()})["agora-chat"]);
  for (const auto& error : before.errors()) {
    std::string expected, body;
    Catalogue::Render(*error, ErrorContext(), &expected);
    Catalogue::Render(*after.Find(error->name), ErrorContext(), &body);
    EXPECT_EQ(body, expected);
  }
}

}  // namespace
}  // namespace headgate::policy
