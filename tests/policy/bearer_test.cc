// Bearer tokens that Headgate judges itself: its own, through the verifier, and
// AccessToken2.
#include "policy/bearer.h"

#include <limits>
#include <string>
#include <utility>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::policy {
namespace {

// From the contract page: a user's token, issued at 1111111 for 600 s.
constexpr char kUserToken[] =
    "007eJxTYNAIsnbS3v/A5t2TC6feR15r+6cq8bqAvfaW+tk/Vzz+p6xTYLA0N3B2NDZNSTUzSD"
    "YxMTMxTUpKTLVINDI0NTAzTDI2dv8iwBDBxMDAyADCrEDMCOZzMRhZWBgZmxgamRsDAB+lHrg"
    "=";
constexpr int64_t kIssuedUs = int64_t{1111111} * 1000000;

// Takes "good:USER" ("good:" for the app) of one app, and counts.
class FakeVerifier : public TokenVerifier {
 public:
  bool Verify(const CompiledService& service, const CompiledApp& app,
              std::string_view token, const Instant&, VerifiedCaller* caller,
              std::string_view* reason) const override {
    ++asked_;
    EXPECT_EQ(service.name, "agora-chat");
    EXPECT_EQ(app.app_key, "acme#chat");
    if (!token.starts_with("good.")) {
      *reason = token == "expired" ? "expired" : "not a token of ours";
      return false;
    }
    Identity& identity = caller->identity;
    identity.user = token.substr(5);
    identity.kind =
        identity.user.empty() ? Identity::Kind::kApp : Identity::Kind::kUser;
    caller->good_until_us = good_until_us_;
    return true;
  }
  uint64_t revision() const override { return revision_; }
  int asked() const { return asked_; }
  void Revoke() { ++revision_; }
  void EndAt(int64_t unix_us) { good_until_us_ = unix_us; }

 private:
  mutable int asked_ = 0;
  uint64_t revision_ = 0;
  int64_t good_until_us_ = std::numeric_limits<int64_t>::max();
};

std::string Chat(const std::string& more) {
  return StrCat("  agora-chat:\n", more,
                "    apps:\n      - {org_name: acme, app_name: chat,\n"
                "         app_id: 970CA35de60c44645bbae8a215061b33,\n"
                "         certificate: 5CFd2fd1755d40ecb72977518be15d3b}\n");
}
constexpr char kUpstream[] =
    "    upstream: {servers: [http://127.0.0.1:9001]}\n";

class BearerTest : public testing::Test {
 protected:
  // "app", "user NAME", "nobody", or the refusal and the reason for the log.
  std::string Decide(TestPolicy* policy, const std::string& authorization) {
    if (std::exchange(used_by_, policy) != policy) {
      policy->engine().UseTokens(&verifier_);
    }
    const Decision& decision = policy->Decide(
        {"GET", "/acme/chat/chatrooms/1", "", "", authorization});
    if (!decision.allowed()) {
      return StrCat(Outcome(decision), ": ", decision.credentials_reason);
    }
    EXPECT_EQ(decision.credentials_reason, "");
    switch (decision.caller.kind) {
      case Identity::Kind::kNone:
        return "nobody";
      case Identity::Kind::kApp:
        return "app";
      case Identity::Kind::kUser:
        return "user " + decision.caller.user;
    }
    return "";
  }

  FakeVerifier verifier_;
  TestPolicy* used_by_ = nullptr;
};

TEST_F(BearerTest, WithoutAnUpstreamATokenIsOursOrAnAccessToken2) {
  TestPolicy policy(Chat(""));
  policy.now().unix_us = kIssuedUs;
  const std::string bad = "unable_to_authenticate agora-chat.authenticate: ";
  EXPECT_EQ(Decide(&policy, "Bearer good.alice"), "user alice");
  EXPECT_EQ(Decide(&policy, "Bearer good."), "app") << "alice is forgotten";
  EXPECT_EQ(Decide(&policy, StrCat("Bearer ", kUserToken)), "user 2882341273");
  EXPECT_EQ(Decide(&policy, "Bearer t0ken"), bad + "not a token of ours");
  EXPECT_EQ(Decide(&policy, "Bearer expired"), bad + "expired");
  EXPECT_EQ(Decide(&policy, "Bearer 007AAAA"),
            bad + "AccessToken2 that cannot be read");
  policy.now().unix_us += int64_t{601} * 1000000;
  EXPECT_EQ(Decide(&policy, StrCat("Bearer ", kUserToken)),
            bad + "AccessToken2 that has expired");
  EXPECT_EQ(Decide(&policy, ""), "unauthorized agora-chat.authenticate: ");
  EXPECT_EQ(Decide(&policy, "Bearer !"),
            "corrupt_token agora-chat.authenticate: ");
}

TEST_F(BearerTest, WithoutAVerifierOnlyAccessToken2IsKnown) {
  TestPolicy policy(Chat(""));
  policy.now().unix_us = kIssuedUs;
  EXPECT_EQ(Outcome(policy.Decide({"GET", "/acme/chat/chatrooms/1", "", "",
                                   "Bearer good.alice"})),
            "unable_to_authenticate agora-chat.authenticate");
  EXPECT_EQ(Outcome(policy.Decide({"GET", "/acme/chat/chatrooms/1", "", "",
                                   StrCat("Bearer ", kUserToken)})),
            "allow");
}

TEST_F(BearerTest, ASidecarThatForwardsAsksNobody) {
  TestPolicy policy(Chat(kUpstream));
  EXPECT_EQ(Decide(&policy, "Bearer anything"), "nobody");
  EXPECT_EQ(verifier_.asked(), 0);
}

TEST_F(BearerTest, ASidecarThatVerifiesTakesBoth) {
  TestPolicy policy(Chat(StrCat(kUpstream, "    authenticate: verify\n")));
  policy.now().unix_us = kIssuedUs;
  EXPECT_EQ(Decide(&policy, "Bearer good.alice"), "user alice");
  EXPECT_EQ(Decide(&policy, StrCat("Bearer ", kUserToken)), "user 2882341273");
  EXPECT_EQ(Decide(&policy, "Bearer x"),
            "unable_to_authenticate agora-chat.authenticate: not a token of "
            "ours");
}

TEST_F(BearerTest, AGoodTokenIsVerifiedOnceUntilSomethingIsRevoked) {
  TestPolicy policy(Chat(""));
  EXPECT_EQ(Decide(&policy, "Bearer good.alice"), "user alice");
  EXPECT_EQ(Decide(&policy, "Bearer good.alice"), "user alice");
  EXPECT_EQ(verifier_.asked(), 1);
  EXPECT_EQ(Decide(&policy, "Bearer good.alic"), "user alic");
  EXPECT_EQ(verifier_.asked(), 2);
  verifier_.Revoke();
  EXPECT_EQ(Decide(&policy, "Bearer good.alice"), "user alice");
  EXPECT_EQ(Decide(&policy, "Bearer good.alice"), "user alice");
  EXPECT_EQ(verifier_.asked(), 3);
  policy.engine().UseTokens(&verifier_);  // a reload: maybe with other keys
  EXPECT_EQ(Decide(&policy, "Bearer good.alice"), "user alice");
  EXPECT_EQ(verifier_.asked(), 4);
}

TEST_F(BearerTest, AGoodTokenIsVerifiedAnewAtItsEnd) {
  TestPolicy policy(Chat(""));
  policy.now().unix_us = kIssuedUs;
  verifier_.EndAt(kIssuedUs + 10);
  for (const int64_t after : {0, 9, 10, 11}) {
    policy.now().unix_us = kIssuedUs + after;
    EXPECT_EQ(Decide(&policy, "Bearer good.alice"), "user alice");
  }
  EXPECT_EQ(verifier_.asked(), 3);
}

TEST_F(BearerTest, ABadTokenIsAskedForEachTime) {
  TestPolicy policy(Chat(""));
  EXPECT_NE(Decide(&policy, "Bearer expired"), "user alice");
  EXPECT_NE(Decide(&policy, "Bearer expired"), "user alice");
  EXPECT_EQ(verifier_.asked(), 2);
}

TEST_F(BearerTest, AnAccessToken2EndsThoughItWasGoodBefore) {
  TestPolicy policy(Chat(""));
  const std::string token = StrCat("Bearer ", kUserToken);
  policy.now().unix_us = kIssuedUs + int64_t{600} * 1000000 - 1;
  EXPECT_EQ(Decide(&policy, token), "user 2882341273");
  EXPECT_EQ(Decide(&policy, token), "user 2882341273");
  policy.now().unix_us += 1;
  EXPECT_EQ(Decide(&policy, token),
            "unable_to_authenticate agora-chat.authenticate: AccessToken2 that "
            "has expired");
}

TEST_F(BearerTest, ACallWithoutCredentialsNeedsNone) {
  TestPolicy policy(Chat(""));
  policy.engine().UseTokens(&verifier_);
  const Decision& decision =
      policy.Decide({"POST", "/acme/chat/token", "",
                     R"({"grant_type":"client_credentials",)"
                     R"("client_id":"a","client_secret":"b"})",
                     ""});
  EXPECT_EQ(Outcome(decision), "allow");
  EXPECT_EQ(verifier_.asked(), 0);
}

}  // namespace
}  // namespace headgate::policy
