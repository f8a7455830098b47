// Hashes, MACs, randomness, base64 and bounded inflation: thin and strict
// covers over OpenSSL, libsodium and zlib, so that nobody else handles their
// types.
//
// Base64 is canonical only (RFC 4648 3.5): one text for one sequence of bytes.
// Whatever else a lenient decoder takes (missing padding, stray bits, white
// space) is a second spelling of the same credential, and is refused.
//
// Pure functions; thread-safe. Bad input is an answer (nullopt, a status); a
// library that cannot hash is a failed check.
#ifndef HEADGATE_BASE_CRYPTO_H_
#define HEADGATE_BASE_CRYPTO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace headgate {

using Sha256Digest = std::array<char, 32>;

template <size_t kSize>
std::string_view AsBytes(const std::array<char, kSize>& bytes) {
  return {bytes.data(), kSize};
}

Sha256Digest Sha256(std::string_view bytes);
Sha256Digest HmacSha256(std::string_view key, std::string_view bytes);
// The digest that 64 hexadecimal digits of either case spell.
std::optional<Sha256Digest> Sha256FromHex(std::string_view hex);

// SipHash-2-4 of 128 bits (libsodium's siphashx24): a keyed hash for tables
// whose keys strangers choose, and for names that tell nothing. Some 40 ns for
// a short text.
using SipHashKey = std::array<uint64_t, 2>;
SipHashKey NewSipHashKey();  // random
std::array<uint64_t, 2> SipHash128(const SipHashKey& key,
                                   std::string_view bytes);

// Takes the same time wherever the bytes differ. The lengths are no secret:
// compare digests where they are.
bool ConstantTimeEquals(std::string_view a, std::string_view b);

// `count` bytes of the generator, fit for keys. A process that forks must exec:
// its child would draw the same.
std::string RandomBytes(size_t count);

enum class Base64Alphabet {
  kStandard,  // + and /, padded with =
  kUrl,       // - and _, never padded
};

// Replaces `*bytes`, whose capacity is used again. On false it holds rubbish.
bool Base64Decode(std::string_view text, Base64Alphabet alphabet,
                  std::string* bytes);
std::optional<std::string> Base64Decode(std::string_view text,
                                        Base64Alphabet alphabet);
void AppendBase64(std::string_view bytes, Base64Alphabet alphabet,
                  std::string* text);
std::string Base64Encode(std::string_view bytes, Base64Alphabet alphabet);

// What a zlib stream (RFC 1950) holds. INVALID_ARGUMENT: not one whole stream,
// or something follows it. RESOURCE_EXHAUSTED: more than `bytes_max` come out.
absl::StatusOr<std::string> Inflate(std::string_view stream, size_t bytes_max);

}  // namespace headgate

#endif  // HEADGATE_BASE_CRYPTO_H_
