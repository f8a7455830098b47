#include "base/percent.h"

#include <array>

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
      const int byte = EscapedByte(text.substr(i));
      if (byte < 0) return false;
      out->push_back(static_cast<char>(byte));
      i += 2;
    }
  }
  return true;
}

void Encode(std::string_view text, const std::array<bool, 256>& kept,
            std::string* out) {
  for (unsigned char c : text) {
    if (kept[c]) {
      out->push_back(static_cast<char>(c));
    } else {
      AppendEscape(c, out);
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
