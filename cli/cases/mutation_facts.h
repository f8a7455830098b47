// What each case touches, from one run of the unchanged policy: so that a
// mutant is run against the cases that can notice it only, the likeliest first.
//
// Belongs to one thread while it collects; then constant, shared by all.
#ifndef HEADGATE_CLI_CASES_MUTATION_FACTS_H_
#define HEADGATE_CLI_CASES_MUTATION_FACTS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cases/case_file.h"
#include "cli/cases/mutants.h"
#include "cli/cases/runner.h"

namespace headgate::cli {

struct CaseFacts {
  const CaseFile* file = nullptr;
  const Case* test = nullptr;
  int64_t calls = 0;
  bool standalone = false;    // a service without an upstream answers: slower
  bool hashes = false;        // a password, which takes long on purpose
  bool beyond_ascii = false;  // sends such characters
  // All its calls are of `operations`, whatever they are answered.
  bool calls_operations_only = true;
  std::set<const policy::CompiledOperation*> operations;
  std::set<const policy::CompiledService*> services;
  std::set<std::string> denied, passed;  // rules
  std::set<std::string> errors;          // rows that were answered
};

class MutationFacts final : public CallObserver {
 public:
  // Those that come are of this case from now on.
  void Begin(const CaseFile& file, const Case& test);
  void OnCall(const ObservedCall& call) override;

  const std::vector<CaseFacts>& cases() const { return cases_; }
  // Rows that services without an upstream have answered.
  const std::set<const policy::CatalogueError*>& answered_here() const {
    return answered_here_;
  }

  // Whether any case calls it.
  bool Calls(const policy::CompiledOperation& operation) const {
    return called_.contains(&operation);
  }

  // The cases that can notice a mutant, the likeliest first; those that need a
  // store behind them, and those that hash passwords at the end.
  std::vector<const CaseFacts*> CasesFor(const Mutant& mutant) const;

 private:
  std::vector<CaseFacts> cases_;
  std::set<const policy::CompiledOperation*> called_;
  std::set<const policy::CatalogueError*> answered_here_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_MUTATION_FACTS_H_
