// A named value of a contract, compiled: what a user name, a room id, a
// permission may be. Where the value is folded to lower case, a text is judged
// as if it were folded already: whoever forwards it folds it.
//
// Immutable; shared by all threads.
#ifndef HEADGATE_POLICY_VALUE_H_
#define HEADGATE_POLICY_VALUE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "config/contract.h"
#include "policy/charset.h"
#include "policy/pattern.h"

namespace headgate::policy {

class CompiledValue {
 public:
  enum class Verdict { kOk, kUtf8, kLength, kCharset, kPattern, kOneOf };

  // Null if the charset or the pattern is none; `diagnostics` say it.
  static std::unique_ptr<CompiledValue> Compile(
      const config::ValueSpec& spec, config::Diagnostics* diagnostics);

  // The first rule that `text` breaks. `scratch` is used where folding needs a
  // copy.
  Verdict Check(std::string_view text, std::string* scratch) const;
  // Whether what is forwarded differs from `text`.
  bool NeedsFold(std::string_view text) const;
  bool folds() const { return fold_lower_; }
  // The bound that a text of this length in characters passes.
  int64_t LengthBound(std::string_view text) const;
  const config::ValueSpec& spec() const { return spec_; }

 private:
  config::ValueSpec spec_;
  bool fold_lower_ = false;
  config::Range length_;
  std::optional<Charset> charset_;
  std::unique_ptr<Pattern> pattern_;
  std::optional<StringSet> one_of_;
};

// "utf8", "length", "charset", "pattern", "one_of": ends a rule's name.
std::string_view VerdictName(CompiledValue::Verdict verdict);

// The contract's value with the keys that the operator wrote over it.
config::ValueSpec MergeValue(const config::ValueSpec& contract,
                             const config::ValueSpec& override_spec);

// Characters of valid UTF-8.
int64_t CodePoints(std::string_view text);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_VALUE_H_
