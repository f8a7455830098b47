#include "policy/credentials.h"

#include <algorithm>

#include "base/byte_set.h"
#include "base/strings.h"

namespace headgate::policy {
namespace {

struct KindName {
  std::string_view name;
  CredentialKind kind;
};
constexpr KindName kKindNames[] = {
    {"none", CredentialKind::kNone},
    {"bearer", CredentialKind::kBearer},
    {"basic", CredentialKind::kBasic},
    {"api_key", CredentialKind::kApiKey},
};

// What follows `scheme` in the field; nullopt: another scheme, or nothing.
std::optional<std::string_view> AfterScheme(std::string_view authorization,
                                            std::string_view scheme) {
  if (authorization.size() <= scheme.size() + 1 ||
      authorization[scheme.size()] != ' ' ||
      !EqualsIgnoreCase(authorization.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  return authorization.substr(scheme.size() + 1);
}

bool IsVisible(char c) { return c > ' ' && c < '\x7f'; }
bool IsControl(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

constexpr ByteSet kToken68 = ByteSet::Alphanumeric("-._~+/");

// RFC 9110 11.2: token68 = 1*( ALPHA / DIGIT / "-._~+/" ) *"=".
bool IsToken68(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && kToken68.ContainsAll(text);
}

// RFC 7617 2: user and password have no control characters, the user no colon.
bool ReadBasic(std::string_view encoded, std::string* buffer,
               Credentials* credentials) {
  if (!Base64Decode(encoded, Base64Alphabet::kStandard, buffer)) return false;
  const std::string_view decoded = *buffer;
  const size_t colon = decoded.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  if (std::ranges::any_of(decoded, IsControl)) return false;
  credentials->presented = decoded;
  credentials->user = decoded.substr(0, colon);
  credentials->secret = decoded.substr(colon + 1);
  return true;
}

bool Read(CredentialKind kind, std::string_view value, std::string* buffer,
          Credentials* credentials) {
  if (value.size() > kCredentialBytesMax) return false;
  if (kind == CredentialKind::kBasic) {
    return ReadBasic(value, buffer, credentials);
  }
  // An API key is what the operator chose, a token what a service made.
  const bool good = kind == CredentialKind::kApiKey
                        ? std::ranges::all_of(value, IsVisible)
                        : IsToken68(value);
  if (good) credentials->token = credentials->presented = value;
  return good;
}

}  // namespace

std::optional<CredentialKind> CredentialKindFromName(std::string_view name) {
  for (const KindName& row : kKindNames) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

std::string Challenge(CredentialKind kind, std::string_view realm) {
  return StrCat(kind == CredentialKind::kBasic ? "Basic" : "Bearer",
                " realm=\"", realm, "\"");
}

Credentials ParseCredentials(CredentialKind kind,
                             std::string_view authorization,
                             std::string* buffer) {
  Credentials credentials;
  if (kind == CredentialKind::kNone) return credentials;
  const std::optional<std::string_view> value = AfterScheme(
      authorization, kind == CredentialKind::kBasic ? "Basic" : "Bearer");
  if (!value) return credentials;
  credentials.state = Read(kind, *value, buffer, &credentials)
                          ? Credentials::State::kOk
                          : Credentials::State::kMalformed;
  return credentials;
}

SecretDigest SecretDigest::FromPlain(std::string_view secret) {
  return SecretDigest(Sha256(secret));
}

std::optional<SecretDigest> SecretDigest::FromHex(std::string_view sha256_hex) {
  const std::optional<Sha256Digest> digest = Sha256FromHex(sha256_hex);
  if (!digest) return std::nullopt;
  return SecretDigest(*digest);
}

bool SecretDigest::Matches(std::string_view presented) const {
  const Sha256Digest digest = Sha256(presented);
  return ConstantTimeEquals(AsBytes(digest), AsBytes(digest_));
}

}  // namespace headgate::policy
