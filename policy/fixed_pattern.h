// A regular expression that says of each place which characters may stand
// there, as that of a UUID: `[0-9a-f]{8}-[0-9a-f]{4}-...`. One look at a bit
// per character decides it; RE2 takes ten times as long, and stays for all
// others.
//
// Taken are classes as a Charset has them and characters that mean themselves,
// each with `{N}` behind it or not. What is taken means what it means to RE2:
// tests/policy/fixed_pattern_test.cc compares them.
//
// Immutable; shared by all threads.
#ifndef HEADGATE_POLICY_FIXED_PATTERN_H_
#define HEADGATE_POLICY_FIXED_PATTERN_H_

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

  // Nothing if `expression` is another kind of regular expression, or none.
  static std::optional<FixedPattern> Parse(std::string_view expression);

  bool Matches(std::string_view text) const {
    if (text.size() != places_.size()) return false;
    for (size_t i = 0; i < text.size(); ++i) {
      if (!classes_[places_[i]].Contains(text[i])) return false;
    }
    return true;
  }

 private:
  bool Append(const Charset& charset, size_t count);

  std::vector<Charset> classes_;
  std::vector<uint8_t> places_;  // which class each character must be of
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_FIXED_PATTERN_H_
