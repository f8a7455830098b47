#include "config/token_key.h"

#include <optional>

#include "base/crypto.h"
#include "base/strings.h"

namespace headgate::config {
namespace {

constexpr size_t kLocalBytes = 32;
constexpr size_t kSecretBytes = 64;

bool IsBase64Of(std::string_view text, size_t bytes) {
  const std::optional<std::string> decoded =
      Base64Decode(text, Base64Alphabet::kUrl);
  return decoded && decoded->size() == bytes;
}

// The bytes of a key that does not say its kind.
std::optional<std::string> PlainBytes(std::string_view text) {
  if (const std::optional<Sha256Digest> digits = Sha256FromHex(text); digits) {
    return std::string(AsBytes(*digits));
  }
  return Base64Decode(text, text.ends_with('=') ? Base64Alphabet::kStandard
                                                : Base64Alphabet::kUrl);
}

}  // namespace

std::string CanonicalTokenKey(std::string_view text) {
  constexpr std::string_view kLocal = "k4.local.";
  constexpr std::string_view kSecret = "k4.secret.";
  if (text.starts_with(kLocal)) {
    return IsBase64Of(text.substr(kLocal.size()), kLocalBytes)
               ? std::string(text)
               : "";
  }
  if (text.starts_with(kSecret)) {
    return IsBase64Of(text.substr(kSecret.size()), kSecretBytes)
               ? std::string(text)
               : "";
  }
  const std::optional<std::string> bytes = PlainBytes(text);
  if (!bytes || bytes->size() != kLocalBytes) return "";
  return StrCat(kLocal, Base64Encode(*bytes, Base64Alphabet::kUrl));
}

}  // namespace headgate::config
