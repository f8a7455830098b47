// A named value at one place of one operation: `username` as the path variable
// of add_chatroom_member, or in the list `usernames` of a body. The place gives
// the rule's name and may give another error.
//
// Immutable once compiled; shared by all threads.
#ifndef HEADGATE_POLICY_PLACED_VALUE_H_
#define HEADGATE_POLICY_PLACED_VALUE_H_

#include <memory>
#include <string>
#include <string_view>

#include "policy/rule.h"
#include "policy/value.h"

namespace headgate::policy {

// A service's values by name; null entries: those that did not compile.
using ValueTable = StringMap<std::unique_ptr<CompiledValue>>;

// What compiling an operation's parts needs of its service.
struct CompileContext {
  const Catalogue& catalogue;
  const ValueTable& values;
  std::string operation;  // begins each rule's name
  config::Diagnostics* diagnostics;
};

struct Placement {
  std::string rule;   // "add_chatroom_member.path.username"
  std::string value;  // the ValueSpec's name
  std::string error;  // the place's own; empty: the value's, then `refusal`'s
  bool place_error_wins = false;  // over the value's own error
  Refusal refusal = Refusal::kInvalid;
  config::Location at;  // of the place
};

class PlacedValue {
 public:
  // Any UTF-8 text where no value has that name.
  static PlacedValue Compile(const CompileContext& context,
                             const Placement& placement);

  // Writes what it found to `recorder`; true: the text may pass.
  bool Check(std::string_view text, std::string_view location,
             Recorder* recorder, std::string* scratch) const {
    return Judge(text, scratch) == CompiledValue::Verdict::kOk
               ? Pass(text, recorder)
               : Deny(text, location, recorder, scratch);
  }
  // As Check, but silent.
  CompiledValue::Verdict Judge(std::string_view text,
                               std::string* scratch) const;
  // REQUIRES: Judge says that `text` breaks a rule. Returns false.
  bool Deny(std::string_view text, std::string_view location,
            Recorder* recorder, std::string* scratch) const;

  bool NeedsFold(std::string_view text) const {
    return value_ != nullptr && value_->NeedsFold(text);
  }
  bool folds() const { return value_ != nullptr && value_->folds(); }
  const Rule& rule() const { return rule_; }

 private:
  bool Pass(std::string_view text, Recorder* recorder) const {
    if (recorder->tracing()) recorder->Passed(rule_, shown(text));
    return true;
  }

  std::string_view shown(std::string_view text) const {
    return secret_ ? std::string_view() : text;
  }

  Rule rule_;
  Rule empty_rule_;  // the same with the error for an empty text
  const CompiledValue* value_ = nullptr;
  bool secret_ = false;  // the text is shown to nobody
};

// Whether what stands at a place of this name must not be shown: tokens,
// passwords, secrets.
bool NamesSecret(std::string_view name);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_PLACED_VALUE_H_
