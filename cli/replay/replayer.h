// Decides recorded calls again, in the order of their times, under one policy:
// the engine of `serve`, a limiter of its own, and the log's times for a clock.
//
//   Replayer replayer(policy, *writer);
//   const ReplayOutcome outcome = replayer.Decide(call);
//
// A record holds less than a request (proxy/replay_record.h). Where what is
// missing could change the decision, the outcome says so, and why.
//
// Belongs to one thread.
#ifndef HEADGATE_CLI_REPLAY_REPLAYER_H_
#define HEADGATE_CLI_REPLAY_REPLAYER_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "cli/replay/call.h"
#include "policy/decision.h"
#include "policy/engine.h"
#include "policy/limiter.h"
#include "policy/policy.h"

namespace headgate::cli {

struct ReplayOutcome {
  enum class Kind {
    kAllow,
    kDeny,
    kOpen,     // the head is allowed; the body was never read
    kUnknown,  // the record does not tell
  };
  Kind kind = Kind::kAllow;
  // Live until the next call of Decide.
  const policy::Decision* decision = nullptr;
  std::string_view why_unknown;  // a static string
};

class Replayer {
 public:
  // `written_by`: the policy that the log is taken to be of; outlives this.
  Replayer(std::shared_ptr<const policy::Policy> policy,
           const policy::Policy& written_by);

  ReplayOutcome Decide(const ReplayCall& call);

  const policy::Policy& policy() const { return *policy_; }

 private:
  // Why the head cannot be decided, or only as far as it was; "": it can be.
  std::string_view WhyUnknown(const ReplayCall& call) const;
  bool QueryIsKnown(const ReplayCall& call) const;
  ReplayOutcome DecideBody(const ReplayCall& call,
                           const policy::Request& request, const Instant& now);
  // The operation that the writing policy calls so; null: it has none.
  const policy::CompiledOperation* WrittenAs(const ReplayCall& call) const;

  std::shared_ptr<const policy::Policy> policy_;
  StringMap<const policy::CompiledOperation*> written_;  // "service.operation"
  policy::Limiter limiter_;
  policy::Engine engine_;
  policy::Decision decision_;
  JsonReader reader_;
  std::string query_, body_;
  JsonWriter writer_{&body_};
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_REPLAY_REPLAYER_H_
