// Mutants: the policy with one thing wrong in it, as a mistyped number or a
// forgotten rule would make it. Cases are good if they notice each of them.
//
//   add_chatroom_members.body.usernames.items: 1..60 -> 1..61
//     missing: a call with 61 usernames that expects rule
//     add_chatroom_members.body.usernames.items
//
// What is made, for each rule as decisions name it:
//
//   bounds     lengths, counts, integers, bytes, rates, windows: moved by one
//   texts      charsets widened and narrowed by a class, patterns' repetitions
//              moved, choices taken away, folding switched
//   rules      dropped; what is required made optional, and the other way
//   errors     the one that a rule raises, a refusal or an upstream's answer
//              maps to, swapped by another; a row's status and texts changed
//   switches   on_exceed, shadow, unmatched, authenticate, grants, settings
//
// What no request can show is left out, as the length 0 of a path's segment.
//
// A mutant changes the typed config, which is compiled anew: nothing of the
// engine knows of mutants. Names are stable: they say what changes, not when it
// was found. Pure functions; a mutant points into its policy.
#ifndef HEADGATE_CLI_CASES_MUTANTS_H_
#define HEADGATE_CLI_CASES_MUTANTS_H_

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/config.h"
#include "policy/catalogue.h"
#include "policy/policy.h"

namespace headgate::cli {

struct Mutant {
  std::string name;     // "RULE: WHAT -> WHAT", unlike all others of the policy
  std::string rule;     // begins the name
  std::string missing;  // the case that would notice it, in words
  config::Location at;  // of what changes
  // Whose calls can tell it: an operation's, a service's, or all (null).
  const policy::CompiledOperation* operation = nullptr;
  const policy::CompiledService* service = nullptr;
  // It changes which operation a call means: all of the service's can.
  bool reroutes = false;
  // Only cases that send characters beyond ASCII can.
  bool beyond_ascii = false;
  // The row whose answer changes; empty: none in particular.
  std::string error;
  std::function<void(config::Config*)> change;
};

// In the order of the policy. `answered`: rows that services of ours have
// answered; which of them there are, only a run can say.
std::vector<Mutant> MutantsOf(
    const policy::Policy& policy,
    const std::set<const policy::CatalogueError*>& answered);

// Makes the policies of mutants. Compiling a whole policy costs as much as
// hundreds of calls, so that for a few cases only the operations that they call
// are compiled: which of a policy's operations a call means does not depend on
// the others.
//
// Belongs to one thread; the policy outlives it.
class PolicyMutator {
 public:
  using Operations = std::set<const policy::CompiledOperation*>;

  explicit PolicyMutator(const policy::Policy& policy) : policy_(policy) {}

  // `only` null: all operations. Null: what was changed is no policy at all.
  std::shared_ptr<const policy::Policy> Make(const Mutant& mutant,
                                             const Operations* only);

 private:
  const policy::Policy& policy_;
  // The last ones: mutants of an operation come one after the other.
  Operations operations_;
  std::optional<config::Config> with_operations_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_MUTANTS_H_
