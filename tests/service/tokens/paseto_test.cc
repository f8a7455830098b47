#include "service/tokens/paseto.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/service/tokens/vectors.h"

namespace headgate::service {
namespace {

constexpr size_t kBytesMax = 16 * 1024;

std::optional<std::string> OpenVector(Vector& vector) {
  const auto token = ParsePaseto(vector["token"], kBytesMax);
  if (!token || token->footer != vector["footer"]) return std::nullopt;
  const std::string& assertion = vector["implicit-assertion"];
  if (const auto key = LocalKey::FromBytes(FromHex(vector["key"])); key) {
    return OpenPaseto(*token, *key, assertion);
  }
  return OpenPaseto(
      *token, *PublicKey::FromBytes(FromHex(vector["public-key"])), assertion);
}

std::string MakeVector(Vector& vector) {
  const PasetoContent content{vector["payload"], vector["footer"],
                              vector["implicit-assertion"]};
  if (const auto key = LocalKey::FromBytes(FromHex(vector["key"])); key) {
    return SealPasetoWithNonce(content, *key, FromHex(vector["nonce"]));
  }
  return SealPaseto(content,
                    *SecretKey::FromBytes(FromHex(vector["secret-key"])));
}

TEST(PasetoTest, AgreesWithThePublishedVectors) {
  int good = 0, bad = 0;
  for (Vector& vector : ReadVectors("paseto_v4.jsonl")) {
    SCOPED_TRACE(vector["name"]);
    if (vector["expect-fail"] == "true") {
      ++bad;
      EXPECT_EQ(OpenVector(vector), std::nullopt);
      continue;
    }
    ++good;
    EXPECT_EQ(MakeVector(vector), vector["token"]);
    EXPECT_EQ(OpenVector(vector), vector["payload"]);
  }
  EXPECT_EQ(good, 12);
  EXPECT_EQ(bad, 5);
}

// The specification's own examples ("Common", "PAE Definition").
TEST(PasetoTest, PiecesAreJoinedUnambiguously) {
  EXPECT_EQ(PasetoPae({}), std::string(8, '\0'));
  EXPECT_EQ(HexEncode(PasetoPae({""})), "01000000000000000000000000000000");
  EXPECT_EQ(HexEncode(PasetoPae({"test"})),
            "0100000000000000040000000000000074657374");
  EXPECT_NE(PasetoPae({"ab", "c"}), PasetoPae({"a", "bc"}));
}

TEST(PasetoTest, IsSpeltInOneWay) {
  const LocalKey key = NewLocalKey();
  const std::string token = SealPaseto({"{}", "f"}, key);
  ASSERT_TRUE(ParsePaseto(token, kBytesMax));
  const std::string bare = SealPaseto({"{}"}, key);
  const std::string kBad[] = {
      "",
      "v4.local.",
      "v4.local",
      "v4.public.",
      "v3" + token.substr(2),
      "v4.Local" + token.substr(8),
      " " + token,
      token + " ",
      token + "\n",
      token + "=",
      token + ".",
      token + ".Zg",
      bare + ".",
      bare.substr(0, 60),
      bare + "A",
  };
  for (const std::string& text : kBad) {
    EXPECT_FALSE(ParsePaseto(text, kBytesMax)) << text;
  }
  std::string standard = bare;
  standard[20] = '+';
  EXPECT_FALSE(ParsePaseto(standard, kBytesMax));
}

TEST(PasetoTest, WhatIsTooLongIsNotLookedAt) {
  const LocalKey key = NewLocalKey();
  const std::string token = SealPaseto({std::string(5000, 'x')}, key);
  EXPECT_TRUE(ParsePaseto(token, token.size()));
  EXPECT_FALSE(ParsePaseto(token, token.size() - 1));
  const std::string footer(kPasetoFooterBytesMax + 1, 'f');
  EXPECT_FALSE(ParsePaseto(SealPaseto({"{}", footer}, key), kBytesMax));
}

TEST(PasetoTest, OpensOnlyAsWhatItIs) {
  const LocalKey local = NewLocalKey();
  const SecretKey secret = NewSecretKey();
  const PublicKey checks = PublicKeyOf(secret);
  const auto sealed = *ParsePaseto(SealPaseto({"p", "f", "a"}, local), 1000);
  const auto signed_one =
      *ParsePaseto(SealPaseto({"p", "f", "a"}, secret), 1000);
  EXPECT_EQ(OpenPaseto(sealed, local, "a"), "p");
  EXPECT_EQ(OpenPaseto(signed_one, checks, "a"), "p");
  EXPECT_EQ(OpenPaseto(sealed, local, ""), std::nullopt);
  EXPECT_EQ(OpenPaseto(signed_one, checks, "b"), std::nullopt);
  EXPECT_EQ(OpenPaseto(sealed, NewLocalKey(), "a"), std::nullopt);
  EXPECT_EQ(OpenPaseto(sealed, checks, "a"), std::nullopt);
  // The public key's bytes are no secret: they must not open a sealed token.
  EXPECT_EQ(OpenPaseto(signed_one, *LocalKey::FromBytes(checks.bytes()), "a"),
            std::nullopt);
  Paseto other_footer = sealed;
  other_footer.footer = "g";
  EXPECT_EQ(OpenPaseto(other_footer, local, "a"), std::nullopt);
}

// Whether `token`, its bit flipped, opens.
bool Opens(const std::string& token, const LocalKey& local,
           const PublicKey& checks) {
  const auto paseto = ParsePaseto(token, kBytesMax);
  return paseto &&
         (OpenPaseto(*paseto, local, "a") || OpenPaseto(*paseto, checks, "a"));
}

TEST(PasetoTest, NoBitOfATokenCanBeFlipped) {
  const LocalKey local = NewLocalKey();
  const SecretKey secret = NewSecretKey();
  const PublicKey checks = PublicKeyOf(secret);
  int flips = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string payload = StrCat("{\"n\":", i, "}");
    // Signing takes longer: one in twenty.
    std::string token = i % 20 == 0 ? SealPaseto({payload, "f", "a"}, secret)
                                    : SealPaseto({payload, "f", "a"}, local);
    ASSERT_TRUE(Opens(token, local, checks));
    for (size_t bit = 0; bit < token.size() * 8; ++bit, ++flips) {
      const char mask = static_cast<char>(1 << bit % 8);
      token[bit / 8] = static_cast<char>(token[bit / 8] ^ mask);
      ASSERT_FALSE(Opens(token, local, checks)) << token;
      token[bit / 8] = static_cast<char>(token[bit / 8] ^ mask);
    }
  }
  EXPECT_GT(flips, 800000);
}

}  // namespace
}  // namespace headgate::service
