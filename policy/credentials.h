// Reads the Authorization field as a contract wants it, and compares what was
// presented with what the operator listed.
//
//     bearer   "Bearer " token68      agora-chat: a token that somebody issued
//     api_key  "Bearer " visible      private-services: the key is the identity
//     basic    "Basic " base64(user ":" secret)              flipflop
//
// The scheme is matched without regard to case (RFC 9110 11.1 demands it; the
// contracts only spell it their way), then comes exactly one space. No field,
// another scheme and nothing after the scheme are all "no credentials": the
// caller sent none of the kind that is asked for. What is there but cannot be
// read is "malformed". Contracts have an error for either.
//
// Pure and thread-safe. The views are into the field or the caller's buffer and
// live as long as those; nothing here logs, copies or keeps a secret.
#ifndef HEADGATE_POLICY_CREDENTIALS_H_
#define HEADGATE_POLICY_CREDENTIALS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.h"

namespace headgate::policy {

enum class CredentialKind { kNone, kBearer, kBasic, kApiKey };
// From a contract's `credentials:`: none, bearer, basic, api_key.
std::optional<CredentialKind> CredentialKindFromName(std::string_view name);

// What a 401 must say of the credentials that it misses, `Bearer realm="name"`
// (RFC 9110 11.6.1, RFC 6750 3, RFC 7617 2). kNone: as kBearer, since a 401 has
// a challenge. REQUIRES: `realm` has no quotes and no backslashes.
std::string Challenge(CredentialKind kind, std::string_view realm);

// Longer values are malformed. Real tokens have some hundred bytes.
inline constexpr size_t kCredentialBytesMax = 8192;

struct Credentials {
  enum class State { kNone, kMalformed, kOk };
  State state = State::kNone;
  std::string_view token;   // kBearer, kApiKey
  std::string_view user;    // kBasic; never empty
  std::string_view secret;  // kBasic; may be empty
  // The token, or user and secret with the colon between.
  std::string_view presented;
};
// `authorization` is the field's value without surrounding blanks; empty: no
// field. `buffer` holds the decoded user and secret of kBasic.
Credentials ParseCredentials(CredentialKind kind,
                             std::string_view authorization,
                             std::string* buffer);

// A secret that callers must present (api_key, api_secret), held as its SHA-256
// only: what is compared then has one length, in constant time, and the plain
// secret need not stay in memory.
class SecretDigest {
 public:
  static SecretDigest FromPlain(std::string_view secret);
  // 64 hexadecimal digits, the config's api_key_sha256; nullopt otherwise.
  static std::optional<SecretDigest> FromHex(std::string_view sha256_hex);

  bool Matches(std::string_view presented) const;
  // For a table of API keys: look Sha256(presented) up.
  const Sha256Digest& digest() const { return digest_; }

 private:
  explicit SecretDigest(const Sha256Digest& digest) : digest_(digest) {}
  Sha256Digest digest_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_CREDENTIALS_H_
