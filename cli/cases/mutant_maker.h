// What the makers of mutants (mutants_*.cc) share: where mutants are put, and
// the changes that several of them make.
//
// Belongs to one call of MutantsOf (cli/cases/mutants.h).
#ifndef HEADGATE_CLI_CASES_MUTANT_MAKER_H_
#define HEADGATE_CLI_CASES_MUTANT_MAKER_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cases/mutants.h"
#include "config/contract.h"
#include "policy/policy.h"
#include "policy/refusal.h"

namespace headgate::cli {

// A change of a contract that is told the name of a row.
using MutantChange =
    std::function<void(config::Contract*, const std::string& row)>;

// The same of an operation; the name may be a value's too.
using NamedChange =
    std::function<void(config::Operation*, const std::string& name)>;

// What a mutant says of itself.
struct MutantText {
  std::string rule;
  std::string what;  // "1..60 -> 1..61", "dropped"
  std::string missing;
  config::Location at;
  std::string error = {};
};

// A row that some rule of the policy raises, and how to make it another.
struct RaisedError {
  std::string rule;   // "add_chatroom_members.body.usernames.items"
  std::string label;  // "error", "too_many"
  std::string row;    // of the catalogue
  config::Location at;
  std::string call = {};  // which is answered so; empty: that `rule` denies
};

class MutantMaker {
 public:
  using ChangeContract = std::function<void(config::Contract*)>;
  using ChangeOperation = std::function<void(config::Operation*)>;
  using ChangeService = std::function<void(config::Service*)>;

  MutantMaker(const policy::CompiledService& service,
              std::vector<Mutant>* mutants)
      : service_(service), mutants_(mutants) {}

  // Mutants from now on are of this operation; null: of the service.
  void Enter(const policy::CompiledOperation* operation) {
    operation_ = operation;
  }
  const policy::CompiledService& service() const { return service_; }
  const policy::CompiledOperation& operation() const { return *operation_; }
  const config::Operation& spec() const { return operation_->spec; }
  bool standalone() const { return !service_.spec.upstream; }

  void Add(MutantText text, ChangeContract change);
  void AddToService(MutantText text, ChangeService change);
  // REQUIRES: Enter.
  void AddToOperation(MutantText text, ChangeOperation change);

  // The last mutant changes which operation a call means.
  void Reroute() { mutants_->back().reroutes = true; }
  // The last mutant is for cases with characters beyond ASCII only.
  void AskBeyondAscii() { mutants_->back().beyond_ascii = true; }

  // The error of a rule, swapped by another row. Counts the row as raised.
  void Swap(const RaisedError& raised, MutantChange change);
  // REQUIRES: Enter.
  void SwapInOperation(const RaisedError& raised, NamedChange change);
  // A row that answers though no mutant swaps it.
  void Raise(const std::string& row) { raised_.insert(row); }
  const std::set<std::string>& raised() const { return raised_; }

  // The kinds of credentials that operations ask for, "none" too.
  std::set<std::string> Credentials() const;
  // Whether some operation asks for any.
  bool AsksCredentials() const;

  // The row that answers: `named`, or else the refusal's.
  std::string RowOf(const std::string& named, policy::Refusal refusal) const;
  // What a case expects of a row: "error reach_limit".
  std::string Expected(const std::string& row) const;

 private:
  // Another documented row that a client can tell from `row`; empty: none.
  std::string OtherRow(const std::string& row) const;

  const policy::CompiledService& service_;
  std::vector<Mutant>* const mutants_;
  const policy::CompiledOperation* operation_ = nullptr;
  std::set<std::string> raised_;
};

// The operation of this name; null: the contract was left without it.
config::Operation* OperationIn(config::Contract* contract,
                               const std::string& name);
// A change of the operation of this name, if it is there.
MutantChange InOperation(std::string operation, NamedChange change);

// A bound of a range, moved by one.
struct BoundMove {
  config::Range range;
  int64_t value = 0;     // whose fate changes
  bool allowed = false;  // what the unchanged range says of it
  std::string text;      // "1..60 -> 1..61"
};
// `least`: what nothing is below of.
std::vector<BoundMove> MovesOf(const config::Range& range, int64_t least);

// "that expects rule RULE", or "that is allowed".
std::string Fate(bool allowed, std::string_view rule);

// The makers, by what they look at. Operations first, since they say which
// errors are raised.
void AddOperationMutants(MutantMaker* maker);
void AddBodyMutants(MutantMaker* maker);
void AddLimitMutants(MutantMaker* maker);
void AddAliasMutants(MutantMaker* maker);
void AddServiceMutants(MutantMaker* maker);
void AddGrantMutants(MutantMaker* maker);
void AddErrorMutants(const std::set<const policy::CatalogueError*>& answered,
                     MutantMaker* maker);
void AddRequestLimitMutants(const policy::Policy& policy,
                            std::vector<Mutant>* mutants);

// A text somewhere in a request, of which a named value says what it may be.
struct TextPlace {
  std::string rule;   // "add_chatroom_member.path.username"
  std::string noun;   // "username"
  std::string value;  // the name of its ValueSpec
  std::string error;  // the place's own row
  bool place_error_wins = false;
  policy::Refusal refusal = policy::Refusal::kInvalid;
  config::Location at;
  int64_t shortest = 0;  // 1: an empty text never comes here
  // Lets the place use another value; and have another error, if it has its
  // own way to name one.
  std::function<void(config::Contract*, const std::string& value)> use;
  MutantChange set_error;
};
void AddTextMutants(const TextPlace& place, MutantMaker* maker);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_MUTANT_MAKER_H_
