#include "service/tokens/paserk.h"

#include <optional>
#include <string>

#include "base/crypto.h"
#include "gtest/gtest.h"
#include "tests/service/tokens/vectors.h"

namespace headgate::service {
namespace {

// The text that a key has by the vectors' kind, or "".
std::string TextOf(const std::string& kind, const std::string& bytes) {
  const auto local = LocalKey::FromBytes(bytes);
  const auto open = PublicKey::FromBytes(bytes);
  if (!local) return "";
  if (kind == "k4.local") return ToPaserk(*local);
  return kind == "k4.lid" ? PaserkId(*local) : PaserkId(*open);
}

TEST(PaserkTest, AgreesWithThePublishedVectors) {
  int good = 0, bad = 0;
  for (Vector& vector : ReadVectors("paserk_k4.jsonl")) {
    SCOPED_TRACE(vector["name"]);
    if (vector["expect-fail"] == "false") {
      ++good;
      EXPECT_EQ(TextOf(vector["type"], FromHex(vector["key"])),
                vector["paserk"]);
      if (vector["type"] != "k4.local") continue;
      const auto key = LocalKeyFromPaserk(vector["paserk"]);
      ASSERT_TRUE(key);
      EXPECT_EQ(key->bytes(), FromHex(vector["key"]));
      continue;
    }
    ++bad;
    EXPECT_EQ(TextOf(vector["type"], FromHex(vector["key"])), "");
    EXPECT_FALSE(LocalKeyFromPaserk(vector["paserk"]));
  }
  EXPECT_EQ(good, 9);
  EXPECT_EQ(bad, 5);
}

TEST(PaserkTest, EveryKindComesBackFromItsText) {
  const LocalKey local = NewLocalKey();
  const SecretKey secret = NewSecretKey();
  const PublicKey open = PublicKeyOf(secret);
  EXPECT_EQ(LocalKeyFromPaserk(ToPaserk(local))->bytes(), local.bytes());
  EXPECT_EQ(SecretKeyFromPaserk(ToPaserk(secret))->bytes(), secret.bytes());
  EXPECT_EQ(PublicKeyFromPaserk(ToPaserk(open))->bytes(), open.bytes());
  EXPECT_EQ(PaserkId(secret).substr(0, 7), "k4.sid.");
  EXPECT_NE(NewLocalKey().bytes(), local.bytes());
}

TEST(PaserkTest, AKeyIsOfOneKindOnly) {
  const std::string local = ToPaserk(NewLocalKey());
  const std::string secret = ToPaserk(NewSecretKey());
  const std::string open = ToPaserk(PublicKeyOf(NewSecretKey()));
  EXPECT_FALSE(LocalKeyFromPaserk(secret));
  EXPECT_FALSE(LocalKeyFromPaserk(open));
  EXPECT_FALSE(SecretKeyFromPaserk(local));
  EXPECT_FALSE(PublicKeyFromPaserk(local));
  EXPECT_FALSE(LocalKeyFromPaserk(local + "A"));
  EXPECT_FALSE(LocalKeyFromPaserk(local + "="));
  EXPECT_FALSE(LocalKeyFromPaserk(""));
}

TEST(PaserkTest, ATextHasNoTwin) {
  // The last character of 32 bytes has two bits to spare: they must be 0.
  std::string text = ToPaserk(*LocalKey::FromBytes(std::string(32, '\0')));
  ASSERT_EQ(text.back(), 'A');
  text.back() = 'B';
  EXPECT_FALSE(LocalKeyFromPaserk(text));
}

TEST(PaserkTest, ASecretKeysHalvesBelongTogether) {
  const SecretKey one = NewSecretKey(), other = NewSecretKey();
  const std::string mixed = std::string(one.bytes().substr(0, 32)) +
                            std::string(other.bytes().substr(32));
  EXPECT_FALSE(SecretKeyFromPaserk(ToPaserk(*SecretKey::FromBytes(mixed))));
}

}  // namespace
}  // namespace headgate::service
