#include "service/uuid.h"

#include "base/crypto.h"
#include "base/strings.h"

namespace headgate::service {
namespace {

constexpr size_t kBytes = 16;

// 8-4-4-4-12 hexadecimal digits, with version and variant set.
std::string Format(std::string bytes, int version) {
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | version << 4);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string text = HexEncode(bytes);
  for (const size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}

}  // namespace

std::string NewUuid() { return Format(RandomBytes(kBytes), 4); }

std::string UuidOf(std::string_view name) {
  return Format(std::string(AsBytes(Sha256(name)).substr(0, kBytes)), 8);
}

}  // namespace headgate::service
