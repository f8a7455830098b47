// The query of one operation: known parameters are checked and clamped, all
// others pass as they are (clients send `?_v=1&resource=web`).
//
//   pagesize: {integer: 0.., at_most: 1000}    ?pagesize=5000 -> ?pagesize=1000
//
// A known parameter that occurs twice is refused: two readers would choose
// differently. Integers are decimal digits after at most one '-', no leading
// zeros; one too large for 64 bits is clamped where a clamp is given.
//
// Immutable once compiled; shared by all threads.
#ifndef HEADGATE_POLICY_QUERY_H_
#define HEADGATE_POLICY_QUERY_H_

#include <string>
#include <string_view>
#include <vector>

#include "config/contract.h"
#include "policy/decision.h"
#include "policy/placed_value.h"

namespace headgate::policy {

class CompiledQuery {
 public:
  static constexpr size_t kParametersMax = 64;

  static CompiledQuery Compile(const CompileContext& context,
                               const config::Operation& operation);

  // Sets decision->query and query_rewritten if something changed.
  bool Check(std::string_view query, Decision* decision, Recorder* recorder,
             std::string* scratch) const;

 private:
  struct Parameter {
    config::QuerySpec spec;
    Rule rule;
    PlacedValue value;  // where the spec has no integer
  };
  struct Pass;  // one Check

  bool CheckParameter(const Parameter& parameter, std::string_view text,
                      Pass* pass) const;
  bool CheckInteger(const Parameter& parameter, std::string_view text,
                    Pass* pass) const;
  bool CheckValue(const Parameter& parameter, std::string_view text,
                  Pass* pass) const;
  // -1: none of ours.
  int Find(std::string_view raw_name, std::string* scratch) const;

  std::vector<Parameter> parameters_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_QUERY_H_
