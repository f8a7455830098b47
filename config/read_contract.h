// Reading contract files: YAML -> Contract, merged and checked, so that
// policy's compiler finds every name resolved.
//
// A file is one of four things, told apart by its first keys:
//
//   contract: agora-chat        the name of a built-in: changes to it, merged
//                               key by key
//   replaces: agora-chat        a built-in's name, from nothing
//   contract: ours              a copy of a built-in (or of an earlier file's
//   extends: agora-chat         contract) under a new name, changed
//   contract: ours              a family of its own, from nothing
//
// Not thread-safe; keeps nothing between calls.
#ifndef HEADGATE_CONFIG_READ_CONTRACT_H_
#define HEADGATE_CONFIG_READ_CONTRACT_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/contract.h"
#include "config/diagnostic.h"

namespace headgate::config {

struct ContractSources {
  // The text of each built-in contract, by name (Environment's).
  const std::map<std::string, std::string>* builtins = nullptr;
  // The operator's files, in the order of `contracts:`.
  std::vector<std::shared_ptr<const SourceFile>> files;
  // What the services name. Of the built-ins, only these and those that a file
  // changes or extends are read; names that do not exist are left out of the
  // result (the caller says where they were written).
  std::vector<std::string> wanted;
};

// Every wanted contract, every contract of the files and what those build on,
// by name. A contract with mistakes is in the result too, as far as it could be
// read; its mistakes are in `diagnostics`.
std::map<std::string, Contract> ReadContracts(const ContractSources& sources,
                                              Diagnostics* diagnostics);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_READ_CONTRACT_H_
