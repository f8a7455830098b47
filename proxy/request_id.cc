#include "proxy/request_id.h"

#include <cstdint>

namespace headgate::proxy {

void RequestIds::Append(std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (int half = 0; half < 2; ++half) {
    uint64_t bits = random_();
    for (int digit = 0; digit < 16; ++digit, bits >>= 4) {
      *out += kDigits[bits & 15];
    }
  }
}

}  // namespace headgate::proxy
