// The decision: may this request happen? Pure: no socket, no file, no clock of
// its own, so `serve`, `test`, `explain` and `diff` run the very same code.
//
//   route -> authenticate -> limit -> authorize -> validate
//
// The order is one table in engine.cc. `limit` stands before `validate`: a
// refused call costs little, and a flood of malformed calls is a flood all the
// same.
//
// It runs in two halves, since the head comes first and most refusals need no
// body: EvaluateHead does everything that the head allows; if the operation has
// a JSON body and the head was allowed, `decision->needs_body` is set and the
// caller comes back with the whole body.
//
// An Engine belongs to one thread (it owns a JSON parser's buffers); the
// Limiter behind it is shared.
#ifndef HEADGATE_POLICY_ENGINE_H_
#define HEADGATE_POLICY_ENGINE_H_

#include <memory>
#include <string_view>

#include "absl/types/span.h"
#include "base/clock.h"
#include "policy/decision.h"
#include "policy/limiter.h"
#include "policy/policy.h"
#include "policy/request.h"
#include "policy/token_verifier.h"
#include "policy/trace.h"

namespace headgate::policy {

class Engine {
 public:
  // `limiter` must outlive the engine. `spend` false: asks the limiter without
  // counting (explain).
  explicit Engine(Limiter* limiter, bool spend = true);
  ~Engine();
  // Who knows the tokens that are issued here; null, the default: nobody.
  void UseTokens(const TokenVerifier* tokens);

  // REQUIRES: `decision` is cleared. Never fails: every outcome is a decision.
  void EvaluateHead(const Policy& policy, const Request& request,
                    const Instant& now, Decision* decision,
                    Trace* trace = nullptr);
  // REQUIRES: decision->allowed() && decision->needs_body. `body` is whole and
  // decoded; empty if none came. Credentials and limits are not asked again.
  void EvaluateBody(const Policy& policy, const Request& request,
                    std::string_view body, const Instant& now,
                    Decision* decision, Trace* trace = nullptr);
  // Both halves.
  void Evaluate(const Policy& policy, const Request& request,
                std::string_view body, const Instant& now, Decision* decision,
                Trace* trace = nullptr);

  // The decision for a request that never reached the engine (it could not be
  // read, we drain, ...): the row of the family at `path`, if there is one. Of
  // a bad query, the row may show it.
  static void Refuse(const Policy& policy, std::string_view path,
                     std::string_view query, Refusal refusal,
                     Decision* decision);

 private:
  struct Buffers;
  struct Line;  // one evaluation
  struct Step {
    std::string_view name;
    bool (*run)(Line* line);  // false: denied
  };
  static const Step kHead[5];
  static const Step kBody[2];

  static bool Route(Line* line);
  static bool Authenticate(Line* line);
  static bool Limit(Line* line);
  static bool Authorize(Line* line);
  static bool ValidateHead(Line* line);
  static bool ValidateBody(Line* line);
  static bool AuthorizeBody(Line* line);
  static bool Run(absl::Span<const Step> steps, Line* line);

  Limiter* limiter_;
  bool spend_;
  const TokenVerifier* tokens_ = nullptr;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_ENGINE_H_
