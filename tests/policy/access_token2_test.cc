#include "policy/access_token2.h"

#include <string>

#include "base/crypto.h"
#include "gtest/gtest.h"
#include "tests/support/access_token2.h"

namespace headgate::policy {
namespace {

using test::PackAccessToken2;

// The published vectors: issued 1111111, good for 600 seconds, salt 1.
constexpr std::string_view kAppId = "970CA35de60c44645bbae8a215061b33";
constexpr std::string_view kCertificate = "5CFd2fd1755d40ecb72977518be15d3b";
constexpr std::string_view kUserToken =
    "007eJxTYNAIsnbS3v/A5t2TC6feR15r+6cq8bqAvfaW+tk/"
    "Vzz+p6xTYLA0N3B2NDZNSTUzSDYx"
    "MTMxTUpKTLVINDI0NTAzTDI2dv8iwBDBxMDAyADCrEDMCOZzMRhZWBgZmxgamRsDAB+lHrg=";
constexpr std::string_view kAppToken =
    "007eJxTYNDNaz3snC8huEfHWdz6s98qltq4zqy9fl99Uh0FDvy6F6DAYGlu4OxobJqSamaQbGJ"
    "i"
    "ZmKalJSYapFoZGhqYGaYZGzs/kWAIYKJgYGRAYRZgZgJzGdgAACt8hhr";

Instant At(int64_t unix_s) { return Instant{0, unix_s * 1000000}; }
const Instant kNow = At(1111111 + 599);

AccessToken2 Parsed(std::string_view text) {
  absl::StatusOr<AccessToken2> token = ParseAccessToken2(text);
  EXPECT_TRUE(token.ok()) << token.status();
  return token.ok() ? *token : AccessToken2();
}

std::string Le(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    text.push_back(static_cast<char>(value >> (8 * i)));
  }
  return text;
}
std::string Lp(std::string_view text) {
  return Le(text.size(), 2) + std::string(text);
}

// A token's content up to its services.
std::string Info(std::string_view app_id, uint32_t expires, int services) {
  return Lp(app_id) + Le(1111111, 4) + Le(expires, 4) + Le(1, 4) +
         Le(static_cast<uint64_t>(services), 2);
}

std::string Signed(const std::string& info,
                   std::string_view certificate = kCertificate) {
  const Sha256Digest first = HmacSha256(Le(1111111, 4), certificate);
  const Sha256Digest key = HmacSha256(Le(1, 4), AsBytes(first));
  return PackAccessToken2(Lp(AsBytes(HmacSha256(AsBytes(key), info))) + info);
}

TEST(AccessToken2Test, TakesThePublishedUserToken) {
  const AccessToken2 token = Parsed(kUserToken);
  EXPECT_EQ(token.app_id, kAppId);
  EXPECT_EQ(token.issued_s, 1111111u);
  EXPECT_EQ(token.expires_s, 600u);
  EXPECT_EQ(token.salt, 1u);
  EXPECT_EQ(CheckAccessToken2(token, kAppId, kCertificate, kNow),
            AccessToken2Check::kValid);
  const std::optional<ChatCaller> caller = ChatCallerOf(token, kNow);
  ASSERT_TRUE(caller);
  EXPECT_FALSE(caller->app);
  EXPECT_EQ(caller->user, "2882341273");
}

TEST(AccessToken2Test, TakesThePublishedAppToken) {
  const AccessToken2 token = Parsed(kAppToken);
  EXPECT_EQ(CheckAccessToken2(token, kAppId, kCertificate, kNow),
            AccessToken2Check::kValid);
  const std::optional<ChatCaller> caller = ChatCallerOf(token, kNow);
  ASSERT_TRUE(caller);
  EXPECT_TRUE(caller->app);
  EXPECT_EQ(caller->user, "");
}

TEST(AccessToken2Test, IsGoodUntilTheSecondItExpires) {
  const AccessToken2 token = Parsed(kUserToken);
  struct Row {
    Instant now;
    AccessToken2Check check;
  };
  for (const Row& row : {Row{At(0), AccessToken2Check::kValid},
                         Row{Instant{0, 1111711 * int64_t{1000000} - 1},
                             AccessToken2Check::kValid},
                         Row{At(1111711), AccessToken2Check::kExpired},
                         Row{At(4102444800), AccessToken2Check::kExpired}}) {
    EXPECT_EQ(CheckAccessToken2(token, kAppId, kCertificate, row.now),
              row.check);
  }
}

TEST(AccessToken2Test, ExpiryDoesNotWrapRound) {
  const AccessToken2 token = Parsed(Signed(Info(kAppId, 0xffffffff, 0)));
  EXPECT_EQ(CheckAccessToken2(token, kAppId, kCertificate, kNow),
            AccessToken2Check::kValid);
}

TEST(AccessToken2Test, RefusesAnotherAppAndAnotherCertificate) {
  const AccessToken2 token = Parsed(kUserToken);
  EXPECT_EQ(CheckAccessToken2(token, "970ca35de60c44645bbae8a215061b33",
                              kCertificate, kNow),
            AccessToken2Check::kOtherApp);
  EXPECT_EQ(CheckAccessToken2(token, kAppId, "5CFd2fd1755d40ecb72977518be15d3c",
                              kNow),
            AccessToken2Check::kBadSignature);
}

TEST(AccessToken2Test, AnAppWithoutCertificateAcceptsNoToken) {
  const AccessToken2 token = Parsed(Signed(Info(kAppId, 600, 0), ""));
  EXPECT_EQ(CheckAccessToken2(token, kAppId, "", kNow),
            AccessToken2Check::kBadSignature);
}

TEST(AccessToken2Test, NoFlippedBitOfATokenIsAccepted) {
  for (const std::string_view vector : {kUserToken, kAppToken}) {
    for (size_t i = 0; i < vector.size(); ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string flipped(vector);
        flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
        const absl::StatusOr<AccessToken2> token = ParseAccessToken2(flipped);
        // A flip in zlib's own header may change nothing that is signed.
        if (!token.ok() || token->info == Parsed(vector).info) continue;
        EXPECT_NE(CheckAccessToken2(*token, kAppId, kCertificate, kNow),
                  AccessToken2Check::kValid)
            << i << " " << bit;
      }
    }
  }
}

TEST(AccessToken2Test, NoFlippedBitOfTheContentIsAccepted) {
  const AccessToken2 good = Parsed(kUserToken);
  const std::string content = Lp(good.signature) + good.info;
  for (size_t i = 0; i < 8 * content.size(); ++i) {
    std::string flipped = content;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
    const absl::StatusOr<AccessToken2> token =
        ParseAccessToken2(PackAccessToken2(flipped));
    if (!token.ok()) continue;
    EXPECT_NE(CheckAccessToken2(*token, kAppId, kCertificate, kNow),
              AccessToken2Check::kValid)
        << i;
  }
}

TEST(AccessToken2Test, ReadsEveryKnownService) {
  const std::string privilege = Le(1, 2) + Le(1, 2) + Le(600, 4);
  const AccessToken2 token = Parsed(
      Signed(Info(kAppId, 600, 5) + Le(1, 2) + privilege + Lp("channel") +
             Lp("7") + Le(2, 2) + privilege + Lp("rtm") + Le(4, 2) + privilege +
             Le(5, 2) + privilege + Lp("bob") + Le(7, 2) + privilege +
             Lp("room") + Lp("amy") + Le(0xffff, 2)));
  ASSERT_EQ(token.services.size(), 5u);
  EXPECT_EQ(token.Find(AccessToken2::kRtc)->channel, "channel");
  EXPECT_EQ(token.Find(AccessToken2::kRtc)->user, "7");
  EXPECT_EQ(token.Find(AccessToken2::kRtm)->user, "rtm");
  EXPECT_EQ(token.Find(AccessToken2::kFpa)->privileges.size(), 1u);
  EXPECT_EQ(token.Find(AccessToken2::kApaas)->channel, "room");
  EXPECT_EQ(token.Find(AccessToken2::kApaas)->role, -1);
  EXPECT_EQ(ChatCallerOf(token, kNow)->user, "bob");
}

TEST(AccessToken2Test, AnUnknownServiceEndsTheReadingButNotTheCheck) {
  const std::string info = Info(kAppId, 600, 2) + Le(99, 2) + "anything";
  const AccessToken2 token = Parsed(Signed(info));
  EXPECT_TRUE(token.services.empty());
  EXPECT_EQ(CheckAccessToken2(token, kAppId, kCertificate, kNow),
            AccessToken2Check::kValid);
  EXPECT_FALSE(ChatCallerOf(token, kNow));
  const AccessToken2 other = Parsed(Signed(info, "another certificate"));
  EXPECT_EQ(CheckAccessToken2(other, kAppId, kCertificate, kNow),
            AccessToken2Check::kBadSignature);
}

TEST(AccessToken2Test, ACallerNeedsALivePrivilegeOfTheirKind) {
  struct Row {
    std::string what;
    uint16_t privilege;
    uint32_t expires;
    std::string user;
    bool caller;
  };
  const Row rows[] = {{"a user", 1, 600, "bob", true},
                      {"an app", 2, 600, "", true},
                      {"ran out", 1, 599, "bob", false},
                      {"a user's privilege without a user", 1, 600, "", false},
                      {"an app's privilege with a user", 2, 600, "bob", false},
                      {"another privilege", 3, 600, "bob", false}};
  for (const Row& row : rows) {
    const AccessToken2 token = Parsed(
        Signed(Info(kAppId, 600, 1) + Le(5, 2) + Le(1, 2) +
               Le(row.privilege, 2) + Le(row.expires, 4) + Lp(row.user)));
    EXPECT_EQ(ChatCallerOf(token, kNow).has_value(), row.caller) << row.what;
  }
}

TEST(AccessToken2Test, RefusesWhatIsNoToken) {
  const std::string signature = Lp(std::string(32, 's'));
  const std::string info = Info(kAppId, 600, 0);
  const std::string bad[] = {
      "",
      "00",
      "007",
      "006" + std::string(kUserToken.substr(3)),
      "007!",
      "007AAAA",
      std::string(kUserToken.substr(0, 80)),
      std::string(kUserToken) + "AAAA",
      PackAccessToken2(""),
      PackAccessToken2(signature),
      PackAccessToken2(Lp("short") + info),
      PackAccessToken2(signature + info.substr(0, info.size() - 1)),
      PackAccessToken2(signature + info + "x"),
      PackAccessToken2(signature + Info("short", 600, 0)),
      PackAccessToken2(signature + Info(kAppId, 600, 1)),
      PackAccessToken2(signature + Info(kAppId, 600, 1) + Le(5, 2) +
                       Le(0xffff, 2))};
  for (const std::string& text : bad) {
    EXPECT_EQ(ParseAccessToken2(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(AccessToken2Test, BoundsWhatItReads) {
  const std::string signature = Lp(std::string(32, 's'));
  const std::string services = Info(kAppId, 600, 1) + Le(99, 2);
  std::string content = signature + services;
  content.resize(kAccessToken2InflatedMax);
  EXPECT_TRUE(ParseAccessToken2(PackAccessToken2(content)).ok());
  content.push_back('\0');
  EXPECT_EQ(ParseAccessToken2(PackAccessToken2(content)).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ParseAccessToken2("007" + std::string(8192, 'A')).status(),
            absl::ResourceExhaustedError("the token is too long"));
}

}  // namespace
}  // namespace headgate::policy
