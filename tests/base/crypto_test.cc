#include "base/crypto.h"

#include <zlib.h>

#include <set>
#include <string>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace headgate {
namespace {

std::string Deflate(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string stream(size, '\0');
  compress(reinterpret_cast<Bytef*>(stream.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  stream.resize(size);
  return stream;
}

TEST(CryptoTest, Sha256GivesTheDigestsOfFips180) {
  EXPECT_EQ(HexEncode(AsBytes(Sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexEncode(AsBytes(Sha256(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(CryptoTest, HmacGivesTheMacsOfRfc4231) {
  EXPECT_EQ(
      HexEncode(AsBytes(HmacSha256("Jefe", "what do ya want for nothing?"))),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexEncode(AsBytes(HmacSha256(std::string(20, '\x0b'), "Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST(CryptoTest, AnEmptyKeyIsAKeyAndNotTheLastOne) {
  HmacSha256("another key", "");
  EXPECT_EQ(HexEncode(AsBytes(HmacSha256(std::string_view(), ""))),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(CryptoTest, SipHashGivesTheHashesOfItsReference) {
  // Key 00 01 .. 0f; vectors_sip128 of the reference code: nothing, one 00.
  const SipHashKey key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
  EXPECT_EQ(SipHash128(key, ""),
            (std::array<uint64_t, 2>{0xe6a825ba047f81a3, 0x930255c71472f66d}));
  EXPECT_EQ(SipHash128(key, std::string_view("\0", 1)),
            (std::array<uint64_t, 2>{0x44af996bd8c187da, 0x45fc229b11597634}));
}

TEST(CryptoTest, ReadsADigestOfSixtyFourHexadecimalDigitsOfEitherCase) {
  const std::string hex = HexEncode(AsBytes(Sha256("abc")));
  std::string upper = hex;
  for (char& c : upper) c = static_cast<char>(toupper(c));
  EXPECT_EQ(Sha256FromHex(hex), Sha256("abc"));
  EXPECT_EQ(Sha256FromHex(upper), Sha256("abc"));
  EXPECT_EQ(Sha256FromHex(""), std::nullopt);
  EXPECT_EQ(Sha256FromHex(hex.substr(1)), std::nullopt);
  EXPECT_EQ(Sha256FromHex(hex + "0"), std::nullopt);
  EXPECT_EQ(Sha256FromHex("g" + hex.substr(1)), std::nullopt);
}

TEST(CryptoTest, EqualMeansSameLengthAndSameBytes) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abcd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", ""));
}

TEST(CryptoTest, RandomBytesDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(RandomBytes(16));
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(RandomBytes(0), "");
  EXPECT_EQ(RandomBytes(33).size(), 33u);
}

struct Base64Row {
  std::string bytes, standard, url;
};

TEST(Base64Test, GivesTheTextsOfRfc4648) {
  const Base64Row rows[] = {
      {"", "", ""},
      {"f", "Zg==", "Zg"},
      {"fo", "Zm8=", "Zm8"},
      {"foo", "Zm9v", "Zm9v"},
      {"foob", "Zm9vYg==", "Zm9vYg"},
      {"fooba", "Zm9vYmE=", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
      {"\xfb\xff\xfe", "+//+", "-__-"},
  };
  for (const Base64Row& row : rows) {
    EXPECT_EQ(Base64Encode(row.bytes, Base64Alphabet::kStandard), row.standard);
    EXPECT_EQ(Base64Encode(row.bytes, Base64Alphabet::kUrl), row.url);
    EXPECT_EQ(Base64Decode(row.standard, Base64Alphabet::kStandard), row.bytes);
    EXPECT_EQ(Base64Decode(row.url, Base64Alphabet::kUrl), row.bytes);
  }
}

TEST(Base64Test, TakesOneSpellingOnly) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Z", "=",
                           "====", "Zh==", "Zm9=", "Zm9v====", "Zm 9v",
                           "Zm9v\n", "Zg==Zg==", "-__-", "Z=g=", "Zm9vZ"}) {
    EXPECT_EQ(Base64Decode(text, Base64Alphabet::kStandard), std::nullopt)
        << text;
  }
  for (const char* text : {"Zg==", "Zh", "Z", "+//+", "Zm9", "Zm9v="}) {
    EXPECT_EQ(Base64Decode(text, Base64Alphabet::kUrl), std::nullopt) << text;
  }
}

TEST(Base64Test, EverySpellingThatDecodesEncodesToItself) {
  // All texts of four characters over a small alphabet with every kind in it.
  constexpr std::string_view kCharacters = "AQgw/+=-_ z9";
  int decoded = 0;
  for (const char a : kCharacters) {
    for (const char b : kCharacters) {
      for (const char c : kCharacters) {
        for (const char d : kCharacters) {
          const std::string text = {a, b, c, d};
          const auto bytes = Base64Decode(text, Base64Alphabet::kStandard);
          if (!bytes) continue;
          ++decoded;
          EXPECT_EQ(Base64Encode(*bytes, Base64Alphabet::kStandard), text);
        }
      }
    }
  }
  EXPECT_GT(decoded, 4000);
}

TEST(InflateTest, GivesWhatWasDeflated) {
  for (const size_t size : {0, 1, 4095, 4096, 4097, 100000}) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i * i));
    const auto inflated = Inflate(Deflate(bytes), size);
    ASSERT_TRUE(inflated.ok()) << size << inflated.status();
    EXPECT_EQ(*inflated, bytes);
  }
}

TEST(InflateTest, StopsAtTheBound) {
  const std::string bomb = Deflate(std::string(100 * 1024 * 1024, 'a'));
  EXPECT_EQ(Inflate(bomb, 65536).status(),
            absl::ResourceExhaustedError(
                "the zlib stream holds more than 65536 bytes"));
  EXPECT_EQ(Inflate(Deflate("ab"), 1).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(InflateTest, RefusesWhatIsNotOneWholeStream) {
  const std::string stream = Deflate("hello");
  std::string flipped = stream;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  for (const std::string& bad :
       {std::string(), stream.substr(0, stream.size() - 1), stream + "x",
        stream + stream, std::string("hello"), flipped}) {
    EXPECT_EQ(Inflate(bad, 1000).status(),
              absl::InvalidArgumentError("not one whole zlib stream"));
  }
}

}  // namespace
}  // namespace headgate
