// A regular expression that says of each place which characters may stand
// there, as that of a UUID: `[0-9a-f]{8}-[0-9a-f]{4}-...`. A table says of each
// byte which classes it is in, one bit each; all places are looked at without a
// branch. RE2 takes ten times as long, and stays for all others.
//
// Taken are classes as a Charset has them and characters that mean themselves,
// each with `{N}` behind it or not. What is taken means what it means to RE2:
// tests/policy/fixed_pattern_test.cc compares them.
//
// Immutable; shared by all threads.
#ifndef HEADGATE_POLICY_FIXED_PATTERN_H_
#define HEADGATE_POLICY_FIXED_PATTERN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "policy/charset.h"

namespace headgate::policy {

class FixedPattern {
 public:
  // A longer expression, or one for longer texts, is RE2's.
  static constexpr size_t kPlacesMax = 256;
  static constexpr size_t kClassesMax = 32;  // one bit each

  // Nothing if `expression` is another kind of regular expression, or none.
  static std::optional<FixedPattern> Parse(std::string_view expression);

  bool Matches(std::string_view text) const {
    if (text.size() != places_.size()) return false;
    uint32_t missing = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      missing |= places_[i] & ~classes_of_[static_cast<unsigned char>(text[i])];
    }
    return missing == 0;
  }

 private:
  bool Append(const Charset& charset, size_t count);

  std::vector<Charset> classes_;
  std::array<uint32_t, 256> classes_of_{};  // of each byte: a bit per class
  std::vector<uint32_t> places_;  // the bit of the class at each place
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_FIXED_PATTERN_H_
