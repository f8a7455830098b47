#include "proxy/request_id.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace headgate::proxy {
namespace {

// "00", "01", ... "ff"
constexpr std::array<char, 512> DigitPairs() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 512> pairs{};
  for (size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = kDigits[byte >> 4];
    pairs[2 * byte + 1] = kDigits[byte & 15];
  }
  return pairs;
}
constexpr std::array<char, 512> kDigitPairs = DigitPairs();

}  // namespace

void RequestIds::Append(std::string* out) {
  std::array<char, 32> id;
  for (size_t half = 0; half < id.size(); half += 16) {
    uint64_t bits = random_();
    for (size_t digit = 0; digit < 16; digit += 2, bits >>= 8) {
      std::memcpy(&id[half + digit], &kDigitPairs[(bits & 255) * 2], 2);
    }
  }
  out->append(id.data(), id.size());
}

}  // namespace headgate::proxy
