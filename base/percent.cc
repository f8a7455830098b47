#include "base/percent.h"

#include <algorithm>

#include "base/byte_set.h"
#include "simdjson.h"

namespace headgate {
namespace {

constexpr ByteSet kUnreserved = ByteSet::Alphanumeric("-._~");
// Of the sub-delimiters, those that no list or form syntax gives a meaning.
constexpr ByteSet kSegment = ByteSet::Alphanumeric("-._~!$'()*:@");

// Moves the first `size` bytes of `text` to `*out`.
void Take(size_t size, std::string_view* text, std::string* out) {
  out->append(text->substr(0, size));
  text->remove_prefix(size);
}

bool Decode(std::string_view text, bool plus_is_space, std::string* out) {
  const auto is_plain = [plus_is_space](char c) {
    return c != '%' && !(c == '+' && plus_is_space);
  };
  out->clear();
  for (;;) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_plain);
    Take(static_cast<size_t>(end - text.begin()), &text, out);
    if (text.empty()) return true;
    const bool space = text[0] == '+';
    const int byte = space ? ' ' : EscapedByte(text);
    if (byte < 0) return false;
    out->push_back(static_cast<char>(byte));
    text.remove_prefix(space ? 1 : 3);
  }
}

void Encode(std::string_view text, const ByteSet& kept, std::string* out) {
  for (;;) {
    Take(kept.Span(text), &text, out);
    if (text.empty()) return;
    AppendEscape(static_cast<unsigned char>(text[0]), out);
    text.remove_prefix(1);
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

bool IsUnreserved(char c) { return kUnreserved.Contains(c); }

bool IsUtf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace headgate
