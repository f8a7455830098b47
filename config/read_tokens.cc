// The section `tokens`.
#include <algorithm>

#include "base/strings.h"
#include "config/scalar_types.h"
#include "config/sections.h"
#include "config/token_key.h"

namespace headgate::config {
namespace {

constexpr size_t kIssuerBytesMax = 255;

// It is put into every token, and parted by line feeds from what follows it.
Type<std::string> IssuerType() {
  return StringType({.expected = "1 to 255 visible characters",
                     .pattern = "^[!-~]{1,255}$",
                     .accepts = [](std::string_view text) {
                       return text.size() <= kIssuerBytesMax &&
                              std::ranges::all_of(text, [](char c) {
                                return c > ' ' && c < '\x7f';
                              });
                     }});
}

Type<Secret> KeySecretType() {
  return Checked(SecretType(), [](const Node& node, const Reading& reading,
                                  Secret* secret) {
    std::string key = CanonicalTokenKey(secret->Reveal());
    if (!key.empty()) {
      *secret = Secret(std::move(key));
      return true;
    }
    Location at = node.at;
    at.secret = true;
    reading.diagnostics->Add(
        at,
        "expected a key: k4.local. or k4.secret. and what follows, 64 "
        "hexadecimal digits, or 32 bytes as base64",
        "`headgate token new-key` makes one");
    return false;
  });
}

// The first key makes the tokens.
bool CheckFirstKey(const Tokens& tokens, const Reading& reading) {
  if (tokens.keys.empty()) return true;
  const TokenKey& first = tokens.keys.front();
  const bool signing = tokens.format == Tokens::Format::kPublic;
  if (first.secret.Reveal().starts_with("k4.secret.") == signing) return true;
  reading.diagnostics->Add(
      first.at, signing
                    ? "the first key must be a k4.secret. key: `format: public`"
                    : "the first key must be a local key: `format: local`");
  return false;
}

}  // namespace

Type<Tokens> TokensType() {
  const Type<TokenKey> key = Struct<TokenKey>({
      Required(Key("id", &TokenKey::id, StringType(),
                   "The key's name, for people; tokens carry its PASERK id.")),
      Required(Key("secret", &TokenKey::secret, KeySecretType(),
                   "A secret: a PASERK (k4.local. or k4.secret.), 64 "
                   "hexadecimal digits, or 32 bytes as base64.")),
  });
  using Format = Tokens::Format;
  Type<Tokens> type = Struct<Tokens>({
      Key("lifetime", &Tokens::lifetime,
          DurationType({absl::Seconds(1), absl::Hours(24 * 3650)}),
          "How long a token is good that does not say it itself. 1s to "
          "3650d."),
      Key("issuer", &Tokens::issuer, IssuerType(),
          "Who issues the tokens: the claim iss. Tokens of another issuer are "
          "refused."),
      Key("format", &Tokens::format,
          ChoiceType<Format>(
              {{"local", Format::kLocal}, {"public", Format::kPublic}}),
          "local: sealed (PASETO v4.local). public: signed (v4.public); others "
          "can read and check them."),
      Key("keys", &Tokens::keys, ListOf(key),
          "The keys that seal tokens (standalone): the first seals, all open. "
          "None: one is made beside the database."),
  });
  return Checked(std::move(type),
                 [](const Node&, const Reading& reading, Tokens* tokens) {
                   return CheckFirstKey(*tokens, reading);
                 });
}

}  // namespace headgate::config
