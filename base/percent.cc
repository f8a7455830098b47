#include "base/percent.h"

#include <algorithm>

#include "base/byte_set.h"
#include "simdjson.h"

namespace headgate {
namespace {

// Letters, digits, and `others`.
constexpr ByteSet Alphanumeric(std::string_view others) {
  ByteSet set(others);
  for (char c = 'a'; c <= 'z'; ++c) set.Add(c);
  for (char c = 'A'; c <= 'Z'; ++c) set.Add(c);
  for (char c = '0'; c <= '9'; ++c) set.Add(c);
  return set;
}

constexpr ByteSet kUnreserved = Alphanumeric("-._~");
// Of the sub-delimiters, those that no list or form syntax gives a meaning.
constexpr ByteSet kSegment = Alphanumeric("-._~!$'()*:@");

// Moves the bytes that `text` begins with to `*out`, up to the first that is
// not `plain`.
template <typename Plain>
void TakeRun(std::string_view* text, const Plain& plain, std::string* out) {
  const auto end = std::find_if_not(text->begin(), text->end(), plain);
  const auto size = static_cast<size_t>(end - text->begin());
  out->append(text->substr(0, size));
  text->remove_prefix(size);
}

bool Decode(std::string_view text, bool plus_is_space, std::string* out) {
  const auto is_plain = [plus_is_space](char c) {
    return c != '%' && !(c == '+' && plus_is_space);
  };
  out->clear();
  for (;;) {
    TakeRun(&text, is_plain, out);
    if (text.empty()) return true;
    const bool space = text[0] == '+';
    const int byte = space ? ' ' : EscapedByte(text);
    if (byte < 0) return false;
    out->push_back(static_cast<char>(byte));
    text.remove_prefix(space ? 1 : 3);
  }
}

void Encode(std::string_view text, const ByteSet& kept, std::string* out) {
  if (kept.ContainsAll(text)) {  // nearly always
    out->append(text);
    return;
  }
  const auto is_kept = [&kept](char c) { return kept.Contains(c); };
  for (;;) {
    TakeRun(&text, is_kept, out);
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
