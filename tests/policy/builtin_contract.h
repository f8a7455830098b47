// The built-in contracts, read as `serve` reads them, for tests.
#ifndef HEADGATE_TESTS_POLICY_BUILTIN_CONTRACT_H_
#define HEADGATE_TESTS_POLICY_BUILTIN_CONTRACT_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/read_contract.h"
#include "gtest/gtest.h"
#include "policy/contracts/builtin.h"

namespace headgate::policy {

// All contracts that there are with these operator's files.
inline std::map<std::string, config::Contract> ReadBuiltins(
    const std::vector<std::string>& files = {}) {
  config::ContractSources sources;
  sources.builtins = &BuiltinContracts();
  for (const auto& [name, text] : BuiltinContracts()) {
    sources.wanted.push_back(name);
  }
  for (const std::string& text : files) {
    sources.files.push_back(std::make_shared<const config::SourceFile>(
        config::SourceFile{"ours.yaml", text}));
  }
  config::Diagnostics diagnostics;
  auto contracts = config::ReadContracts(sources, &diagnostics);
  if (!diagnostics.empty()) ADD_FAILURE() << diagnostics.ToString();
  return contracts;
}

inline config::Contract ReadBuiltin(const std::string& name) {
  return std::move(ReadBuiltins()[name]);
}

}  // namespace headgate::policy

#endif  // HEADGATE_TESTS_POLICY_BUILTIN_CONTRACT_H_
