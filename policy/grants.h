// Which permissions an app may hand out: the list in the operator's file,
// widened by what its entries imply.
//
//   grants: [PermissionRoom]        covers PermissionRoomKick, ...
//   grants: [PermissionRoomKick]    does not cover PermissionRoom
//
// Immutable once compiled; shared by all threads.
#ifndef HEADGATE_POLICY_GRANTS_H_
#define HEADGATE_POLICY_GRANTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/strings.h"
#include "config/contract.h"
#include "policy/body.h"
#include "policy/rule.h"

namespace headgate::policy {

using Implied = config::NamedLists;

class Grants {
 public:
  Grants(const std::vector<std::string>& granted, const Implied& implied);

  bool Cover(std::string_view permission) const {
    return covered_.contains(permission);
  }

 private:
  StringSet covered_;
};

// Where an operation's body names permissions: "arguments.permissions".
class GrantsPath {
 public:
  GrantsPath() = default;
  GrantsPath(std::string_view path, Rule rule);

  bool empty() const { return names_.empty(); }
  // Every permission that `root` names at the path must be covered. Lists on
  // the way are walked through.
  bool Check(JsonValue root, const Grants& grants, Recorder* recorder) const;

 private:
  bool Walk(JsonValue value, size_t depth, const BodyPlace* place,
            const Grants& grants, Recorder* recorder) const;

  std::vector<std::string> names_;
  Rule rule_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_GRANTS_H_
