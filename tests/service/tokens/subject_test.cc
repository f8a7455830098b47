#include "service/tokens/subject.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::service {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kConfig[] = R"(
listeners: [{address: 127.0.0.1:0}]
services:
  agora-chat:
    apps:
      - {org_name: acme, app_name: chat}
      - {app_id: one, name: shown}
  flipflop:
    chat_server_url: ws://chat
    apps:
      - {app_id: ffl, name: fans, api_key: k, api_secret: s}
      - {name: backend, api_key: k2, api_secret: s}
  private-services:
    apps: [{name: backend, api_key: k}]
)";

std::shared_ptr<const policy::Policy> Compile(const std::string& config,
                                              const std::string& contract) {
  std::string mistakes;
  auto policy = policy::CompileText(config, contract, &mistakes);
  EXPECT_NE(policy, nullptr) << mistakes;
  return policy;
}

class SubjectTest : public testing::Test {
 protected:
  const policy::CompiledService& Service(std::string_view name) const {
    for (const auto& service : policy_->services()) {
      if (service->name == name) return *service;
    }
    ADD_FAILURE() << name;
    return *policy_->services().front();
  }

  std::shared_ptr<const policy::Policy> policy_ = Compile(kConfig, "");
};

TEST_F(SubjectTest, AServiceIsKnownByItsHandlers) {
  const auto& chat = Service("agora-chat");
  EXPECT_EQ(MakerOf(chat, TokenKind::kUserAccess)->name, "create_token");
  EXPECT_EQ(MakerOf(chat, TokenKind::kMemberChat), nullptr);
  const auto& flipflop = Service("flipflop");
  EXPECT_EQ(MakerOf(flipflop, TokenKind::kMemberStream)->name, "login_member");
  EXPECT_EQ(MakerOf(flipflop, TokenKind::kMemberChat)->name,
            "issue_member_chat_token");
  const auto& private_services = Service("private-services");
  EXPECT_EQ(MakerOf(private_services, TokenKind::kRoomMember)->name,
            "create_room_member_token");
}

TEST_F(SubjectTest, AnAppHasTheNameThatItsServiceGivesIt) {
  const auto& chat = Service("agora-chat");
  EXPECT_EQ(AudienceOf(TokenKind::kAppAccess, *chat.apps[0]), "acme#chat");
  EXPECT_EQ(AudienceOf(TokenKind::kUserAccess, *chat.apps[1]), "one");
  const auto& flipflop = Service("flipflop");
  EXPECT_EQ(AudienceOf(TokenKind::kMemberChat, *flipflop.apps[0]), "ffl");
  EXPECT_EQ(AudienceOf(TokenKind::kMemberChat, *flipflop.apps[1]), "backend");
  EXPECT_EQ(
      AudienceOf(TokenKind::kChatMember, *Service("private-services").apps[0]),
      "backend");
}

TEST_F(SubjectTest, UsersAreFoldedAsTheirServiceFoldsThem) {
  EXPECT_EQ(FoldUser(Service("agora-chat"), TokenKind::kUserAccess, "Amy"),
            "amy");
  EXPECT_EQ(FoldUser(Service("flipflop"), TokenKind::kMemberChat, "Amy"),
            "Amy");
  EXPECT_EQ(FoldUser(Service("flipflop"), TokenKind::kMemberRefresh, "Amy"),
            "Amy");
  EXPECT_EQ(FoldUser(Service("private-services"), TokenKind::kChatMember,
                     "123E4567-E89B-12D3-A456-426614174000"),
            "123e4567-e89b-12d3-a456-426614174000");
}

TEST_F(SubjectTest, AnAudienceOfSeveralServicesHasASubjectOfEach) {
  EXPECT_THAT(SubjectsOf(*policy_, "acme#chat", "Amy"), ElementsAre("amy"));
  EXPECT_THAT(SubjectsOf(*policy_, "acme#chat", ""), ElementsAre(""));
  EXPECT_THAT(SubjectsOf(*policy_, "ffl", "Amy"), ElementsAre("Amy"));
  EXPECT_THAT(SubjectsOf(*policy_, "backend", "Amy"),
              ElementsAre("Amy", "amy"));
  EXPECT_THAT(SubjectsOf(*policy_, "shown", "Amy"), IsEmpty());
  EXPECT_THAT(Audiences(*policy_),
              ElementsAre("acme#chat", "backend", "ffl", "one"));
}

// A contract of the operator's own may extend a built-in one, and fold nothing.
TEST_F(SubjectTest, ACopyOfAContractMakesTheSameTokens) {
  const auto policy = Compile(R"(
listeners: [{address: 127.0.0.1:0}]
contracts: [copy.yaml]
services:
  copied-chat:
    apps: [{org_name: acme, app_name: chat}]
)",
                              R"(
contract: copied-chat
extends: agora-chat
values: {username: {fold: none}}
)");
  EXPECT_THAT(SubjectsOf(*policy, "acme#chat", "Amy"), ElementsAre("Amy"));
}

// Nothing here opens the tokens of a service whose upstream checks them.
TEST_F(SubjectTest, AServiceThatOnlyForwardsHasNoTokens) {
  const auto policy = Compile(R"(
listeners: [{address: 127.0.0.1:0}]
services:
  agora-chat:
    upstream: {servers: [http://127.0.0.1:9001]}
    apps: [{org_name: acme, app_name: chat}]
)",
                              "");
  EXPECT_THAT(Audiences(*policy), IsEmpty());
  EXPECT_THAT(SubjectsOf(*policy, "acme#chat", "amy"), IsEmpty());
}

}  // namespace
}  // namespace headgate::service
