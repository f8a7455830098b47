#include "policy/credentials.h"

#include <string>

#include "gtest/gtest.h"

namespace headgate::policy {
namespace {

using State = Credentials::State;

struct Row {
  CredentialKind kind;
  std::string authorization;
  State state;
  std::string token = "", user = "", secret = "";
};

void ExpectRow(const Row& row) {
  std::string buffer = "what the last call left";
  const Credentials got =
      ParseCredentials(row.kind, row.authorization, &buffer);
  EXPECT_EQ(got.state, row.state) << row.authorization;
  EXPECT_EQ(got.token, row.token) << row.authorization;
  EXPECT_EQ(got.user, row.user) << row.authorization;
  EXPECT_EQ(got.secret, row.secret) << row.authorization;
}

TEST(CredentialsTest, ReadsABearerToken) {
  constexpr CredentialKind kKind = CredentialKind::kBearer;
  const Row rows[] = {
      {kKind, "Bearer YWMt-a_b.c~d+e/f==", State::kOk, "YWMt-a_b.c~d+e/f=="},
      {kKind, "bearer t", State::kOk, "t"},
      {kKind, "BEARER t", State::kOk, "t"},
      {kKind, "", State::kNone},
      {kKind, "Bearer", State::kNone},
      {kKind, "Bearer ", State::kNone},
      {kKind, "Bearert", State::kNone},
      {kKind, "Basic dTpw", State::kNone},
      {kKind, "Token t", State::kNone},
      {kKind, "Bearer\tt", State::kNone},
      {kKind, "Bearer  t", State::kMalformed},
      {kKind, "Bearer t t", State::kMalformed},
      {kKind, "Bearer t,t", State::kMalformed},
      {kKind, "Bearer =", State::kMalformed},
      {kKind, "Bearer a=b", State::kMalformed},
      {kKind, "Bearer \"t\"", State::kMalformed},
      {kKind, "Bearer t\xc3\xa9", State::kMalformed},
      {kKind, std::string("Bearer t\0", 9), State::kMalformed},
  };
  for (const Row& row : rows) ExpectRow(row);
}

TEST(CredentialsTest, ReadsAnApiKeyOfAnyVisibleCharacters) {
  constexpr CredentialKind kKind = CredentialKind::kApiKey;
  const Row rows[] = {
      {kKind, "Bearer demo-api-key", State::kOk, "demo-api-key"},
      {kKind, "Bearer sk:live#1=x", State::kOk, "sk:live#1=x"},
      {kKind, "", State::kNone},
      {kKind, "Basic dTpw", State::kNone},
      {kKind, "Bearer a b", State::kMalformed},
      {kKind, "Bearer a\x7f", State::kMalformed},
      {kKind, "Bearer \xff", State::kMalformed},
  };
  for (const Row& row : rows) ExpectRow(row);
}

TEST(CredentialsTest, ReadsUserAndSecretOfBasic) {
  constexpr CredentialKind kKind = CredentialKind::kBasic;
  const Row rows[] = {
      {kKind, "Basic dTpw", State::kOk, "", "u", "p"},
      {kKind, "basic dTpw", State::kOk, "", "u", "p"},
      {kKind, "Basic dTo=", State::kOk, "", "u", ""},
      {kKind, "Basic dTphOmI=", State::kOk, "", "u", "a:b"},
      {kKind, "", State::kNone},
      {kKind, "Basic", State::kNone},
      {kKind, "Basic ", State::kNone},
      {kKind, "Bearer dTpw", State::kNone},
      {kKind, "Basic dQ==", State::kMalformed},  // no colon
      {kKind, "Basic OnA=", State::kMalformed},  // no user
      {kKind, "Basic Og==", State::kMalformed},
      {kKind, "Basic dTo", State::kMalformed},   // no padding
      {kKind, "Basic dTp=", State::kMalformed},  // stray bits
      {kKind, "Basic  dTpw", State::kMalformed},
      {kKind, "Basic dTpw dTpw", State::kMalformed},
      {kKind, "Basic dToK", State::kMalformed},  // a line feed in the secret
  };
  for (const Row& row : rows) ExpectRow(row);
}

TEST(CredentialsTest, NothingIsReadWhereNothingIsAskedFor) {
  ExpectRow({CredentialKind::kNone, "Bearer t", State::kNone});
}

TEST(CredentialsTest, BoundsWhatItReads) {
  const std::string most(kCredentialBytesMax, 'a');
  ExpectRow({CredentialKind::kBearer, "Bearer " + most, State::kOk, most});
  ExpectRow({CredentialKind::kBearer, "Bearer a" + most, State::kMalformed});
  ExpectRow({CredentialKind::kBasic, "Basic a" + most, State::kMalformed});
}

TEST(CredentialsTest, KnowsTheKindsOfTheContracts) {
  EXPECT_EQ(CredentialKindFromName("none"), CredentialKind::kNone);
  EXPECT_EQ(CredentialKindFromName("bearer"), CredentialKind::kBearer);
  EXPECT_EQ(CredentialKindFromName("basic"), CredentialKind::kBasic);
  EXPECT_EQ(CredentialKindFromName("api_key"), CredentialKind::kApiKey);
  EXPECT_EQ(CredentialKindFromName("Bearer"), std::nullopt);
}

TEST(CredentialsTest, AChallengeNamesTheSchemeAndARealm) {
  EXPECT_EQ(Challenge(CredentialKind::kBearer, "a"), "Bearer realm=\"a\"");
  EXPECT_EQ(Challenge(CredentialKind::kApiKey, "b"), "Bearer realm=\"b\"");
  EXPECT_EQ(Challenge(CredentialKind::kBasic, "c"), "Basic realm=\"c\"");
  EXPECT_EQ(Challenge(CredentialKind::kNone, "d"), "Bearer realm=\"d\"");
}

TEST(SecretDigestTest, MatchesThatSecretOnly) {
  const SecretDigest plain = SecretDigest::FromPlain("demo-secret");
  EXPECT_TRUE(plain.Matches("demo-secret"));
  EXPECT_FALSE(plain.Matches("demo-secre"));
  EXPECT_FALSE(plain.Matches("demo-secret "));
  EXPECT_FALSE(plain.Matches(""));
  EXPECT_EQ(plain.digest(), Sha256("demo-secret"));
}

TEST(SecretDigestTest, TakesASha256InHexadecimal) {
  // SHA-256("abc"), FIPS 180-2 B.1.
  const std::optional<SecretDigest> hex = SecretDigest::FromHex(
      "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
  ASSERT_TRUE(hex);
  EXPECT_TRUE(hex->Matches("abc"));
  EXPECT_FALSE(hex->Matches("abd"));
  EXPECT_FALSE(SecretDigest::FromHex("ba78"));
}

}  // namespace
}  // namespace headgate::policy
