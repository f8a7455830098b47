#include "service/tokens/tokens.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/tokens/key_file.h"
#include "tests/support/fake_clock.h"

namespace headgate::service {
namespace {

using Format = config::Tokens::Format;
using testing::HasSubstr;

config::TokenKey KeyOf(std::string paserk) {
  return {.id = "k", .secret = Secret(std::move(paserk))};
}

class TokensTest : public testing::Test {
 protected:
  TokensTest() { tokens_ = Make(options_); }

  std::unique_ptr<Tokens> Make(const config::Tokens& options) {
    auto tokens = Tokens::Create(options, own_keys_, &revocations_);
    EXPECT_TRUE(tokens.ok()) << tokens.status();
    return tokens.ok() ? *std::move(tokens) : nullptr;
  }
  static TokenClaims UserClaims() {
    TokenClaims claims;
    claims.kind = TokenKind::kUserAccess;
    claims.audience = "acme#chat";
    claims.subject = "alice";
    return claims;
  }
  std::string Issue() {
    TokenClaims claims = UserClaims();
    return tokens_->Issue(&claims, clock_.Now());
  }
  // "ok", or the reason.
  std::string OpenWith(const Tokens& tokens, const std::string& token,
                       std::string_view audience = "acme#chat",
                       TokenKind kind = TokenKind::kUserAccess) {
    const auto claims = tokens.Open(kind, audience, token, clock_.Now());
    return claims.ok() ? "ok"
                       : std::string(FromAbsl(claims.status().message()));
  }
  std::string Open(const std::string& token) {
    return OpenWith(*tokens_, token);
  }

  test::FakeClock clock_;
  Revocations revocations_;
  std::vector<std::string> own_keys_ = MakeTokenKeys();
  config::Tokens options_;
  std::unique_ptr<Tokens> tokens_;
};

TEST_F(TokensTest, WhatWasIssuedOpensToTheSameClaims) {
  clock_.Advance(absl::Milliseconds(7));
  TokenClaims issued;
  issued.kind = TokenKind::kRoomMember;
  issued.audience = "backend";
  issued.subject = "u";
  issued.texts = {{"room_id", "r \"quoted\" \n"}, {"x", ""}};
  issued.permissions = {"PermissionRoom", "PermissionRoomKick"};
  issued.permission_numbers = {200, 203};
  issued.metadata = {{"mcuStream", "true"}, {"\xC3\xA9", "\x01"}};
  const std::string token = tokens_->Issue(&issued, clock_.Now());
  EXPECT_EQ(issued.issuer, "headgate");
  EXPECT_EQ(issued.issued_ms, 1767225600007);
  EXPECT_EQ(issued.not_before_ms, issued.issued_ms);
  EXPECT_EQ(issued.expires_s, 1767225601 + 24 * 3600);
  EXPECT_EQ(issued.id.size(), 22u);
  EXPECT_TRUE(token.starts_with("v4.local."));

  const auto claims =
      tokens_->Open(TokenKind::kRoomMember, "backend", token, clock_.Now());
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->kind, issued.kind);
  EXPECT_EQ(claims->issuer, issued.issuer);
  EXPECT_EQ(claims->audience, issued.audience);
  EXPECT_EQ(claims->subject, issued.subject);
  EXPECT_EQ(claims->issued_ms, issued.issued_ms);
  EXPECT_EQ(claims->not_before_ms, issued.not_before_ms);
  EXPECT_EQ(claims->expires_s, issued.expires_s);
  EXPECT_EQ(claims->id, issued.id);
  EXPECT_EQ(claims->texts, issued.texts);
  EXPECT_EQ(claims->permissions, issued.permissions);
  EXPECT_EQ(claims->permission_numbers, issued.permission_numbers);
  EXPECT_EQ(claims->metadata, issued.metadata);
}

TEST_F(TokensTest, EveryTokenIsAnother) { EXPECT_NE(Issue(), Issue()); }

TEST_F(TokensTest, TheFooterNamesTheKey) {
  const std::string token = Issue();
  const auto footer =
      Base64Decode(token.substr(token.rfind('.') + 1), Base64Alphabet::kUrl);
  const LocalKey key = *LocalKeyFromPaserk(own_keys_[0]);
  EXPECT_EQ(footer, "{\"kid\":\"" + PaserkId(key) + "\"}");
}

TEST_F(TokensTest, ATokenIsGoodUntilTheSecondOfItsEnd) {
  TokenClaims claims = UserClaims();
  claims.expires_s = clock_.Now().unix_us / 1000000 + 10;
  const std::string token = tokens_->Issue(&claims, clock_.Now());
  clock_.Set(absl::Milliseconds(9999));
  EXPECT_EQ(Open(token), "ok");
  clock_.Set(absl::Seconds(10));
  EXPECT_EQ(Open(token), "expired");
}

// `exp` has whole seconds: a token lives as long as was promised, or a part of
// a second longer.
TEST_F(TokensTest, NoTokenLivesShorterThanItsLifetime) {
  options_.lifetime = absl::Seconds(2);
  tokens_ = Make(options_);
  const struct {
    absl::Duration issued, good_until;
  } kCases[] = {
      {absl::ZeroDuration(), absl::Seconds(2)},
      {absl::Milliseconds(1), absl::Seconds(3)},
      {absl::Milliseconds(999), absl::Seconds(3)},
      {absl::Milliseconds(1500), absl::Seconds(4)},
  };
  for (const auto& test : kCases) {
    clock_.Set(test.issued);
    const std::string token = Issue();
    clock_.Set(test.issued + absl::Seconds(2) - absl::Milliseconds(1));
    EXPECT_EQ(Open(token), "ok") << test.issued;
    clock_.Set(test.good_until - absl::Milliseconds(1));
    EXPECT_EQ(Open(token), "ok") << test.issued;
    clock_.Set(test.good_until);
    EXPECT_EQ(Open(token), "expired") << test.issued;
  }
}

TEST_F(TokensTest, ForEverIsUntilTheYear9999) {
  TokenClaims claims = UserClaims();
  claims.expires_s = INT64_MAX;
  const std::string token = tokens_->Issue(&claims, clock_.Now());
  EXPECT_EQ(claims.expires_s, kNeverExpires);
  clock_.Set(absl::Hours(24 * 365 * 100));
  EXPECT_EQ(Open(token), "ok");
}

TEST_F(TokensTest, ClocksMayDifferByThirtySeconds) {
  test::FakeClock ahead;
  ahead.Advance(absl::Seconds(30));
  TokenClaims claims = UserClaims();
  EXPECT_EQ(Open(tokens_->Issue(&claims, ahead.Now())), "ok");
  ahead.Advance(absl::Seconds(1));
  EXPECT_EQ(Open(tokens_->Issue(&claims, ahead.Now())), "not good yet");
}

TEST_F(TokensTest, NoKindOpensAsAnother) {
  for (const TokenKind made : kTokenKinds) {
    TokenClaims claims = UserClaims();
    claims.kind = made;
    const std::string token = tokens_->Issue(&claims, clock_.Now());
    for (const TokenKind asked : kTokenKinds) {
      EXPECT_EQ(
          OpenWith(*tokens_, token, "acme#chat", asked),
          made == asked ? "ok" : "altered, or of another kind, app or issuer")
          << TokenPurpose(made) << " as " << TokenPurpose(asked);
    }
  }
}

TEST_F(TokensTest, NoAppsTokenOpensForAnotherOrAnotherIssuer) {
  const std::string token = Issue();
  const std::string other = "altered, or of another kind, app or issuer";
  EXPECT_EQ(OpenWith(*tokens_, token, "acme#cha"), other);
  EXPECT_EQ(OpenWith(*tokens_, token, ""), other);
  options_.issuer = "else";
  EXPECT_EQ(OpenWith(*Make(options_), token), other);
}

TEST_F(TokensTest, BadTokensAreRefusedEachForItsReason) {
  std::string altered = Issue();
  altered[30] = altered[30] == 'A' ? 'B' : 'A';
  config::Tokens other_keys;
  other_keys.keys = {KeyOf(ToPaserk(NewLocalKey()))};
  TokenClaims claims = UserClaims();
  const std::string foreign = Make(other_keys)->Issue(&claims, clock_.Now());
  const std::pair<std::string, std::string> kCases[] = {
      {"", "not a token of ours"},
      {"v4.local.AAAA", "not a token of ours"},
      {"v3" + Issue().substr(2), "not a token of ours"},
      {"v4.public" + Issue().substr(8), "sealed with an unknown key"},
      {std::string(Tokens::kTokenBytesMax + 1, 'x'), "too long"},
      {foreign, "sealed with an unknown key"},
      {altered, "altered, or of another kind, app or issuer"},
  };
  for (const auto& [token, reason] : kCases) {
    EXPECT_EQ(Open(token), reason) << token.substr(0, 40);
  }
}

// Somebody with the key may seal what we would not.
TEST_F(TokensTest, EveryTokenHasAllItsClaims) {
  const std::string good =
      R"({"iss":"headgate","typ":"user-access","aud":"acme#chat","sub":"a",)"
      R"("iat":"2026-01-01T00:00:00Z","nbf":"2026-01-01T00:00:00+00:00",)"
      R"("exp":"2026-01-01T01:00:00+01:00","jti":"x"})";
  const auto opened = [&](const std::string& payload) {
    const auto ring = KeyRing::Create({{"", own_keys_[0]}}, Format::kLocal);
    return Open((*ring)->Seal(
        payload,
        TokenAssertion("headgate", TokenKind::kUserAccess, "acme#chat")));
  };
  const auto without = [&](const std::string& part) {
    std::string payload = good;
    payload.replace(payload.find(part), part.size(), "");
    return opened(payload);
  };
  const std::string bad = "claims missing or not those of its purpose";
  EXPECT_EQ(opened(good), "expired") << "01:00+01:00 is midnight";
  EXPECT_EQ(without("\"sub\":\"a\","), "expired") << "an app has no subject";
  for (const char* part :
       {"\"iss\":\"headgate\",", "\"typ\":\"user-access\",",
        "\"aud\":\"acme#chat\",", "\"iat\":\"2026-01-01T00:00:00Z\",",
        "\"exp\":\"2026-01-01T01:00:00+01:00\",", ",\"jti\":\"x\""}) {
    EXPECT_EQ(without(part), bad) << part;
  }
  EXPECT_EQ(without("2026-01-01T01:00:00+01:00"), bad);
  EXPECT_EQ(opened("[]"), bad);
  EXPECT_EQ(opened("{"), bad);
  const std::string forever = "\"exp\":\"infinite-future\"";
  std::string payload = good;
  payload.replace(payload.find("\"exp\""), 33, forever);
  EXPECT_EQ(opened(payload), bad);
}

TEST_F(TokensTest, KeysRotate) {
  const config::TokenKey old_key = KeyOf(ToPaserk(NewLocalKey()));
  const config::TokenKey new_key = KeyOf(ToPaserk(NewLocalKey()));
  config::Tokens options;
  options.keys = {old_key};
  TokenClaims claims = UserClaims();
  const std::string old_token = Make(options)->Issue(&claims, clock_.Now());
  options.keys = {new_key, old_key};
  const auto both = Make(options);
  const std::string new_token = both->Issue(&claims, clock_.Now());
  EXPECT_EQ(OpenWith(*both, old_token), "ok");
  EXPECT_EQ(OpenWith(*both, new_token), "ok");
  options.keys = {new_key};
  const auto without = Make(options);
  EXPECT_EQ(OpenWith(*without, old_token), "sealed with an unknown key");
  EXPECT_EQ(OpenWith(*without, new_token), "ok");
}

TEST_F(TokensTest, TheFormatMayChangeAndOlderTokensStillOpen) {
  const std::string sealed = Issue();
  options_.format = Format::kPublic;
  const auto signing = Make(options_);
  TokenClaims claims = UserClaims();
  const std::string signed_one = signing->Issue(&claims, clock_.Now());
  EXPECT_TRUE(signed_one.starts_with("v4.public."));
  EXPECT_EQ(OpenWith(*signing, sealed), "ok");
  EXPECT_EQ(Open(signed_one), "ok");
}

TEST_F(TokensTest, ThePublicKeysOfThoseThatSignArePublished) {
  const auto published = tokens_->published();
  ASSERT_EQ(published.size(), 1u);
  const PublicKey key = PublicKeyOf(*SecretKeyFromPaserk(own_keys_[1]));
  EXPECT_EQ(published[0].id, PaserkId(key));
  EXPECT_EQ(published[0].paserk, ToPaserk(key));
}

TEST_F(TokensTest, ABadKeyIsToldWithItsPlace) {
  config::Tokens options;
  options.keys = {KeyOf("hunter2")};
  const auto bad = Tokens::Create(options, {}, nullptr);
  EXPECT_EQ(bad.status().message(),
            "(default): not a token key (k4.local. or k4.secret.)");
  options.keys = {KeyOf(ToPaserk(NewLocalKey()))};
  options.format = Format::kPublic;
  EXPECT_THAT(
      std::string(Tokens::Create(options, {}, nullptr).status().message()),
      HasSubstr("no k4.secret. key, which tokens of this format are made "
                "with"));
}

TEST_F(TokensTest, RevokedTokensAreRefused) {
  TokenClaims claims = UserClaims();
  const std::string one = tokens_->Issue(&claims, clock_.Now());
  revocations_.EnforceToken(claims.id, claims.expires_s);
  EXPECT_EQ(Open(one), "revoked");
  const std::string other = Issue();
  EXPECT_EQ(Open(other), "ok");
  revocations_.EnforceSubject("acme#chat", "alice", clock_.Now().unix_ms(),
                              claims.expires_s);
  EXPECT_EQ(Open(other), "revoked");
  EXPECT_EQ(Open(Issue()), "revoked") << "the same millisecond";
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(Open(Issue()), "ok");
}

TEST_F(TokensTest, VerifySaysWhoCalls) {
  policy::CompiledService service;
  policy::CompiledApp app;
  app.app_key = "acme#chat";
  const auto verify = [&](const std::string& token) {
    policy::VerifiedCaller caller;
    std::string_view reason;
    if (!tokens_->Verify(service, app, token, clock_.Now(), &caller, &reason)) {
      return std::string(reason);
    }
    const policy::Identity& identity = caller.identity;
    return StrCat(
        identity.kind == policy::Identity::Kind::kApp ? "app:" : "user:",
        identity.user);
  };
  EXPECT_EQ(verify(Issue()), "user:alice");
  TokenClaims claims = UserClaims();
  claims.kind = TokenKind::kAppAccess;
  claims.subject = "";
  EXPECT_EQ(verify(tokens_->Issue(&claims, clock_.Now())), "app:");
  claims.kind = TokenKind::kMemberAccess;
  EXPECT_EQ(verify(tokens_->Issue(&claims, clock_.Now())),
            "altered, or of another kind, app or issuer");
  EXPECT_EQ(verify("t0ken"), "not a token of ours");
}

TEST_F(TokensTest, VerifySaysHowLongATokenIsGood) {
  policy::CompiledService service;
  policy::CompiledApp app;
  app.app_key = "acme#chat";
  TokenClaims claims = UserClaims();
  const std::string token = tokens_->Issue(&claims, clock_.Now());
  policy::VerifiedCaller caller;
  std::string_view reason;
  ASSERT_TRUE(
      tokens_->Verify(service, app, token, clock_.Now(), &caller, &reason));
  // It says of every moment what Verify would say then.
  const int64_t end_us = claims.expires_s * 1'000'000;
  const int64_t begin_us =
      (claims.not_before_ms - Tokens::kSkewSeconds * 1000) * 1000;
  for (const int64_t unix_us :
       {begin_us - 1, begin_us, end_us - 1, end_us, end_us + 1}) {
    Instant then = clock_.Now();
    then.unix_us = unix_us;
    policy::VerifiedCaller again;
    EXPECT_EQ(tokens_->Verify(service, app, token, then, &again, &reason),
              caller.IsGoodAt(then))
        << unix_us - begin_us << " " << unix_us - end_us;
  }
}

TEST_F(TokensTest, TheRevisionFollowsTheRevocations) {
  const uint64_t before = tokens_->revision();
  revocations_.EnforceToken("x", 1);
  EXPECT_NE(tokens_->revision(), before);
}

TEST_F(TokensTest, TheLongestTokenThatMayBeAskedForOpens) {
  TokenClaims claims = UserClaims();
  claims.kind = TokenKind::kRoomMember;
  claims.texts = {{"room_id", std::string(36, 'x')}};
  for (int i = 0; i < 12; ++i) {
    claims.permissions.push_back("permissionChatSlowmodeBypass");
    claims.permission_numbers.push_back(107);
  }
  // 4 KiB in 64 entries, every byte escaped as six.
  for (int i = 0; i < 64; ++i) {
    claims.metadata.emplace_back(StrCat(std::string(30, '\x01'), i + 10),
                                 std::string(32, '\x01'));
  }
  const std::string token = tokens_->Issue(&claims, clock_.Now());
  EXPECT_GT(token.size(), 32000u);
  EXPECT_EQ(OpenWith(*tokens_, token, "acme#chat", TokenKind::kRoomMember),
            "ok");
}

}  // namespace
}  // namespace headgate::service
