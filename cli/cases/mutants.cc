#include "cli/cases/mutants.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/strings.h"
#include "cli/cases/mutant_maker.h"
#include "config/amount.h"

namespace headgate::cli {
namespace {

constexpr int64_t kNoMaximum = std::numeric_limits<int64_t>::max();

// Names that two mutants share get a number.
void MakeUnique(std::vector<Mutant>* mutants) {
  StringMap<int> seen;
  for (Mutant& mutant : *mutants) {
    const int count = ++seen[mutant.name];
    if (count > 1) StrAppend(&mutant.name, " (", count, ")");
  }
}

config::Contract* ContractOf(config::Config* config, const std::string& name) {
  return &config->contracts.find(name)->second;
}

}  // namespace

std::vector<Mutant> MutantsOf(
    const policy::Policy& policy,
    const std::set<const policy::CatalogueError*>& answered) {
  std::vector<Mutant> mutants;
  for (const auto& service : policy.services()) {
    MutantMaker maker(*service, &mutants);
    for (const auto& operation : service->operations) {
      maker.Enter(operation.get());
      AddOperationMutants(&maker);
      AddBodyMutants(&maker);
    }
    maker.Enter(nullptr);
    AddServiceMutants(&maker);
    AddGrantMutants(&maker);
    AddLimitMutants(&maker);
    AddErrorMutants(answered, &maker);
  }
  AddRequestLimitMutants(policy, &mutants);
  MakeUnique(&mutants);
  return mutants;
}

void MutantMaker::Add(MutantText text, ChangeContract change) {
  Mutant mutant;
  mutant.name = StrCat(text.rule, ": ", text.what);
  mutant.rule = std::move(text.rule);
  mutant.missing = std::move(text.missing);
  mutant.at = std::move(text.at);
  mutant.error = std::move(text.error);
  mutant.operation = operation_;
  mutant.service = &service_;
  mutant.change = [name = service_.name,
                   change = std::move(change)](config::Config* config) {
    change(ContractOf(config, name));
  };
  mutants_->push_back(std::move(mutant));
}

void MutantMaker::AddToService(MutantText text, ChangeService change) {
  Add(std::move(text), [](config::Contract*) {});
  mutants_->back().change =
      [index = static_cast<size_t>(service_.index), change = std::move(change)](
          config::Config* config) { change(&config->services[index]); };
}

void MutantMaker::AddToOperation(MutantText text, ChangeOperation change) {
  Add(std::move(text), [name = operation_->name, change = std::move(change)](
                           config::Contract* contract) {
    config::Operation* const operation = OperationIn(contract, name);
    if (operation != nullptr) change(operation);
  });
}

void MutantMaker::Swap(const RaisedError& raised, MutantChange change) {
  raised_.insert(raised.row);
  const std::string other = OtherRow(raised.row);
  if (other.empty()) return;
  const std::string call = raised.call.empty()
                               ? StrCat("a call that ", raised.rule, " denies")
                               : raised.call;
  Add({.rule = raised.rule,
       .what = StrCat(raised.label, " ", raised.row, " -> ", other),
       .missing = StrCat(call, " and that expects ", Expected(raised.row)),
       .at = raised.at,
       .error = raised.row},
      [change = std::move(change), other](config::Contract* contract) {
        change(contract, other);
      });
}

void MutantMaker::SwapInOperation(const RaisedError& raised,
                                  NamedChange change) {
  Swap(raised, InOperation(operation_->name, std::move(change)));
}

std::set<std::string> MutantMaker::Credentials() const {
  std::set<std::string> kinds;
  for (const auto& operation : service_.operations) {
    kinds.insert(
        operation->spec.credentials.value_or(service_.contract.credentials));
  }
  return kinds;
}

bool MutantMaker::AsksCredentials() const {
  std::set<std::string> kinds = Credentials();
  kinds.erase("none");
  return !kinds.empty();
}

std::string MutantMaker::RowOf(const std::string& named,
                               policy::Refusal refusal) const {
  const policy::CatalogueError* row =
      named.empty() ? nullptr : service_.catalogue->Find(named);
  return row != nullptr ? row->name : service_.catalogue->For(refusal).name;
}

std::string MutantMaker::Expected(const std::string& row) const {
  const policy::CatalogueError* error = service_.catalogue->Find(row);
  return error == nullptr
             ? StrCat("error ", row)
             : StrCat("status ", error->status, ", error ", error->code);
}

// Of the same status if there is one, since that is the easiest to overlook;
// in the order of the catalogue, from the row on.
std::string MutantMaker::OtherRow(const std::string& row) const {
  const policy::CatalogueError* error = service_.catalogue->Find(row);
  if (error == nullptr) return "";
  const auto& all = service_.catalogue->errors();
  const auto own =
      std::find_if(all.begin(), all.end(),
                   [error](const auto& other) { return other.get() == error; });
  const auto start = static_cast<size_t>(own - all.begin());
  std::string of_other_status;
  for (size_t i = 1; i < all.size(); ++i) {
    const policy::CatalogueError& other = *all[(start + i) % all.size()];
    if (!other.documented) continue;
    if (other.status == error->status && other.code != error->code) {
      return other.name;
    }
    if (of_other_status.empty() && other.status != error->status) {
      of_other_status = other.name;
    }
  }
  return of_other_status;
}

config::Operation* OperationIn(config::Contract* contract,
                               const std::string& name) {
  const auto found =
      std::find_if(contract->operations.begin(), contract->operations.end(),
                   [&name](const config::Operation& operation) {
                     return operation.name == name;
                   });
  return found == contract->operations.end() ? nullptr : &*found;
}

MutantChange InOperation(std::string operation, NamedChange change) {
  return [operation = std::move(operation), change = std::move(change)](
             config::Contract* contract, const std::string& name) {
    config::Operation* const found = OperationIn(contract, operation);
    if (found != nullptr) change(found, name);
  };
}

std::vector<BoundMove> MovesOf(const config::Range& range, int64_t least) {
  std::vector<BoundMove> moves;
  const auto add = [&](config::Range moved, int64_t value, bool allowed) {
    if (moved.min > moved.max) return;
    moves.push_back(
        {moved, value, allowed,
         StrCat(config::RangeText(range), " -> ", config::RangeText(moved))});
  };
  if (range.max != kNoMaximum) {
    add({range.min, range.max - 1}, range.max, true);
    if (range.max + 1 != kNoMaximum) {
      add({range.min, range.max + 1}, range.max + 1, false);
    }
  }
  if (range.min > least) {
    add({range.min - 1, range.max}, range.min - 1, false);
  }
  if (range.min >= least && range.min != std::numeric_limits<int64_t>::min()) {
    add({range.min + 1, range.max}, range.min, true);
  }
  return moves;
}

std::string Fate(bool allowed, std::string_view rule) {
  return allowed ? "that is allowed" : StrCat("that expects rule ", rule);
}

}  // namespace headgate::cli
