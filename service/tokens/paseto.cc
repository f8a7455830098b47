#include "service/tokens/paseto.h"

#include <sodium.h>

#include <array>
#include <cstdint>

#include "base/crypto.h"
#include "base/strings.h"

namespace headgate::service {
namespace {

constexpr std::string_view kLocalHeader = "v4.local.";
constexpr std::string_view kPublicHeader = "v4.public.";
constexpr size_t kNonceBytes = 32;
constexpr size_t kTagBytes = 32;
constexpr size_t kSignatureBytes = crypto_sign_ed25519_BYTES;
constexpr size_t kStreamKeyBytes = crypto_stream_xchacha20_KEYBYTES;

unsigned char* Raw(std::string* bytes) {
  return reinterpret_cast<unsigned char*>(bytes->data());
}
const unsigned char* Raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Keyed BLAKE2b.
void Hash(std::string_view bytes, const unsigned char* key, size_t key_size,
          unsigned char* hash, size_t hash_size) {
  crypto_generichash(hash, hash_size, Raw(bytes), bytes.size(), key, key_size);
}

using Tag = std::array<char, kTagBytes>;
// Little-endian, the top bit clear.
using LengthBytes = std::array<char, 8>;

LengthBytes Length(uint64_t length) {
  LengthBytes bytes;
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(length >> (8 * i) & 0xff);
  }
  return bytes;
}

// Pre-authentication encoding, part by part: PasetoPae joins them, a hash takes
// them as they come.
template <typename Add>
void EncodePae(std::initializer_list<std::string_view> pieces, const Add& add) {
  add(AsBytes(Length(pieces.size())));
  for (const std::string_view piece : pieces) {
    add(AsBytes(Length(piece.size())));
    add(piece);
  }
}

// What one nonce makes of a key; wiped after use.
struct LocalKeys {
  // The stream's key and its own nonce.
  std::array<unsigned char,
             kStreamKeyBytes + crypto_stream_xchacha20_NONCEBYTES>
      stream;
  std::array<unsigned char, 32> tag;

  LocalKeys(const LocalKey& key, std::string_view nonce) {
    Derive("paseto-encryption-key", nonce, key, &stream);
    Derive("paseto-auth-key-for-aead", nonce, key, &tag);
  }
  ~LocalKeys() {
    sodium_memzero(stream.data(), stream.size());
    sodium_memzero(tag.data(), tag.size());
  }

  template <size_t kSize>
  static void Derive(std::string_view purpose, std::string_view nonce,
                     const LocalKey& key,
                     std::array<unsigned char, kSize>* derived) {
    std::array<char, 64> message;
    purpose.copy(message.data(), purpose.size());
    nonce.copy(message.data() + purpose.size(), kNonceBytes);
    Hash({message.data(), purpose.size() + kNonceBytes}, key.data(), key.size,
         derived->data(), derived->size());
  }

  // XChaCha20: the same for both ways. `out` has the size of `bytes`.
  void Crypt(std::string_view bytes, unsigned char* out) const {
    crypto_stream_xchacha20_xor(out, Raw(bytes), bytes.size(),
                                stream.data() + kStreamKeyBytes, stream.data());
  }
  // Of the pieces as PasetoPae would join them.
  Tag TagOf(std::initializer_list<std::string_view> pieces) const {
    crypto_generichash_state state;
    crypto_generichash_init(&state, tag.data(), tag.size(), kTagBytes);
    EncodePae(pieces, [&state](std::string_view bytes) {
      crypto_generichash_update(&state, Raw(bytes), bytes.size());
    });
    Tag made;
    crypto_generichash_final(
        &state, reinterpret_cast<unsigned char*>(made.data()), made.size());
    sodium_memzero(&state, sizeof(state));
    return made;
  }
};

// Made once, of the length that base64 gives it.
std::string Text(std::string_view header, std::string_view body,
                 std::string_view footer) {
  std::string text;
  text.reserve(header.size() + (body.size() + footer.size()) / 3 * 4 + 9);
  text += header;
  AppendBase64(body, Base64Alphabet::kUrl, &text);
  if (footer.empty()) return text;
  text.push_back('.');
  AppendBase64(footer, Base64Alphabet::kUrl, &text);
  return text;
}

size_t FixedBytes(Paseto::Purpose purpose) {
  return purpose == Paseto::Purpose::kLocal ? kNonceBytes + kTagBytes
                                            : kSignatureBytes;
}

// Takes the header off.
std::optional<Paseto::Purpose> TakeHeader(std::string_view* token) {
  for (const Paseto::Purpose purpose :
       {Paseto::Purpose::kLocal, Paseto::Purpose::kPublic}) {
    const std::string_view header =
        purpose == Paseto::Purpose::kLocal ? kLocalHeader : kPublicHeader;
    if (!token->starts_with(header)) continue;
    token->remove_prefix(header.size());
    return purpose;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Paseto> ParsePaseto(std::string_view token, size_t bytes_max) {
  if (token.size() > bytes_max) return std::nullopt;
  const std::optional<Paseto::Purpose> purpose = TakeHeader(&token);
  if (!purpose) return std::nullopt;
  Paseto paseto;
  paseto.purpose = *purpose;
  // A second '.' is in no alphabet.
  const size_t dot = token.find('.');
  if (dot != std::string_view::npos) {
    const std::string_view footer = token.substr(dot + 1);
    if (footer.empty() || footer.size() > kPasetoFooterBytesMax / 3 * 4 ||
        !Base64Decode(footer, Base64Alphabet::kUrl, &paseto.footer)) {
      return std::nullopt;
    }
  }
  if (!Base64Decode(token.substr(0, dot), Base64Alphabet::kUrl, &paseto.body) ||
      paseto.body.size() < FixedBytes(*purpose)) {
    return std::nullopt;
  }
  return paseto;
}

std::optional<std::string> OpenPaseto(const Paseto& token, const LocalKey& key,
                                      std::string_view assertion) {
  if (token.purpose != Paseto::Purpose::kLocal) return std::nullopt;
  std::string_view body = token.body;
  if (body.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const std::string_view nonce = body.substr(0, kNonceBytes);
  const std::string_view tag = body.substr(body.size() - kTagBytes);
  body = body.substr(kNonceBytes, body.size() - kNonceBytes - kTagBytes);
  const LocalKeys keys(key, nonce);
  const Tag expected =
      keys.TagOf({kLocalHeader, nonce, body, token.footer, assertion});
  if (!ConstantTimeEquals(AsBytes(expected), tag)) return std::nullopt;
  std::string payload(body.size(), '\0');
  keys.Crypt(body, Raw(&payload));
  return payload;
}

std::optional<std::string> OpenPaseto(const Paseto& token, const PublicKey& key,
                                      std::string_view assertion) {
  if (token.purpose != Paseto::Purpose::kPublic) return std::nullopt;
  std::string_view body = token.body;
  if (body.size() < kSignatureBytes) return std::nullopt;
  const std::string_view signature = body.substr(body.size() - kSignatureBytes);
  body.remove_suffix(kSignatureBytes);
  const std::string pieces =
      PasetoPae({kPublicHeader, body, token.footer, assertion});
  if (crypto_sign_ed25519_verify_detached(Raw(signature), Raw(pieces),
                                          pieces.size(), key.data()) != 0) {
    return std::nullopt;
  }
  return std::string(body);
}

std::string SealPasetoWithNonce(const PasetoContent& content,
                                const LocalKey& key, std::string_view nonce) {
  const LocalKeys keys(key, nonce);
  const size_t size = content.payload.size();
  std::string body;
  body.reserve(kNonceBytes + size + kTagBytes);
  body += nonce;
  body.resize(kNonceBytes + size);
  keys.Crypt(content.payload, Raw(&body) + kNonceBytes);
  const std::string_view sealed = std::string_view(body).substr(kNonceBytes);
  const Tag tag = keys.TagOf(
      {kLocalHeader, nonce, sealed, content.footer, content.assertion});
  body += AsBytes(tag);
  return Text(kLocalHeader, body, content.footer);
}

std::string SealPaseto(const PasetoContent& content, const LocalKey& key) {
  return SealPasetoWithNonce(content, key, RandomBytes(kNonceBytes));
}

std::string SealPaseto(const PasetoContent& content, const SecretKey& key) {
  const std::string pieces = PasetoPae(
      {kPublicHeader, content.payload, content.footer, content.assertion});
  std::string signature(kSignatureBytes, '\0');
  crypto_sign_ed25519_detached(Raw(&signature), nullptr, Raw(pieces),
                               pieces.size(), key.data());
  return Text(kPublicHeader, StrCat(content.payload, signature),
              content.footer);
}

std::string PasetoPae(std::initializer_list<std::string_view> pieces) {
  size_t size = 8;
  for (const std::string_view piece : pieces) size += 8 + piece.size();
  std::string out;
  out.reserve(size);
  EncodePae(pieces, [&out](std::string_view bytes) { out += bytes; });
  return out;
}

}  // namespace headgate::service
