// PASETO version 4 (github.com/paseto-standard/paseto-spec, "Version4"): a
// payload that is sealed (v4.local: XChaCha20 and keyed BLAKE2b) or signed
// (v4.public: Ed25519), with a footer that all may read and an assertion that
// both sides know and the token does not carry.
//
//   v4.local.BASE64URL(nonce32 ciphertext tag32)[.BASE64URL(footer)]
//   v4.public.BASE64URL(payload signature64)[.BASE64URL(footer)]
//
// Reading is in two steps, since the footer names the key: Parse checks the
// form, the bounds and that the encoding is canonical, without any crypto; Open
// checks the tag in constant time before it decrypts. What Parse gives is
// nobody's word until then. Header, footer and assertion are authenticated with
// the payload (PAE), so no bit of a token can be changed.
//
// Pure but for the nonce; thread-safe.
#ifndef HEADGATE_SERVICE_TOKENS_PASETO_H_
#define HEADGATE_SERVICE_TOKENS_PASETO_H_

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "service/tokens/paserk.h"

namespace headgate::service {

inline constexpr size_t kPasetoFooterBytesMax = 1024;

struct Paseto {
  enum class Purpose { kLocal, kPublic };
  Purpose purpose = Purpose::kLocal;
  std::string body;    // nonce, ciphertext, tag; or payload, signature
  std::string footer;  // "": none
};

// Nothing if `token` is longer than `bytes_max` or not a v4 token, spelt in the
// only way there is.
std::optional<Paseto> ParsePaseto(std::string_view token, size_t bytes_max);

// The payload; nothing if the token was not made with this key, footer and
// assertion, or is of the other purpose.
std::optional<std::string> OpenPaseto(const Paseto& token, const LocalKey& key,
                                      std::string_view assertion);
std::optional<std::string> OpenPaseto(const Paseto& token, const PublicKey& key,
                                      std::string_view assertion);

// What is to be sealed or signed.
struct PasetoContent {
  std::string_view payload;
  std::string_view footer = {};  // at most kPasetoFooterBytesMax
  std::string_view assertion = {};
};
std::string SealPaseto(const PasetoContent& content, const LocalKey& key);
std::string SealPaseto(const PasetoContent& content, const SecretKey& key);
// For published vectors: `nonce` has 32 bytes and must never be used twice.
std::string SealPasetoWithNonce(const PasetoContent& content,
                                const LocalKey& key, std::string_view nonce);

// Pre-authentication encoding: the pieces so joined that no other pieces give
// the same bytes.
std::string PasetoPae(std::initializer_list<std::string_view> pieces);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_PASETO_H_
