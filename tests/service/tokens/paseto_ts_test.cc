// Another implementation opens our tokens, and we open its: npm's paseto-ts.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "service/tokens/key_file.h"
#include "service/tokens/tokens.h"
#include "tests/support/npm.h"

namespace headgate::service {
namespace {

using Format = config::Tokens::Format;
using Members = std::vector<std::pair<std::string, std::string>>;

std::string RunPaseto(const Members& members) {
  std::string argument;
  JsonWriter writer(&argument);
  writer.StartObject();
  for (const auto& [name, text] : members) writer.Member(name, text);
  writer.EndObject();
  return test::RunNode("paseto.mjs", argument);
}

class PasetoTsTest : public testing::TestWithParam<Format> {
 protected:
  PasetoTsTest() {
    options_.format = GetParam();
    tokens_ = *Tokens::Create(options_, keys_, nullptr);
    claims_.kind = TokenKind::kChatMember;
    claims_.audience = "backend";
    claims_.subject = "123e4567-e89b-12d3-a456-426614174000";
    claims_.permissions = {"PermissionChatMute"};
    claims_.permission_numbers = {103};
    claims_.metadata = {{"mcuStream", "true"}};
  }
  bool sealed() const { return GetParam() == Format::kLocal; }
  // What makes tokens; what opens them; what the footer names.
  std::string maker() const { return keys_[sealed() ? 0 : 1]; }
  std::string opener() const {
    return sealed() ? keys_[0]
                    : ToPaserk(PublicKeyOf(*SecretKeyFromPaserk(keys_[1])));
  }
  std::string footer() const {
    const std::string id =
        sealed() ? PaserkId(*LocalKeyFromPaserk(keys_[0]))
                 : PaserkId(PublicKeyOf(*SecretKeyFromPaserk(keys_[1])));
    return "{\"kid\":\"" + id + "\"}";
  }
  std::string assertion() const { return "headgate\nchat-member\nbackend"; }

  const std::vector<std::string> keys_ = MakeTokenKeys();
  // The other one looks at the clock, too.
  const Instant now_ = Clock::System().Now();
  config::Tokens options_;
  std::unique_ptr<Tokens> tokens_;
  TokenClaims claims_;
};

TEST_P(PasetoTsTest, OpensOurTokens) {
  const std::string token = tokens_->Issue(&claims_, now_);
  const std::string opened = RunPaseto(
      {{"key", opener()}, {"token", token}, {"assertion", assertion()}});
  EXPECT_EQ(opened, "{\"payload\":" + WriteClaims(claims_) +
                        ",\"footer\":" + footer() + "}");
  EXPECT_NE(RunPaseto({{"key", opener()},
                       {"token", token},
                       {"assertion", "headgate\nroom-member\nbackend"}})
                .find("\"error\""),
            std::string::npos)
      << "a token for one purpose";
}

TEST_P(PasetoTsTest, MakesTokensThatWeOpen) {
  TokenClaims made = claims_;
  const std::string ours = tokens_->Issue(&made, now_);
  const auto make = [&](const std::string& payload) {
    const std::string answer = RunPaseto({{"key", maker()},
                                          {"payload", payload},
                                          {"footer", footer()},
                                          {"assertion", assertion()}});
    JsonReader reader;
    const JsonValue root = reader.Read(answer);
    EXPECT_TRUE(root && root.Find("token")) << answer;
    return std::string(root.Find("token").string());
  };
  const std::string theirs = make(WriteClaims(made));
  // Sealed ones differ by the nonce, signed ones have none.
  EXPECT_EQ(theirs.size(), ours.size());
  const auto claims =
      tokens_->Open(TokenKind::kChatMember, "backend", theirs, now_);
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(WriteClaims(*claims), WriteClaims(made));
  EXPECT_FALSE(
      tokens_->Open(TokenKind::kRoomMember, "backend", theirs, now_).ok());
  EXPECT_FALSE(
      tokens_->Open(TokenKind::kChatMember, "other", theirs, now_).ok());
}

INSTANTIATE_TEST_SUITE_P(Formats, PasetoTsTest,
                         testing::Values(Format::kLocal, Format::kPublic),
                         [](const auto& format) {
                           return format.param == Format::kLocal ? "Sealed"
                                                                 : "Signed";
                         });

}  // namespace
}  // namespace headgate::service
