#include "service/flipflop/ksuid.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/crypto.h"

namespace headgate::service::flipflop {
namespace {

constexpr int64_t kEpochUnixSeconds = 1400000000;
constexpr uint64_t kBase = 62;
constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// 160 bits, the highest word first.
using Number = std::array<uint32_t, 5>;

// Divides in place, and returns the remainder: long division by words.
uint32_t DivideByBase(Number* number) {
  uint64_t remainder = 0;
  for (uint32_t& word : *number) {
    const uint64_t part = (remainder << 32) | word;
    word = static_cast<uint32_t>(part / kBase);
    remainder = part % kBase;
  }
  return static_cast<uint32_t>(remainder);
}

}  // namespace

std::string MakeKsuid(const Instant& now) {
  return FormatKsuid(now.unix_ms() / 1000, RandomBytes(kKsuidRandomBytes));
}

std::string FormatKsuid(int64_t unix_s, std::string_view random_bytes) {
  constexpr int64_t kSecondsMax = std::numeric_limits<uint32_t>::max();
  Number number{};
  number[0] = static_cast<uint32_t>(
      std::clamp(unix_s - kEpochUnixSeconds, int64_t{0}, kSecondsMax));
  for (size_t i = 0; i < kKsuidRandomBytes; ++i) {
    uint32_t& word = number[1 + i / 4];
    word = (word << 8) | static_cast<unsigned char>(random_bytes[i]);
  }
  std::string text(kKsuidCharacters, kDigits[0]);
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit) {
    *digit = kDigits[DivideByBase(&number)];
  }
  return text;
}

}  // namespace headgate::service::flipflop
