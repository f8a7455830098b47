// A generated case before anybody knows what to expect of it, and how it is
// written. cli/cases/generate.h tells the whole.
#ifndef HEADGATE_CLI_CASES_GENERATE_SKETCH_H_
#define HEADGATE_CLI_CASES_GENERATE_SKETCH_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "policy/policy.h"

namespace headgate::cli {

struct SketchRequest {
  std::string method, path;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string json;  // as YAML
  std::string body;  // a text; one of the two
  bool has_body = false;
};

// Names, and values as YAML.
struct SketchRow {
  std::vector<std::pair<std::string, std::string>> variables;
};

// So many calls at a time.
struct SketchStep {
  int64_t at_us = 0;
  int64_t repeat = 1;
};

struct Sketch {
  std::string name;
  std::vector<SketchRow> rows;    // none: the case is one
  std::vector<SketchStep> steps;  // none: one call
  SketchRequest request;
  std::string upstream;       // as YAML; empty: the documented success
  bool storage_down = false;  // of a service that is answered here
};

// Cases of one operation, or of a service as a whole.
struct SketchGroup {
  std::string title;
  std::string note;  // what could not be made, and why
  std::vector<Sketch> sketches;
};

// Who calls.
struct SketchCaller {
  bool known = true;          // credentials for it could be written
  std::string authorization;  // empty: none
  std::vector<std::pair<std::string, std::string>> variables;  // org_name
};

// All groups of a service. `plain`: the operator's file, whose secrets may be
// repeated.
std::vector<SketchGroup> SketchService(const policy::CompiledService& service,
                                       const std::string& plain,
                                       int64_t body_bytes_max);

// The lines of one operation's own cases: its places and its rate.
SketchGroup SketchOperation(const policy::CompiledOperation& operation,
                            const SketchCaller& caller);
// A call that is good, as far as can be told.
SketchRequest GoodRequest(const policy::CompiledOperation& operation,
                          const SketchCaller& caller);
// The same with the path that `caller` makes, and nothing else.
std::string GoodPath(const policy::CompiledOperation& operation,
                     const SketchCaller& caller);
// The rate limit of the operation for this caller.
Sketch RateTrain(const policy::CompiledOperation& operation,
                 const policy::RateLimit& limit, const SketchCaller& caller,
                 const std::string& name);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_GENERATE_SKETCH_H_
