#include "config/read_contract.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/strings.h"
#include "config/contract_reader.h"

namespace headgate::config {
namespace {

// The first keys of a file: which contract it is, and what it starts from.
struct Head {
  std::string name;
  std::optional<std::string> base;  // nothing: it starts from nothing
};

class Loader {
 public:
  Loader(const ContractSources& sources, Diagnostics* diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}

  std::map<std::string, Contract> Load() {
    for (const auto& file : sources_.files) ReadFile(file);
    for (const std::string& name : sources_.wanted) Known(name);
    for (auto& [name, contract] : contracts_) Finish(&contract);
    return std::move(contracts_);
  }

 private:
  // A built-in counts as known, and is read when first asked for.
  bool Known(const std::string& name);
  bool IsBuiltin(const std::string& name) const {
    return sources_.builtins != nullptr && sources_.builtins->contains(name);
  }
  Strings KnownNames() const;

  void ReadFile(const std::shared_ptr<const SourceFile>& file);
  std::optional<Head> ReadHead(const Node& tree);
  std::optional<Head> ReadReplaces(const Node& replaces, const Node& tree);
  std::optional<Head> ReadContract(const Node& contract, const Node& tree);
  bool CheckName(const Node& node, std::string* name);
  void ReadKeys(const Node& tree, Contract* contract);
  void Finish(Contract* contract);

  const ContractSources& sources_;
  Diagnostics* const diagnostics_;
  std::map<std::string, Contract> contracts_;
  std::set<std::string> with_mistakes_;
  // Copies of contracts with mistakes: those are told once.
  std::set<std::string> unchecked_;
  std::set<std::string> own_;  // what the operator's files begin
};

Strings Loader::KnownNames() const {
  std::set<std::string> names = own_;
  if (sources_.builtins != nullptr) {
    for (const auto& [name, text] : *sources_.builtins) names.insert(name);
  }
  return Strings(names.begin(), names.end());
}

bool Loader::Known(const std::string& name) {
  if (contracts_.contains(name)) return true;
  if (!IsBuiltin(name)) return false;
  Contract& contract = contracts_[name];
  contract.name = name;
  const auto tree =
      ParseYaml(std::make_shared<const SourceFile>(SourceFile{
                    "built-in " + name, sources_.builtins->at(name)}),
                diagnostics_);
  if (!tree) return true;
  contract.at = tree->at;
  ReadKeys(*tree, &contract);
  return true;
}

bool Loader::CheckName(const Node& node, std::string* name) {
  const bool good = node.is_scalar() && !node.text.empty() &&
                    node.text.size() <= 64 &&
                    std::all_of(node.text.begin(), node.text.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                             c == '-' || c == '_';
                    });
  if (!good) {
    return ReportUnexpected(node, "a name of a-z, 0-9, - and _", diagnostics_);
  }
  *name = node.text;
  return true;
}

std::optional<Head> Loader::ReadReplaces(const Node& replaces,
                                         const Node& tree) {
  if (const Node* extends = tree.Find("extends")) {
    diagnostics_->Add(extends->at,
                      "what replaces a contract starts from nothing",
                      "to change a built-in: contract: NAME without extends");
  }
  Head head;
  if (!ReadString(replaces, diagnostics_, &head.name)) return std::nullopt;
  if (IsBuiltin(head.name)) return head;
  ReportUnknown(replaces.at, "unknown contract " + Quote(head.name), head.name,
                KnownNames(), diagnostics_);
  return std::nullopt;
}

std::optional<Head> Loader::ReadContract(const Node& contract,
                                         const Node& tree) {
  const Node* const extends = tree.Find("extends");
  Head head;
  if (!CheckName(contract, &head.name)) return std::nullopt;
  if (own_.contains(head.name)) {
    diagnostics_->Add(contract.at, StrCat("another file has the contract ",
                                          Quote(head.name), " already"));
    return std::nullopt;
  }
  if (IsBuiltin(head.name)) {
    if (extends != nullptr) {
      diagnostics_->Add(extends->at, StrCat(Quote(head.name), " is built in"),
                        "leave out extends to change it, or choose another "
                        "name");
    }
    head.base = head.name;
  } else if (extends != nullptr) {
    std::string base;
    if (!ReadString(*extends, diagnostics_, &base)) return std::nullopt;
    if (!IsBuiltin(base) && !contracts_.contains(base)) {
      ReportUnknown(extends->at, "unknown contract " + Quote(base), base,
                    KnownNames(), diagnostics_);
      return std::nullopt;
    }
    head.base = base;
  }
  return head;
}

std::optional<Head> Loader::ReadHead(const Node& tree) {
  if (!tree.is_map()) {
    ReportUnexpected(tree, "a contract", diagnostics_);
    return std::nullopt;
  }
  const Node* const replaces = tree.Find("replaces");
  const Node* const contract = tree.Find("contract");
  if (replaces != nullptr && contract != nullptr) {
    diagnostics_->Add(contract->at,
                      "expected either \"contract\" or \"replaces\"");
    return std::nullopt;
  }
  if (replaces != nullptr) return ReadReplaces(*replaces, tree);
  if (contract != nullptr) return ReadContract(*contract, tree);
  diagnostics_->Add(tree.at, "missing key \"contract\"");
  return std::nullopt;
}

void Loader::ReadFile(const std::shared_ptr<const SourceFile>& file) {
  const auto tree = ParseYaml(file, diagnostics_);
  if (!tree) return;
  const std::optional<Head> head = ReadHead(*tree);
  if (!head) return;
  Contract contract;
  if (head->base) {
    Known(*head->base);
    contract = contracts_[*head->base];
    if (with_mistakes_.contains(*head->base)) unchecked_.insert(head->name);
  }
  contract.name = head->name;
  contract.at = tree->at;
  ReadKeys(*tree, &contract);
  if (!IsBuiltin(head->name)) own_.insert(head->name);
  contracts_[head->name] = std::move(contract);
}

void Loader::ReadKeys(const Node& tree, Contract* contract) {
  Diagnostics found;
  {
    MapReader map(tree, &found);
    for (const char* key : {"contract", "extends", "replaces"}) map.Find(key);
    if (contract->app_key.empty()) map.Require("app_key");
    ReadContractKeys(&map, {contract, &found});
  }
  if (!found.empty()) with_mistakes_.insert(contract->name);
  for (const Diagnostic& diagnostic : found.Sorted()) {
    diagnostics_->Add(diagnostic.at, diagnostic.message, diagnostic.hint);
  }
}

void Loader::Finish(Contract* contract) {
  if (!unchecked_.contains(contract->name)) {
    FinishContract(contract, diagnostics_);
  }
}

}  // namespace

std::map<std::string, Contract> ReadContracts(const ContractSources& sources,
                                              Diagnostics* diagnostics) {
  return Loader(sources, diagnostics).Load();
}

}  // namespace headgate::config
