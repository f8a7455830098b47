#include "proxy/request_id.h"

#include <array>
#include <bit>
#include <cstdint>

namespace headgate::proxy {
namespace {

// Eight hexadecimal digits, a byte each: all of them at once.
uint64_t HexDigits(uint32_t bits) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  uint64_t nibbles = bits;
  nibbles = (nibbles | nibbles << 16) & 0x0000ffff0000ffff;
  nibbles = (nibbles | nibbles << 8) & 0x00ff00ff00ff00ff;
  nibbles = (nibbles | nibbles << 4) & 0x0f0f0f0f0f0f0f0f;
  const uint64_t letters = (nibbles + 6 * kOnes) >> 4 & kOnes;  // 1 from 10 on
  return nibbles + '0' * kOnes + letters * ('a' - '0' - 10);
}

}  // namespace

void RequestIds::Append(std::string* out) {
  std::array<uint64_t, 4> id;
  for (size_t i = 0; i < id.size(); i += 2) {
    const uint64_t bits = random_();
    id[i] = HexDigits(static_cast<uint32_t>(bits));
    id[i + 1] = HexDigits(static_cast<uint32_t>(bits >> 32));
  }
  const auto text = std::bit_cast<std::array<char, sizeof(id)>>(id);
  out->append(text.data(), text.size());
}

}  // namespace headgate::proxy
