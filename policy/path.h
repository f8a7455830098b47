// The path of one operation: its variables decoded, folded and checked, and the
// path that is forwarded, written anew from them.
//
//   /{org_name}/{app_name}/chatrooms/{chatroom_id}/users/{usernames}
//   /acme/chat/chatrooms/1/users/Bob,AMY%2cEve/
//   -> /acme/chat/chatrooms/1/users/bob%2Camy%2Ceve
//
// Decoding comes first, with the routing, since the app key is made from the
// variables; checking comes later in the line.
//
// Immutable once compiled; shared by all threads.
#ifndef HEADGATE_POLICY_PATH_H_
#define HEADGATE_POLICY_PATH_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "config/contract.h"
#include "policy/decision.h"
#include "policy/placed_value.h"
#include "policy/router.h"

namespace headgate::policy {

class CompiledPath {
 public:
  // `segments` come from ParseTemplate; a list's variable has its separator.
  static CompiledPath Compile(const CompileContext& context,
                              const config::Operation& operation,
                              std::vector<TemplateSegment> segments);

  // Sets decision->variables from the raw ones. False: an escape is malformed.
  bool Decode(absl::Span<const std::string_view> raw, Decision* decision,
              std::string* scratch) const;
  // REQUIRES: Decode did it.
  bool Check(const Decision& decision, Recorder* recorder,
             std::string* scratch) const;
  // Appends the canonical path.
  void Write(const Decision& decision, std::string* path) const;

 private:
  struct Variable {
    std::string name;
    bool tail = false;
    char separator = 0;  // of a list; 0: one value
    config::Range items;
    PlacedValue value;
    Rule too_many, too_few;
  };
  static Variable CompileVariable(const CompileContext& context,
                                  const config::Operation& operation,
                                  const TemplateSegment& segment);
  static bool CheckList(const Variable& variable, std::string_view text,
                        Recorder* recorder, std::string* scratch);

  std::vector<TemplateSegment> segments_;
  std::vector<Variable> variables_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_PATH_H_
