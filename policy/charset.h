// A set of ASCII characters, from the inside of a regular expression's class:
// "a-zA-Z0-9_.-" is `[a-zA-Z0-9_.-]`.
//
// Written as in RE2, less what could be read in two ways: `]`, `\`, a leading
// `^` and a `-` that is neither first, last nor between two ends must be
// escaped with `\`; named and Perl classes and bytes above ASCII are refused
// (a pattern can have them). What is taken means what it means to RE2:
// tests/policy/charset_test.cc compares every byte, for random classes too.
#ifndef HEADGATE_POLICY_CHARSET_H_
#define HEADGATE_POLICY_CHARSET_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/byte_set.h"

namespace headgate::policy {

class Charset {
 public:
  // Nothing and a sentence in `error` if `text` is not a class's inside.
  static std::optional<Charset> Parse(std::string_view text,
                                      std::string* error);

  bool Contains(char c) const { return bytes_.Contains(c); }
  bool ContainsAll(std::string_view text) const {
    return bytes_.ContainsAll(text);
  }

  bool operator==(const Charset&) const = default;

  // Takes A-Z where a-z is taken: for values that are folded afterwards.
  void AddUpperCaseOfLower();

 private:
  ByteSet bytes_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_CHARSET_H_
