// A regular expression that a whole value must match, by RE2: linear time on
// whatever a client sends. This file is the only one that runs it. What needs
// no RE2 is matched without it (policy/fixed_pattern.h), and means the same.
//
// Immutable; shared by all threads.
#ifndef HEADGATE_POLICY_PATTERN_H_
#define HEADGATE_POLICY_PATTERN_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "policy/fixed_pattern.h"

namespace re2 {
class RE2;
}

namespace headgate::policy {

class Pattern {
 public:
  // Null and a sentence in `error` if RE2 does not take it.
  static std::unique_ptr<Pattern> Compile(std::string_view expression,
                                          std::string* error);
  ~Pattern();

  bool Matches(std::string_view text) const;

 private:
  explicit Pattern(std::unique_ptr<re2::RE2> expression);
  std::unique_ptr<re2::RE2> expression_;
  std::optional<FixedPattern> fixed_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_PATTERN_H_
