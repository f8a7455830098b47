#include "proxy/http/chars.h"

#include <cstring>

namespace headgate::http {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101u;
constexpr uint64_t kHighs = 0x8080808080808080u;

// False if no byte is below 0x20 or 0x7f. It may be true without reason (a
// borrow from the byte below): the table has the last word.
bool IsSuspicious(uint64_t word) {
  const uint64_t below_space = (word - kOnes * 0x20) & ~word;
  const uint64_t flipped = word ^ (kOnes * 0x7f);
  const uint64_t is_delete = (flipped - kOnes) & ~flipped;
  return ((below_space | is_delete) & kHighs) != 0;
}

}  // namespace

bool IsFieldText(std::string_view text) {
  while (text.size() >= sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data(), sizeof word);
    if (IsSuspicious(word) &&
        SpanOf(text.substr(0, sizeof word), kFieldByte) != sizeof word) {
      return false;
    }
    text.remove_prefix(sizeof word);
  }
  return SpanOf(text, kFieldByte) == text.size();
}

}  // namespace headgate::http
