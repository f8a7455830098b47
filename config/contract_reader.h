// The inside of config/read_contract.h: one contract file's keys, read onto a
// contract that is empty or another one's copy. What is written replaces what
// was there; what is not written stays. Every name is checked where it is
// written, so that its caret is right.
//
// The order matters: errors first, then values, which name errors, then
// everything else, which names both.
#ifndef HEADGATE_CONFIG_CONTRACT_READER_H_
#define HEADGATE_CONFIG_CONTRACT_READER_H_

#include <string>
#include <string_view>

#include "config/contract.h"
#include "config/diagnostic.h"
#include "config/reader.h"
#include "config/yaml.h"

namespace headgate::config {

// A file being read: what it is read onto and where mistakes go.
struct ContractReading {
  Contract* contract;
  Diagnostics* diagnostics;
};

// Every key but those that say which contract this is (`contract`, `extends`,
// `replaces`).
void ReadContractKeys(MapReader* map, const ContractReading& reading);

// `errors:` (config/contract_errors.cc).
void ReadErrors(const Node& node, const ContractReading& reading);
void ReadRefusals(const Node& node, const ContractReading& reading);
void ReadUpstreamAnswers(const Node& node, const ContractReading& reading);

// `operations:` (config/contract_operations.cc).
void ReadOperations(const Node& node, const ContractReading& reading);

// The fields of a body (config/contract_body.cc).
void ReadFields(const Node& node, const ContractReading& reading,
                std::vector<FieldSpec>* fields);

// The name of an error, or of a value, that stands at `key`: reported if the
// contract has none of that name.
void ReadErrorName(MapReader* map, std::string_view key,
                   const ContractReading& reading, std::string* name);
bool CheckErrorName(const Node& node, const ContractReading& reading);
bool ReadValueName(const Node& node, const ContractReading& reading,
                   std::string* name);

// When every file is read (config/contract_check.cc): what can be said only of
// the whole, and what is filled in where nothing was written.
void FinishContract(Contract* contract, Diagnostics* diagnostics);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_CONTRACT_READER_H_
