// One rule of a policy, and what a check found out about it. Every check of the
// line ends in Recorder::Passed or Recorder::Denied, so that decisions, traces
// and coverage speak of the same names:
//
//   route                                      the routing itself
//   agora-chat.authenticate                    credentials and apps
//   agora-chat.limits.default                  a rate limit
//   add_chatroom_members.body.usernames.items  operation, place, what of it
#ifndef HEADGATE_POLICY_RULE_H_
#define HEADGATE_POLICY_RULE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "config/diagnostic.h"
#include "policy/catalogue.h"
#include "policy/decision.h"
#include "policy/refusal.h"
#include "policy/trace.h"

namespace headgate::policy {

// Compiled once; part of a Policy.
struct Rule {
  std::string name;
  config::Location at;
  Refusal refusal = Refusal::kInvalid;
  const CatalogueError* error = nullptr;  // null: none, the family is unknown
};

// `error` is the catalogue's name; empty: the row of `refusal`.
Rule MakeRule(const Catalogue& catalogue, std::string name,
              const config::Location& at, Refusal refusal,
              const std::string& error);

// What was wrong, where. Views need to live during the call only.
struct Fault {
  std::string_view aspect;    // ends the rule's name: "charset"; may be empty
  std::string_view value;     // cut to kFaultValueBytesMax
  std::string_view location;  // "arguments[2].user_id"
  int64_t bound = 0;          // the limit that was passed
};
// What a client sent comes back to it at most this long.
inline constexpr size_t kFaultValueBytesMax = 512;

// The first at most `bytes_max` bytes; no character of UTF-8 is cut in two.
std::string_view CutText(std::string_view text, size_t bytes_max);

// Writes one evaluation's findings into the decision and, if there is one, the
// trace.
class Recorder {
 public:
  Recorder(Decision* decision, Trace* trace)
      : decision_(decision), trace_(trace) {}

  void set_step(std::string_view step) { step_ = step; }
  // Whether texts for Passed are worth making.
  bool tracing() const { return trace_ != nullptr; }

  void Passed(const Rule& rule, std::string_view value) {
    if (trace_ != nullptr) Record(rule, "", value, true);
  }
  // Returns false, for `return recorder.Denied(...)`.
  bool Denied(const Rule& rule, const Fault& fault);

 private:
  void Record(const Rule& rule, std::string_view aspect, std::string_view value,
              bool passed);

  Decision* decision_;
  Trace* trace_;
  std::string_view step_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_RULE_H_
