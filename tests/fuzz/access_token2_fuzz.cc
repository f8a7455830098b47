// AccessToken2: any bytes as a token, and any bytes as the content of one that
// is rightly packed, so that the reader behind base64 and zlib is reached.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/access_token2.h"
#include "tests/support/access_token2.h"

namespace {

// No input can be signed with a certificate that the fuzzer does not hold.
void Try(std::string_view text) {
  const auto token = headgate::policy::ParseAccessToken2(text);
  if (!token.ok()) return;
  const headgate::Instant now{0, 1};
  headgate::policy::ChatCallerOf(*token, now);
  if (headgate::policy::CheckAccessToken2(
          *token, token->app_id, "5CFd2fd1755d40ecb72977518be15d3b", now) !=
      headgate::policy::AccessToken2Check::kBadSignature) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Try(input);
  Try(headgate::test::PackAccessToken2(input));
  return 0;
}
