#include "base/utf8.h"

#include <algorithm>

namespace headgate {
namespace {

// RFC 3629 section 4: by the first byte, how many bytes there are and what the
// second may be; all later ones are 80..BF.
struct Form {
  unsigned char first_min, first_max;
  unsigned char second_min, second_max;
  size_t bytes;
};
constexpr Form kForms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

bool Matches(const Form& form, std::string_view text) {
  const auto byte = [&text](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  if (byte(0) < form.first_min || byte(0) > form.first_max) return false;
  if (text.size() < form.bytes) return false;
  if (byte(1) < form.second_min || byte(1) > form.second_max) return false;
  for (size_t i = 2; i < form.bytes; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return false;
  }
  return true;
}

}  // namespace

size_t CharacterBytes(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<unsigned char>(text[0]) < 0x80) return 1;
  for (const Form& form : kForms) {
    if (Matches(form, text)) return form.bytes;
  }
  return 0;
}

size_t FindInvalidUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = CharacterBytes(text.substr(at));
    if (bytes == 0) return at;
    at += bytes;
  }
  return std::string_view::npos;
}

size_t CharacterCount(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) {
    text.remove_prefix(std::max<size_t>(CharacterBytes(text), 1));
  }
  return count;
}

bool IsPrintableCharacter(std::string_view character) {
  if (CharacterBytes(character) != character.size()) return false;
  const auto byte = [&character](size_t i) {
    return static_cast<unsigned char>(character[i]);
  };
  if (character.size() == 1) {
    return character[0] == '\t' || (byte(0) >= 0x20 && byte(0) < 0x7F);
  }
  if (character.size() == 2) return byte(0) != 0xC2 || byte(1) >= 0xA0;
  if (byte(0) != 0xE2) return true;
  if (byte(1) == 0x80) {
    return byte(2) < 0x8B || (byte(2) > 0x8F && byte(2) < 0xA8) ||
           byte(2) > 0xAE;
  }
  return byte(1) != 0x81 || byte(2) < 0xA0 || byte(2) > 0xAF;
}

}  // namespace headgate
