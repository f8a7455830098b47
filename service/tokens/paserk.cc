#include "service/tokens/paserk.h"

#include <sodium.h>

#include "base/crypto.h"
#include "base/strings.h"

namespace headgate::service {
namespace {

static_assert(SecretKey::size == crypto_sign_ed25519_SECRETKEYBYTES);
static_assert(PublicKey::size == crypto_sign_ed25519_PUBLICKEYBYTES);

constexpr std::string_view kLocalHeader = "k4.local.";
constexpr std::string_view kSecretHeader = "k4.secret.";
constexpr std::string_view kPublicHeader = "k4.public.";
constexpr size_t kIdBytes = 33;

template <typename K>
std::string TextOf(std::string_view header, const K& key) {
  std::string text(header);
  AppendBase64(key.bytes(), Base64Alphabet::kUrl, &text);
  return text;
}

template <typename K>
std::optional<K> KeyOf(std::string_view header, std::string_view text) {
  if (!text.starts_with(header)) return std::nullopt;
  text.remove_prefix(header.size());
  // The length first: nothing long is decoded.
  if (text.size() != (K::size * 4 + 2) / 3) return std::nullopt;
  std::optional<std::string> bytes = Base64Decode(text, Base64Alphabet::kUrl);
  if (!bytes) return std::nullopt;
  std::optional<K> key = K::FromBytes(*bytes);
  sodium_memzero(bytes->data(), bytes->size());
  return key;
}

// PASERK, "ID": the header of the id, and a hash of it and the key's text.
std::string IdOf(std::string_view header, std::string_view paserk) {
  const std::string hashed = StrCat(header, paserk);
  std::string hash(kIdBytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                     reinterpret_cast<const unsigned char*>(hashed.data()),
                     hashed.size(), nullptr, 0);
  std::string id(header);
  AppendBase64(hash, Base64Alphabet::kUrl, &id);
  return id;
}

}  // namespace

template <KeyKind kKind, size_t kSize>
Key<kKind, kSize>::~Key() {
  sodium_memzero(bytes_.data(), kSize);
}
template class Key<KeyKind::kLocal, 32>;
template class Key<KeyKind::kSecret, 64>;
template class Key<KeyKind::kPublic, 32>;

LocalKey NewLocalKey() {
  return *LocalKey::FromBytes(RandomBytes(LocalKey::size));
}

SecretKey NewSecretKey() {
  const std::string seed = RandomBytes(crypto_sign_ed25519_SEEDBYTES);
  std::string both(SecretKey::size, '\0');
  std::string half(PublicKey::size, '\0');
  crypto_sign_ed25519_seed_keypair(
      reinterpret_cast<unsigned char*>(half.data()),
      reinterpret_cast<unsigned char*>(both.data()),
      reinterpret_cast<const unsigned char*>(seed.data()));
  return *SecretKey::FromBytes(both);
}

PublicKey PublicKeyOf(const SecretKey& key) {
  return *PublicKey::FromBytes(
      key.bytes().substr(crypto_sign_ed25519_SEEDBYTES));
}

std::string ToPaserk(const LocalKey& key) { return TextOf(kLocalHeader, key); }
std::string ToPaserk(const SecretKey& key) {
  return TextOf(kSecretHeader, key);
}
std::string ToPaserk(const PublicKey& key) {
  return TextOf(kPublicHeader, key);
}

std::string PaserkId(const LocalKey& key) {
  return IdOf("k4.lid.", ToPaserk(key));
}
std::string PaserkId(const SecretKey& key) {
  return IdOf("k4.sid.", ToPaserk(key));
}
std::string PaserkId(const PublicKey& key) {
  return IdOf("k4.pid.", ToPaserk(key));
}

std::optional<LocalKey> LocalKeyFromPaserk(std::string_view text) {
  return KeyOf<LocalKey>(kLocalHeader, text);
}

std::optional<SecretKey> SecretKeyFromPaserk(std::string_view text) {
  const std::optional<SecretKey> key = KeyOf<SecretKey>(kSecretHeader, text);
  if (!key) return std::nullopt;
  // Signing with a foreign public half would give the seed away.
  std::string half(PublicKey::size, '\0');
  std::string both(SecretKey::size, '\0');
  crypto_sign_ed25519_seed_keypair(
      reinterpret_cast<unsigned char*>(half.data()),
      reinterpret_cast<unsigned char*>(both.data()), key->data());
  const bool whole = ConstantTimeEquals(both, key->bytes());
  sodium_memzero(both.data(), both.size());
  return whole ? key : std::nullopt;
}

std::optional<PublicKey> PublicKeyFromPaserk(std::string_view text) {
  return KeyOf<PublicKey>(kPublicHeader, text);
}

}  // namespace headgate::service
