// Base64 both ways (RFC 4648 4 and 5); declared in base/crypto.h.
#include <algorithm>
#include <cstdint>

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

// Takes off one or two '='. False: not padded to a multiple of four.
bool RemovePadding(std::string_view* text) {
  if (text->size() % 4 != 0) return false;
  for (int i = 0; i < 2 && text->ends_with('='); ++i) text->remove_suffix(1);
  return true;
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
  bytes->reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) return false;
    bits = bits << 6 | static_cast<uint32_t>(value);
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    bytes->push_back(static_cast<char>(bits >> bit_count & 0xff));
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
  const char* digits = standard ? kStandardDigits : kUrlDigits;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t taken = std::min<size_t>(3, bytes.size() - i);
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) {
      const char byte = k < taken ? bytes[i + k] : '\0';
      bits = bits << 8 | static_cast<unsigned char>(byte);
    }
    for (size_t k = 0; k < 4; ++k) {
      if (k <= taken) {
        text->push_back(digits[bits >> (18 - 6 * k) & 63]);
      } else if (standard) {
        text->push_back('=');
      }
    }
  }
}

std::string Base64Encode(std::string_view bytes, Base64Alphabet alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  AppendBase64(bytes, alphabet, &text);
  return text;
}

}  // namespace headgate
