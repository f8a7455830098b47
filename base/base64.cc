// Base64 both ways (RFC 4648 4 and 5); declared in base/crypto.h.
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/crypto.h"

namespace headgate {
namespace {

constexpr char kStandardDigits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrlDigits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<int8_t, 256> ValuesOf(const char* digits) {
  std::array<int8_t, 256> values{};
  for (int8_t& value : values) value = -1;
  for (int i = 0; i < 64; ++i) {
    values[static_cast<unsigned char>(digits[i])] = static_cast<int8_t>(i);
  }
  return values;
}
constexpr std::array<int8_t, 256> kStandardValues = ValuesOf(kStandardDigits);
constexpr std::array<int8_t, 256> kUrlValues = ValuesOf(kUrlDigits);

// The two digits of each twelve bits.
using Pairs = std::array<char, 2 * 4096>;
constexpr Pairs PairsOf(const char* digits) {
  Pairs pairs{};
  for (size_t bits = 0; bits < 4096; ++bits) {
    pairs[2 * bits] = digits[bits >> 6];
    pairs[2 * bits + 1] = digits[bits & 63];
  }
  return pairs;
}
constexpr Pairs kStandardPairs = PairsOf(kStandardDigits);
constexpr Pairs kUrlPairs = PairsOf(kUrlDigits);

// The first six of eight bytes, the first in the highest bits.
uint64_t SixBytes(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  if constexpr (std::endian::native == std::endian::little) {
    word = __builtin_bswap64(word);
  }
  return word >> 16;
}

// Takes off one or two '='. False: not padded to a multiple of four.
bool RemovePadding(std::string_view* text) {
  if (text->size() % 4 != 0) return false;
  for (int i = 0; i < 2 && text->ends_with('='); ++i) text->remove_suffix(1);
  return true;
}

size_t EncodedSize(size_t bytes, bool padded) {
  return padded ? (bytes + 2) / 3 * 4 : (bytes * 4 + 2) / 3;
}

}  // namespace

bool Base64Decode(std::string_view text, Base64Alphabet alphabet,
                  std::string* bytes) {
  bytes->clear();
  const bool standard = alphabet == Base64Alphabet::kStandard;
  if (standard && !RemovePadding(&text)) return false;
  if (text.size() % 4 == 1) return false;
  const std::array<int8_t, 256>& values =
      standard ? kStandardValues : kUrlValues;
  bytes->resize(text.size() / 4 * 3 + text.size() % 4 * 3 / 4);
  char* out = bytes->data();
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) return false;
    bits = bits << 6 | static_cast<uint32_t>(value);
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    *out++ = static_cast<char>(bits >> bit_count & 0xff);
  }
  // The bits that are left over must be zero, or two texts would mean the same.
  return (bits & ((1u << bit_count) - 1)) == 0;
}

std::optional<std::string> Base64Decode(std::string_view text,
                                        Base64Alphabet alphabet) {
  std::string bytes;
  if (!Base64Decode(text, alphabet, &bytes)) return std::nullopt;
  return bytes;
}

void AppendBase64(std::string_view bytes, Base64Alphabet alphabet,
                  std::string* text) {
  const bool standard = alphabet == Base64Alphabet::kStandard;
  const char* const digits = standard ? kStandardDigits : kUrlDigits;
  const char* const pairs = (standard ? kStandardPairs : kUrlPairs).data();
  const auto at = [bytes](size_t index) -> uint32_t {
    return static_cast<unsigned char>(bytes[index]);
  };
  const size_t rest = bytes.size() % 3;
  const size_t whole = bytes.size() - rest;
  const size_t begin = text->size();
  text->resize(begin + EncodedSize(bytes.size(), standard), '=');
  char* out = text->data() + begin;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 6) {
    const uint64_t bits = SixBytes(bytes.data() + i);
    for (const int shift : {36, 24, 12, 0}) {
      std::memcpy(out, &pairs[2 * (bits >> shift & 0xfff)], 2);
      out += 2;
    }
  }
  for (; i < whole; i += 3) {
    const uint32_t bits = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    std::memcpy(out, &pairs[2 * (bits >> 12)], 2);
    std::memcpy(out + 2, &pairs[2 * (bits & 0xfff)], 2);
    out += 4;
  }
  if (rest == 0) return;
  const uint32_t bits = at(whole) << 16 | (rest == 2 ? at(whole + 1) << 8 : 0);
  *out++ = digits[bits >> 18];
  *out++ = digits[bits >> 12 & 63];
  if (rest == 2) *out = digits[bits >> 6 & 63];
}

std::string Base64Encode(std::string_view bytes, Base64Alphabet alphabet) {
  std::string text;
  AppendBase64(bytes, alphabet, &text);
  return text;
}

}  // namespace headgate
