#include "policy/charset.h"

#include "base/strings.h"

namespace headgate::policy {
namespace {

struct Element {
  char c = 0;
  bool escaped = false;
};

bool IsPunctuation(char c) {
  return c > ' ' && c < 0x7F && !(c >= '0' && c <= '9') &&
         !(AsciiLower(c) >= 'a' && AsciiLower(c) <= 'z');
}

// Cuts one character or escape off `rest`; an empty sentence is success.
std::string NextElement(std::string_view* rest, Element* element) {
  element->c = rest->front();
  element->escaped = element->c == '\\';
  rest->remove_prefix(1);
  if (element->escaped) {
    if (rest->empty() || !IsPunctuation(rest->front())) {
      return "'\\' must stand before a punctuation character";
    }
    element->c = rest->front();
    rest->remove_prefix(1);
    return "";
  }
  if (static_cast<unsigned char>(element->c) >= 0x80) {
    return "only ASCII characters can be in a charset; use a pattern";
  }
  if (element->c == ']') return "']' must be written as '\\]'";
  if (element->c == '[' && !rest->empty() && rest->front() == ':') {
    return "named classes cannot be in a charset; write out the ranges";
  }
  return "";
}

}  // namespace

std::optional<Charset> Charset::Parse(std::string_view text,
                                      std::string* error) {
  Charset charset;
  if (text.empty()) {
    *error = "a charset must have a character";
    return std::nullopt;
  }
  if (text.front() == '^') {
    *error = "a leading '^' must be written as '\\^'";
    return std::nullopt;
  }
  for (std::string_view rest = text; !rest.empty();) {
    const bool first = rest.size() == text.size();
    Element low, high;
    *error = NextElement(&rest, &low);
    if (!error->empty()) return std::nullopt;
    if (low.c == '-' && !low.escaped && !first && !rest.empty()) {
      *error = "a '-' that is no range must be first, last or '\\-'";
      return std::nullopt;
    }
    high = low;
    if (rest.size() >= 2 && rest.front() == '-') {
      rest.remove_prefix(1);
      *error = NextElement(&rest, &high);
      if (!error->empty()) return std::nullopt;
    }
    if (high.c < low.c) {
      *error = StrCat("the range ends before it begins: '",
                      std::string(1, low.c), "-", std::string(1, high.c), "'");
      return std::nullopt;
    }
    for (int c = low.c; c <= high.c; ++c) {
      charset.bytes_.Add(static_cast<char>(c));
    }
  }
  return charset;
}

void Charset::AddUpperCaseOfLower() {
  for (char c = 'A'; c <= 'Z'; ++c) {
    if (Contains(AsciiLower(c))) bytes_.Add(c);
  }
}

}  // namespace headgate::policy
