#include "proxy/request_id.h"

#include <array>
#include <cstdint>

namespace headgate::proxy {

void RequestIds::Append(std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 32> id;
  for (size_t half = 0; half < id.size(); half += 16) {
    uint64_t bits = random_();
    for (size_t digit = 0; digit < 16; ++digit, bits >>= 4) {
      id[half + digit] = kDigits[bits & 15];
    }
  }
  out->append(id.data(), id.size());
}

}  // namespace headgate::proxy
