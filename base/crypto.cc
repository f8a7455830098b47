#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sodium/crypto_shorthash_siphash24.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

#include "base/strings.h"

namespace headgate {
namespace {

// Without hashes or randomness nothing here can be trusted to go on.
void CheckThat(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "check failed: %s\n", what);
  std::abort();
}

const unsigned char* Unsigned(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Looked up once: by name it costs more than hashing a credential does.
const EVP_MD* Sha256Method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// One thread's stock of random bytes. The generator takes a microsecond for a
// call and little for a byte, so it is asked for many at once. What was given
// out is wiped: no byte is ever given twice, nor found here later.
class RandomStock {
 public:
  ~RandomStock() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  void Take(char* out, size_t count) {
    if (count > bytes_.size() / 4) return Draw(out, count);
    if (count > left_) {
      Draw(bytes_.data(), bytes_.size());
      left_ = bytes_.size();
    }
    char* const from = bytes_.data() + (bytes_.size() - left_);
    std::memcpy(out, from, count);
    OPENSSL_cleanse(from, count);
    left_ -= count;
  }

 private:
  static void Draw(char* out, size_t count) {
    CheckThat(RAND_bytes(reinterpret_cast<unsigned char*>(out),
                         static_cast<int>(count)) == 1,
              "the system has randomness");
  }

  std::array<char, 1024> bytes_;
  size_t left_ = 0;
};

// Ends the stream however the function ends.
struct Inflater {
  z_stream stream = {};
  bool started = false;
  ~Inflater() {
    if (started) inflateEnd(&stream);
  }
};

}  // namespace

Sha256Digest Sha256(std::string_view bytes) {
  Sha256Digest digest;
  thread_local const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(
      EVP_MD_CTX_new());
  CheckThat(
      EVP_DigestInit_ex(context.get(), Sha256Method(), nullptr) == 1 &&
          EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
          EVP_DigestFinal_ex(context.get(),
                             reinterpret_cast<unsigned char*>(digest.data()),
                             nullptr) == 1,
      "SHA-256 works");
  return digest;
}

Sha256Digest HmacSha256(std::string_view key, std::string_view bytes) {
  CheckThat(key.size() <= static_cast<size_t>(std::numeric_limits<int>::max()),
            "an HMAC key has a length of 31 bits");
  // A null key would mean "the key of the last call" to OpenSSL.
  if (key.data() == nullptr) key = "";
  Sha256Digest digest;
  unsigned int size = 0;
  const unsigned char* done = HMAC(
      EVP_sha256(), key.data(), static_cast<int>(key.size()), Unsigned(bytes),
      bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size);
  CheckThat(done != nullptr && size == digest.size(), "HMAC-SHA256 works");
  return digest;
}

std::optional<Sha256Digest> Sha256FromHex(std::string_view hex) {
  Sha256Digest digest;
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (size_t i = 0; i < digest.size(); ++i) {
    const int high = HexDigit(hex[2 * i]);
    const int low = HexDigit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<char>(high << 4 | low);
  }
  return digest;
}

SipHashKey NewSipHashKey() {
  SipHashKey key;
  const std::string drawn = RandomBytes(sizeof(key));
  std::memcpy(key.data(), drawn.data(), sizeof(key));
  return key;
}

std::array<uint64_t, 2> SipHash128(const SipHashKey& key,
                                   std::string_view bytes) {
  std::array<uint64_t, 2> hash;
  static_assert(sizeof(hash) == crypto_shorthash_siphashx24_BYTES);
  static_assert(sizeof(key) == crypto_shorthash_siphashx24_KEYBYTES);
  crypto_shorthash_siphashx24(
      reinterpret_cast<unsigned char*>(hash.data()), Unsigned(bytes),
      bytes.size(), reinterpret_cast<const unsigned char*>(key.data()));
  return hash;
}

bool ConstantTimeEquals(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string RandomBytes(size_t count) {
  CheckThat(count <= static_cast<size_t>(std::numeric_limits<int>::max()),
            "random bytes are asked for in small numbers");
  thread_local RandomStock stock;
  std::string bytes(count, '\0');
  stock.Take(bytes.data(), count);
  return bytes;
}

absl::StatusOr<std::string> Inflate(std::string_view stream, size_t bytes_max) {
  Inflater inflater;
  z_stream& z = inflater.stream;
  if (stream.size() > std::numeric_limits<uInt>::max()) {
    return absl::InvalidArgumentError("the zlib stream is too long");
  }
  z.next_in = const_cast<unsigned char*>(Unsigned(stream));
  z.avail_in = static_cast<uInt>(stream.size());
  if (inflateInit(&z) != Z_OK) {
    return absl::ResourceExhaustedError("no memory to inflate with");
  }
  inflater.started = true;
  std::string bytes;
  int code = Z_OK;
  while (code == Z_OK) {
    // One byte over the bound shows that there are more, at the cost of one.
    const size_t size = bytes.size();
    const size_t room = std::min<size_t>(4096, bytes_max + 1 - size);
    bytes.resize(size + room);
    z.next_out = reinterpret_cast<unsigned char*>(bytes.data() + size);
    z.avail_out = static_cast<uInt>(room);
    code = inflate(&z, Z_NO_FLUSH);
    bytes.resize(size + room - z.avail_out);
    if (bytes.size() > bytes_max) {
      return absl::ResourceExhaustedError(
          StrCat("the zlib stream holds more than ", bytes_max, " bytes"));
    }
  }
  if (code != Z_STREAM_END || z.avail_in != 0) {
    return absl::InvalidArgumentError("not one whole zlib stream");
  }
  return bytes;
}

}  // namespace headgate
