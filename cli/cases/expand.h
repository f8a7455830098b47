// Variables: `${count}` in any text or key of a case is replaced before the
// case is read, so that the readers see what a person would have written by
// hand.
//
//   "user${n}"    -> user7
//   "${count}"    -> the variable as it is: a number stays a number
//   "$${count}"   -> ${count}
//   "${'u' * 64}" -> 64 times u; both may be variables
//
// Values that a step saves at run time are left as they are, `${token}`.
// What is expanded is counted: rows times aliases times values grow fast.
#ifndef HEADGATE_CLI_CASES_EXPAND_H_
#define HEADGATE_CLI_CASES_EXPAND_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"
#include "config/yaml.h"

namespace headgate::cli {

// What all cases of a file may cost. The first to pass a limit is reported.
class Budget {
 public:
  Budget(size_t nodes_max, size_t bytes_max)
      : nodes_left_(nodes_max), bytes_left_(bytes_max) {}

  // False: it is used up, which has been reported.
  bool TakeNodes(size_t nodes, const config::Location& at,
                 config::Diagnostics* diagnostics);
  bool TakeBytes(size_t bytes, const config::Location& at,
                 config::Diagnostics* diagnostics);
  bool used_up() const { return used_up_; }
  // Nothing more, for a reason that the caller has reported.
  void Close() { used_up_ = true; }

 private:
  bool UseUp(const config::Location& at, config::Diagnostics* diagnostics);

  size_t nodes_left_, bytes_left_;
  bool used_up_ = false;
};

// The variables that a case may name. A later one hides an earlier one of the
// same name. Values are scalars, and outlive the scope.
class VariableScope {
 public:
  void Add(const config::Entry& entry) { variables_.push_back({&entry}); }
  void AddSaved(std::string name) { saved_.push_back(std::move(name)); }

  // Null: none. It counts as used from now on.
  const config::Node* Use(std::string_view name);
  bool IsSaved(std::string_view name) const;
  bool IsUsed(const config::Entry& entry) const;
  std::vector<std::string> Names() const;
  bool has_saved() const { return !saved_.empty(); }

 private:
  struct Variable {
    const config::Entry* entry = nullptr;
    bool used = false;
  };
  std::vector<Variable> variables_;
  std::vector<std::string> saved_;
};

struct Expansion {
  VariableScope* scope = nullptr;
  Budget* budget = nullptr;
  config::Diagnostics* diagnostics = nullptr;
};

// A copy with every variable replaced. Unknown ones are reported and left.
config::Node Expand(const config::Node& node, const Expansion& expansion);

// The names in `text` between "${" and "}", in their order.
std::vector<std::string_view> VariableNames(std::string_view text);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_EXPAND_H_
