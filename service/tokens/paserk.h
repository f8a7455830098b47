// Keys of PASETO v4, and their texts: PASERK (Platform-Agnostic Serialized
// Keys), as the operator's file, the key file and /.well-known/paseto-keys
// spell them.
//
//   k4.local.BASE64URL    seals and opens v4.local tokens: a secret, 32 bytes
//   k4.secret.BASE64URL   signs v4.public tokens: a secret; the seed and the
//                         public key, 64 bytes
//   k4.public.BASE64URL   checks them: 32 bytes
//   k4.lid. k4.sid. k4.pid.   the id of such a key: a hash of its text, which
//                         may be shown, and stands in a token's footer
//
// A key is of one kind for good: none can be used as another by mistake. Its
// bytes are wiped when it goes. Texts are canonical: no key has two.
#ifndef HEADGATE_SERVICE_TOKENS_PASERK_H_
#define HEADGATE_SERVICE_TOKENS_PASERK_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::service {

enum class KeyKind { kLocal, kSecret, kPublic };

// The bytes of one kind of key.
template <KeyKind kKind, size_t kSize>
class Key {
 public:
  static constexpr KeyKind kind = kKind;
  static constexpr size_t size = kSize;

  // Nothing if `bytes` has another length.
  static std::optional<Key> FromBytes(std::string_view bytes) {
    if (bytes.size() != kSize) return std::nullopt;
    Key key;
    bytes.copy(key.bytes_.data(), kSize);
    return key;
  }
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key();  // wipes

  std::string_view bytes() const { return {bytes_.data(), kSize}; }
  const unsigned char* data() const {
    return reinterpret_cast<const unsigned char*>(bytes_.data());
  }

 private:
  Key() = default;
  std::array<char, kSize> bytes_;
};
using LocalKey = Key<KeyKind::kLocal, 32>;
using SecretKey = Key<KeyKind::kSecret, 64>;
using PublicKey = Key<KeyKind::kPublic, 32>;

LocalKey NewLocalKey();
SecretKey NewSecretKey();
PublicKey PublicKeyOf(const SecretKey& key);

// "k4.local.cHFyc3...": of the first two, a secret.
std::string ToPaserk(const LocalKey& key);
std::string ToPaserk(const SecretKey& key);
std::string ToPaserk(const PublicKey& key);
// "k4.lid....", "k4.sid....", "k4.pid....".
std::string PaserkId(const LocalKey& key);
std::string PaserkId(const SecretKey& key);
std::string PaserkId(const PublicKey& key);

// Nothing if `text` is not such a key's canonical text; for a secret key also
// if its halves do not belong together.
std::optional<LocalKey> LocalKeyFromPaserk(std::string_view text);
std::optional<SecretKey> SecretKeyFromPaserk(std::string_view text);
std::optional<PublicKey> PublicKeyFromPaserk(std::string_view text);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_PASERK_H_
