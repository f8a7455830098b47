// Tokens from strangers: nothing they send may crash, open or be spelt twice.
// What a key has sealed or signed must open, and with any byte of the input
// changed must not; payloads of any bytes are read as claims.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "service/private_services/form.h"
#include "service/tokens/claims.h"
#include "service/tokens/paserk.h"
#include "service/tokens/paseto.h"

namespace {

using headgate::service::LocalKey;
using headgate::service::Paseto;
using headgate::service::PublicKey;

void Check(bool holds) {
  if (!holds) std::abort();
}

const LocalKey& Local() {
  static const LocalKey key = headgate::service::NewLocalKey();
  return key;
}
const PublicKey& Public() {
  static const PublicKey key =
      headgate::service::PublicKeyOf(headgate::service::NewSecretKey());
  return key;
}

// A stranger's text: it opens with no key of ours and has no twin.
void CheckStranger(std::string_view text) {
  const std::optional<Paseto> token =
      headgate::service::ParsePaseto(text, 64 * 1024);
  if (!token) return;
  Check(!OpenPaseto(*token, Local(), ""));
  Check(!OpenPaseto(*token, Public(), ""));
  std::string again =
      token->purpose == Paseto::Purpose::kLocal ? "v4.local." : "v4.public.";
  headgate::AppendBase64(token->body, headgate::Base64Alphabet::kUrl, &again);
  if (!token->footer.empty()) {
    again.push_back('.');
    headgate::AppendBase64(token->footer, headgate::Base64Alphabet::kUrl,
                           &again);
  }
  Check(again == text);
}

void CheckOurs(std::string_view payload) {
  const std::string footer(payload.substr(0, payload.size() % 32));
  const std::string token = headgate::service::SealPaseto(
      {.payload = payload, .footer = footer, .assertion = "a"}, Local());
  const auto parsed = headgate::service::ParsePaseto(token, 1 << 20);
  Check(parsed && OpenPaseto(*parsed, Local(), "a") == std::string(payload));
  Check(!OpenPaseto(*parsed, Local(), "b"));
  Paseto altered = *parsed;
  const size_t at = payload.size() % altered.body.size();
  altered.body[at] = static_cast<char>(altered.body[at] ^ 1);
  Check(!OpenPaseto(altered, Local(), "a"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckStranger(text);
  CheckStranger(std::string("v4.local.").append(text));
  CheckStranger(std::string("v4.public.").append(text));
  CheckOurs(text);
  headgate::service::LocalKeyFromPaserk(text);
  headgate::service::SecretKeyFromPaserk(text);
  headgate::service::PublicKeyFromPaserk(text);
  headgate::service::private_services::ReadForm(text);
  const auto claims = headgate::service::ReadClaims(text);
  // What was read can be written and is then the same.
  if (claims) {
    const std::string written = WriteClaims(*claims);
    const auto again = headgate::service::ReadClaims(written);
    Check(again && WriteClaims(*again) == written);
  }
  return 0;
}
