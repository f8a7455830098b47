#include "config/schema.h"

#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "policy/contracts/builtin.h"

namespace headgate::cli {
namespace {

int PrintContract(const std::string& name) {
  const auto& contracts = policy::BuiltinContracts();
  const auto found = contracts.find(name);
  if (found != contracts.end()) {
    return PrintOut(found->second) ? kOk : kFailed;
  }
  std::vector<std::string> names;
  for (const auto& [known, text] : contracts) names.push_back(known);
  PrintError(StrCat("headgate: no contract is called \"", name,
                    "\"; there are ", Join(names, ", "), "\n"));
  return kUsage;
}

}  // namespace

std::function<int()> DeclareSchema(CLI::App* app) {
  auto contract = std::make_shared<std::string>();
  app->add_option("--contract", *contract,
                  "Print this built-in contract instead, as YAML")
      ->type_name("NAME");
  return [contract]() -> int {
    if (!contract->empty()) return PrintContract(*contract);
    return PrintOut(config::SchemaJson(config::ConfigSchema())) ? kOk : kFailed;
  };
}

}  // namespace headgate::cli
