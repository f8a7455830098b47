// The contracts that Headgate brings along: the text of each YAML file of this
// folder, compiled in (policy/contracts/embed.cmake), by contract name.
// Immutable and never destroyed.
#ifndef HEADGATE_POLICY_CONTRACTS_BUILTIN_H_
#define HEADGATE_POLICY_CONTRACTS_BUILTIN_H_

#include <map>
#include <string>

namespace headgate::policy {

const std::map<std::string, std::string>& BuiltinContracts();

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_CONTRACTS_BUILTIN_H_
