// Tokens of npm's agora-token, with which the hosted service's own customers
// make theirs, are good here.
#include <string>

#include "base/clock.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "policy/bearer.h"
#include "tests/policy/engine_fixture.h"
#include "tests/support/npm.h"

namespace headgate::policy {
namespace {

constexpr char kAppId[] = "970CA35de60c44645bbae8a215061b33";
constexpr char kCertificate[] = "5CFd2fd1755d40ecb72977518be15d3b";

std::string MakeToken(const std::string& certificate, const std::string& user) {
  const std::string member =
      user.empty() ? "" : StrCat(",\"user\":\"", user, "\"");
  return test::RunNode("agora_token.mjs",
                       StrCat("{\"app_id\":\"", kAppId, "\",\"certificate\":\"",
                              certificate, "\",\"expire\":600", member, "}"));
}

class AgoraTokenTest : public testing::Test {
 protected:
  AgoraTokenTest()
      : policy_(StrCat("  agora-chat:\n    apps:\n"
                       "      - {org_name: acme, app_name: chat,\n"
                       "         app_id: ",
                       kAppId, ",\n         certificate: ", kCertificate,
                       "}\n")) {
    policy_.now() = Clock::System().Now();  // the package's clock
  }
  const Decision& Decide(const std::string& token) {
    return policy_.Decide(
        {"GET", "/acme/chat/chatrooms/1", "", "", "Bearer " + token});
  }

  TestPolicy policy_;
};

TEST_F(AgoraTokenTest, AUsersTokenIsGoodUntilItEnds) {
  const std::string token = MakeToken(kCertificate, "Alice.B");
  const Decision& decision = Decide(token);
  EXPECT_EQ(Outcome(decision), "allow") << decision.credentials_reason;
  EXPECT_EQ(decision.caller.kind, Identity::Kind::kUser);
  EXPECT_EQ(decision.caller.user, "alice.b") << "folded";
  policy_.now().unix_us += int64_t{605} * 1000000;
  EXPECT_EQ(Outcome(Decide(token)),
            "unable_to_authenticate agora-chat.authenticate");
}

TEST_F(AgoraTokenTest, AnAppsTokenActsForTheApp) {
  const Decision& decision = Decide(MakeToken(kCertificate, ""));
  EXPECT_EQ(Outcome(decision), "allow") << decision.credentials_reason;
  EXPECT_EQ(decision.caller.kind, Identity::Kind::kApp);
  EXPECT_EQ(decision.caller.user, "");
}

TEST_F(AgoraTokenTest, OfAnotherCertificateItIsRefused) {
  const std::string other(32, 'a');
  const Decision& decision = Decide(MakeToken(other, "alice"));
  EXPECT_EQ(Outcome(decision),
            "unable_to_authenticate agora-chat.authenticate");
  EXPECT_EQ(decision.credentials_reason, "AccessToken2 with a bad signature");
}

}  // namespace
}  // namespace headgate::policy
