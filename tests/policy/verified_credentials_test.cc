#include "policy/verified_credentials.h"

#include <map>
#include <random>
#include <string>
#include <tuple>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace headgate::policy {
namespace {

using Kind = CredentialKind;

VerifiedCaller User(std::string name) {
  return {.identity = {.kind = Identity::Kind::kUser, .user = std::move(name)}};
}

class VerifiedCredentialsTest : public testing::Test {
 protected:
  VerifiedCredentialsTest() { kept_.UsePolicy(1); }

  // Whose they are; "-": not known.
  std::string Find(const CompiledApp& app, Kind kind, std::string_view text,
                   uint64_t revision = 0) {
    const VerifiedCaller* caller =
        kept_.Find(kept_.KeyOf(app, kind, text), revision, now_);
    return caller == nullptr ? "-" : caller->identity.user;
  }
  void Keep(const CompiledApp& app, Kind kind, std::string_view text,
            VerifiedCaller caller, uint64_t revision = 0) {
    kept_.Keep(kept_.KeyOf(app, kind, text), revision, std::move(caller));
  }

  Instant now_{.monotonic_us = 0, .unix_us = 1'000'000};
  CompiledApp app_, other_app_;
  VerifiedCredentials kept_;
};

TEST_F(VerifiedCredentialsTest, FindsWhatWasKeptAndNothingElse) {
  EXPECT_EQ(Find(app_, Kind::kBearer, "token"), "-");
  Keep(app_, Kind::kBearer, "token", User("alice"));
  EXPECT_EQ(Find(app_, Kind::kBearer, "token"), "alice");
  EXPECT_EQ(Find(app_, Kind::kBearer, "tokem"), "-");
  EXPECT_EQ(Find(app_, Kind::kBearer, "token "), "-");
  EXPECT_EQ(Find(app_, Kind::kBearer, ""), "-");
  EXPECT_EQ(Find(app_, Kind::kApiKey, "token"), "-");
  EXPECT_EQ(Find(other_app_, Kind::kBearer, "token"), "-");
}

TEST_F(VerifiedCredentialsTest, AnotherRevisionMustVerifyAnew) {
  Keep(app_, Kind::kBearer, "token", User("alice"), 7);
  EXPECT_EQ(Find(app_, Kind::kBearer, "token", 7), "alice");
  EXPECT_EQ(Find(app_, Kind::kBearer, "token", 8), "-");
  Keep(app_, Kind::kBearer, "token", User("alice"), 8);
  EXPECT_EQ(Find(app_, Kind::kBearer, "token", 8), "alice");
}

TEST_F(VerifiedCredentialsTest, GoodFromAndUntilTheirTimes) {
  VerifiedCaller caller = User("alice");
  caller.good_from_us = 500;
  caller.good_until_us = 700;
  Keep(app_, Kind::kBearer, "token", caller);
  struct Case {
    int64_t unix_us;
    std::string found;
  };
  const Case kCases[] = {
      {499, "-"}, {500, "alice"}, {699, "alice"}, {700, "-"}};
  for (const Case& c : kCases) {
    now_.unix_us = c.unix_us;
    EXPECT_EQ(Find(app_, Kind::kBearer, "token"), c.found) << c.unix_us;
  }
}

TEST_F(VerifiedCredentialsTest, AnotherPolicyForgetsThem) {
  Keep(app_, Kind::kBearer, "token", User("alice"));
  kept_.UsePolicy(1);
  EXPECT_EQ(Find(app_, Kind::kBearer, "token"), "alice");
  kept_.UsePolicy(2);
  EXPECT_EQ(Find(app_, Kind::kBearer, "token"), "-");
  Keep(app_, Kind::kBearer, "token", User("alice"));
  kept_.Clear();
  EXPECT_EQ(Find(app_, Kind::kBearer, "token"), "-");
}

TEST_F(VerifiedCredentialsTest, AnotherObjectHashesOtherwise) {
  VerifiedCredentials other;
  EXPECT_NE(kept_.KeyOf(app_, Kind::kBearer, "token"),
            other.KeyOf(app_, Kind::kBearer, "token"));
}

// Beside a map that forgets nothing: what is found is always what was kept
// last, and as long as few were kept nothing is lost without being replaced.
TEST_F(VerifiedCredentialsTest, NeverFindsAnotherCallersAmongMany) {
  std::mt19937_64 random(20261122);
  std::map<std::string, std::string> oracle;
  int found = 0, asked = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string text = StrCat("token", random() % 20'000);
    if (random() % 2 == 0) {
      const std::string user = StrCat("user", i);
      oracle[text] = user;
      Keep(app_, Kind::kBearer, text, User(user));
      EXPECT_EQ(Find(app_, Kind::kBearer, text), user);
      continue;
    }
    const std::string user = Find(app_, Kind::kBearer, text);
    ++asked;
    if (user == "-") continue;
    ++found;
    ASSERT_EQ(user, oracle[text]);
  }
  EXPECT_GT(found, asked / 20) << "of 20 000 texts 4096 at most are kept";
  EXPECT_LT(found, asked / 3);
}

TEST_F(VerifiedCredentialsTest, GrowsSoThatSomeHundredsStayTogether) {
  for (int i = 0; i < 500; ++i) {
    Keep(app_, Kind::kBearer, StrCat("token", i), User(StrCat(i)));
  }
  int found = 0;
  for (int i = 0; i < 500; ++i) {
    found += Find(app_, Kind::kBearer, StrCat("token", i)) == StrCat(i) ? 1 : 0;
  }
  EXPECT_GT(found, 250);
}

}  // namespace
}  // namespace headgate::policy
