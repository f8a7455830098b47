// The line of proxy/pipeline.h without sockets: the bytes of a request and a
// time in, the documented answer out.
//
//   parse -> normalise -> decide -> handle -> map -> answer
//
// It is made of the same parts (parser, engine, writer, mapping), so that a
// case is decided as `serve` decides it; tests/e2e/against_test.cc runs the
// same cases through both. A CallHandler stands for the upstreams; services
// without one are answered by a gateway (service/gateway.h).
//
// Belongs to one thread. Reuses its buffers: a warm line allocates little.
#ifndef HEADGATE_CLI_CASES_LINE_H_
#define HEADGATE_CLI_CASES_LINE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "policy/answers.h"
#include "policy/decision.h"
#include "policy/limiter.h"
#include "policy/policy.h"
#include "policy/trace.h"
#include "service/gateway.h"

namespace headgate::cli {

// One call from its request to its answer. Reused: Clear() keeps the buffers.
struct CallOutcome {
  policy::Decision decision;

  // Handle. Empty unless the call reached the upstream.
  std::string upstream_head;
  std::string upstream_body;
  // Map. `error` is null if the answer passed untouched.
  policy::Mapped mapped;

  // What the client gets.
  int status = 0;
  std::string head;
  std::string body;
  std::string error;  // the family's code, if it is a documented error

  // An error of the catalogue that was answered here: by the decision, by the
  // mapping, or by a service of ours. Null: none.
  const policy::CatalogueError* local_error = nullptr;

  bool reached_upstream() const { return !upstream_head.empty(); }
  void Clear();
};

// A field in the bytes of a head.
struct HeadField {
  bool found = false;
  std::string_view value;
};
HeadField FindHeadField(std::string_view head, std::string_view name);

// What an upstream said.
struct HandlerAnswer {
  policy::Refusal failure = policy::Refusal::kInvalid;
  bool failed = false;    // `failure` says how
  std::string_view head;  // an HTTP answer's, with the empty line
  std::string_view body;
};
// The upstream of an allowed call.
class CallHandler {
 public:
  virtual ~CallHandler() = default;
  // The views live until the next call.
  virtual HandlerAnswer Handle(const policy::Decision& decision) = 0;
};

class Line {
 public:
  struct Options {
    bool spend = true;   // false: the limiter is asked without counting
    bool handle = true;  // false: an allowed call goes nowhere (explain)
  };
  // Both outlive the line.
  Line(const policy::Policy& policy, const Options& options);
  ~Line();

  // What answers the services that have no upstream, and knows their tokens.
  // REQUIRES: all of it happens inside of a call (service/runtime.h: memory,
  // inline). Null: nobody.
  void UseGateway(const service::Gateway* gateway);
  // Asked before a service without an upstream answers an allowed call; false:
  // it does not, and the answer stays empty. Null: all may.
  void UseGuard(std::function<bool(const policy::Decision&)> guard);

  // `head` is a request's as the wire has it. `outcome` is cleared first.
  void Run(std::string_view head, std::string_view body, const Instant& now,
           policy::Limiter* limiter, CallHandler* handler, CallOutcome* outcome,
           policy::Trace* trace = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_LINE_H_
