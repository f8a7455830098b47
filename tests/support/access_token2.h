// AccessToken2 as clients pack it, for tests and fuzzers that make the content:
// "007" + base64(zlib(content)).
#ifndef HEADGATE_TESTS_SUPPORT_ACCESS_TOKEN2_H_
#define HEADGATE_TESTS_SUPPORT_ACCESS_TOKEN2_H_

#include <zlib.h>

#include <string>
#include <string_view>

#include "base/crypto.h"

namespace headgate::test {

inline std::string PackAccessToken2(std::string_view content) {
  uLongf size = compressBound(content.size());
  std::string stream(size, '\0');
  compress(reinterpret_cast<Bytef*>(stream.data()), &size,
           reinterpret_cast<const Bytef*>(content.data()), content.size());
  stream.resize(size);
  return "007" + Base64Encode(stream, Base64Alphabet::kStandard);
}

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_ACCESS_TOKEN2_H_
