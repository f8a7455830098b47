#include "base/percent.h"

#include <array>

#include "base/strings.h"
#include "simdjson.h"

namespace headgate {
namespace {

constexpr std::array<bool, 256> BytesOf(std::string_view bytes) {
  std::array<bool, 256> table{};
  for (int c = 0; c < 26; ++c) table['a' + c] = table['A' + c] = true;
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned char c : bytes) table[c] = true;
  return table;
}

constexpr std::array<bool, 256> kUnreserved = BytesOf("-._~");
// Of the sub-delimiters, those that no list or form syntax gives a meaning.
constexpr std::array<bool, 256> kSegment = BytesOf("-._~!$'()*:@");

bool Decode(std::string_view text, bool plus_is_space, std::string* out) {
  out->clear();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out->push_back(' ');
    } else if (text[i] != '%') {
      out->push_back(text[i]);
    } else {
      if (text.size() - i < 3) return false;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out->push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return true;
}

void Encode(std::string_view text, const std::array<bool, 256>& kept,
            std::string* out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (unsigned char c : text) {
    if (kept[c]) {
      out->push_back(static_cast<char>(c));
    } else {
      out->push_back('%');
      out->push_back(kDigits[c >> 4]);
      out->push_back(kDigits[c & 15]);
    }
  }
}

}  // namespace

bool PercentDecode(std::string_view text, std::string* out) {
  return Decode(text, false, out);
}

bool FormDecode(std::string_view text, std::string* out) {
  return Decode(text, true, out);
}

void PercentEncodeSegment(std::string_view text, std::string* out) {
  Encode(text, kSegment, out);
}

void PercentEncode(std::string_view text, std::string* out) {
  Encode(text, kUnreserved, out);
}

bool IsUnreserved(char c) { return kUnreserved[static_cast<unsigned char>(c)]; }

bool IsUtf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace headgate
