// The trace of a decision: each check of the line in order, with its rule, the
// value it saw and whether it passed. Recorded only if somebody asked
// (`explain`, a failing policy test, /explain); a null Trace costs a branch.
#ifndef HEADGATE_POLICY_TRACE_H_
#define HEADGATE_POLICY_TRACE_H_

#include <string>
#include <vector>

#include "config/diagnostic.h"

namespace headgate::policy {

struct TraceStep {
  std::string step;     // "route", "authenticate", "limit", ...
  std::string rule;     // "add_chatroom_members.body.usernames.items"
  config::Location at;  // of the rule, in the contract or the config
  std::string value;    // what was looked at; never a secret
  bool passed = true;
};

struct Trace {
  std::vector<TraceStep> steps;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_TRACE_H_
