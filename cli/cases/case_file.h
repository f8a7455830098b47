// What a file of policy tests says, typed: the result of LoadCases
// (cli/cases/load.h) and the input of a Runner (cli/cases/runner.h).
//
//   - name: a hundred calls in any second
//     steps:
//       - {at: 0ms, repeat: 100, every: 1ms, request: {...}, expect: {...}}
//
// A row of `each` is a case of its own. Variables are replaced and ranges
// written out; only what an earlier step saves from its answer (`save`) waits
// for the run. A case without `steps` has one step.
//
// Plain values. Everything that a failure points at carries its Location.
#ifndef HEADGATE_CLI_CASES_CASE_FILE_H_
#define HEADGATE_CLI_CASES_CASE_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "policy/refusal.h"

namespace headgate::cli {

struct CaseField {
  std::string name;
  std::string value;
};

struct CaseRequest {
  std::string method = "GET";
  std::string target;             // "/acme/chat/chatrooms/1?limit=5", as sent
  std::vector<CaseField> fields;  // Host too; not the framing
  std::string body;
  std::string head;         // all of it as the wire has it, with the empty line
  bool has_host = false;    // the case names Host itself
  bool uses_saved = false;  // ${...} is left in it, for the run
  config::Location at;
};

// What the upstream answers, or how the way to it fails.
struct ScriptedAnswer {
  std::optional<policy::Refusal> failure;  // a kUpstream... one
  int status = 200;
  std::vector<CaseField> fields;
  std::string body;
  std::string head;         // as the wire has it
  bool by_default = false;  // of the file's `defaults`
  config::Location at;
};

template <typename T>
struct Expected {
  T value{};
  config::Location at;
};
template <typename T>
using MaybeExpected = std::optional<Expected<T>>;

struct ExpectedField {
  std::string name;
  std::optional<std::string> value;  // none: the field must be absent
  config::Location at;
};

struct ExpectedUpstreamRequest {
  bool none = false;  // no request may reach the upstream
  MaybeExpected<std::string> method;
  MaybeExpected<std::string> path;  // with the query, as the wire has it
  std::vector<ExpectedField> headers;
  MaybeExpected<std::string> json;  // a subset
  MaybeExpected<std::string> body;
  config::Location at;
};

// At least one member is set.
struct Expectation {
  // Of each call.
  MaybeExpected<bool> allow;  // `decision`
  MaybeExpected<int64_t> status;
  MaybeExpected<std::string> error;  // the family's code
  MaybeExpected<std::string> rule;
  std::vector<ExpectedField> headers;
  MaybeExpected<std::string> json;  // JSON: a subset of the answer
  MaybeExpected<std::string> body;
  std::optional<ExpectedUpstreamRequest> upstream_request;
  MaybeExpected<int64_t> delay_us;
  MaybeExpected<int64_t> would_delay_us;  // what shadow mode reports
  MaybeExpected<bool> shadow_denied;
  MaybeExpected<bool> candidate_denied;
  // Over all calls of a step, or of the case.
  MaybeExpected<int64_t> allowed;
  MaybeExpected<int64_t> denied;
  bool uses_saved = false;  // ${...} is left in `json`, for the run
  config::Location at;
};

// `${name}` of the later steps is what stands at `path` in the answer's JSON.
struct SavedValue {
  std::string name;
  std::string path;  // "access_token", "data.id", "entities.0.uuid"
  config::Location at;
};

// A train of equal calls.
struct CaseStep {
  int64_t at_us = 0;  // of the first call, since the case began
  int64_t repeat = 1;
  int64_t every_us = 0;
  CaseRequest request;
  std::optional<ScriptedAnswer> upstream;  // none: the documented success
  std::optional<Expectation> expect;
  std::vector<SavedValue> saves;
  // Services without an upstream: their store takes and gives nothing.
  bool storage_down = false;
  config::Location at;

  int64_t last_at_us() const { return at_us + (repeat - 1) * every_us; }
};

struct Case {
  std::string name;  // "sixty names may be added at once [count: 61]"
  std::vector<CaseStep> steps;
  std::optional<Expectation> expect;  // of the whole case: allowed and denied
  config::Location at;
};

// A mutant that no case can tell from the policy (cli/cases/mutants.h).
struct EquivalentMutant {
  std::string mutant;   // its name
  std::string because;  // for people
  config::Location at;  // of the name
};

struct CaseFile {
  std::string path;
  std::string policy_path;  // with the folder of the file
  config::Location policy_at;
  int64_t start_unix_us = 0;  // what the clock says when a case begins
  std::vector<Case> cases;
  std::vector<EquivalentMutant> equivalent_mutants;

  int64_t calls() const;  // of all cases
};

// "999ms": a time as these files write it.
std::string CaseTimeText(int64_t us);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_CASE_FILE_H_
