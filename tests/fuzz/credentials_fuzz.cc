// The Authorization field: any bytes, for every kind of credential. What is
// good must be made of the input and nothing else, and of one spelling only.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/crypto.h"
#include "base/strings.h"
#include "policy/credentials.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using headgate::policy::CredentialKind;
  using headgate::policy::Credentials;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string buffer;
  for (const CredentialKind kind :
       {CredentialKind::kBearer, CredentialKind::kApiKey}) {
    const Credentials got =
        headgate::policy::ParseCredentials(kind, input, &buffer);
    if (got.state != Credentials::State::kOk) continue;
    Check(!got.token.empty() && input.ends_with(got.token));
    Check(got.token.size() + std::string_view("Bearer ").size() == size);
  }
  const Credentials got = headgate::policy::ParseCredentials(
      CredentialKind::kBasic, input, &buffer);
  if (got.state != Credentials::State::kOk) return 0;
  const std::string pair = headgate::StrCat(got.user, ":", got.secret);
  Check(!got.user.empty());
  Check(input.substr(std::string_view("Basic ").size()) ==
        headgate::Base64Encode(pair, headgate::Base64Alphabet::kStandard));
  return 0;
}
