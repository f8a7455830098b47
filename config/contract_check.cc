// What can be said of a contract only when all of its files are read, and what
// is filled in where nothing was written: the row of every refusal, and the
// attributes that a row leaves out.
#include <algorithm>
#include <set>
#include <utility>

#include "base/strings.h"
#include "config/contract_defaults.h"
#include "config/contract_path.h"
#include "config/contract_reader.h"

namespace headgate::config {
namespace {

bool Contains(const Strings& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// All variables of all paths, each once.
Strings PathVariables(const Contract& contract) {
  std::set<std::string> names;
  PathTemplate parsed;
  const auto add = [&](std::string_view path) {
    if (!ParsePath(path, &parsed).empty()) return;
    names.insert(parsed.variables.begin(), parsed.variables.end());
  };
  for (const Operation& operation : contract.operations) add(operation.path);
  for (const Alias& alias : contract.aliases) add(alias.also);
  return Strings(names.begin(), names.end());
}

void CheckTemplate(const Location& at, std::string_view text,
                   const Strings& known, Diagnostics* diagnostics) {
  Template parts;
  if (!ParseTextTemplate(text, &parts)) {
    diagnostics->Add(at, "a brace has no partner",
                     "write {{ and }} for braces");
    return;
  }
  for (const std::string& name : parts.placeholders) {
    if (Contains(known, name)) continue;
    ReportUnknown(at, StrCat("unknown placeholder {", name, "}"), name, known,
                  diagnostics);
  }
}

// The app key is made of the path's variables and of the credentials.
void CheckAppKeys(const Contract& contract, const Strings& variables,
                  Diagnostics* diagnostics) {
  Strings known = variables;
  known.insert(known.end(), {"basic_user", "bearer_token"});
  CheckTemplate(contract.app_key_at, contract.app_key, known, diagnostics);
  for (const Alias& alias : contract.aliases) {
    CheckTemplate(alias.at, alias.app_key, known, diagnostics);
  }
}

// Every refusal is answered by the row that `refusals` names, or else by the
// row of its own name, which is made if there is none.
void FillRefusals(Contract* contract) {
  for (const RefusalDefault& refusal : kRefusalTable) {
    const std::string name(refusal.name);
    if (!contract->refusals.try_emplace(name, name).second) continue;
    ErrorSpec row;
    row.name = name;
    row.status = refusal.status;
    row.made = true;
    contract->errors.try_emplace(name, std::move(row));
  }
}

void FillAttribute(const std::string& attribute, const std::string& code,
                   ErrorSpec* error, Diagnostics* diagnostics) {
  std::string value;
  if (!DefaultAttribute(*error, attribute, code, &value) && !error->made) {
    diagnostics->Add(error->at, StrCat("the error lacks ", Quote(attribute),
                                       ", which the shape asks for"));
  }
  error->attributes[attribute] = std::move(value);
}

void FinishErrors(Contract* contract, const Strings& variables,
                  Diagnostics* diagnostics) {
  Strings known = EnginePlaceholders();
  known.insert(known.end(), variables.begin(), variables.end());
  known.insert(known.end(), contract->placeholders.begin(),
               contract->placeholders.end());
  const Strings attributes = ShapeAttributes(contract->shape);
  const std::string code = CodeAttribute(contract->shape);
  for (auto& [name, error] : contract->errors) {
    for (const std::string& attribute : attributes) {
      if (error.attributes.contains(attribute)) continue;
      FillAttribute(attribute, code, &error, diagnostics);
    }
    for (const auto& [attribute, at] : error.attributes_at) {
      CheckTemplate(at, error.attributes[attribute], known, diagnostics);
    }
  }
}

// Two operations with the same request: the second would never be asked.
void CheckRequests(const Contract& contract, Diagnostics* diagnostics) {
  StringMap<const Operation*> seen;
  for (const Operation& operation : contract.operations) {
    if (operation.method.empty()) continue;
    std::map<std::string, char> lists;
    for (const auto& [name, variable] : operation.path_variables) {
      if (variable.list) lists[name] = variable.separator;
    }
    const std::string request =
        StrCat(operation.method, " ", PathShape(operation.path, lists));
    const auto [first, is_new] = seen.try_emplace(request, &operation);
    if (is_new) continue;
    diagnostics->Add(operation.request_at,
                     StrCat(operation.name, " has the same request as ",
                            first->second->name));
  }
}

}  // namespace

void FinishContract(Contract* contract, Diagnostics* diagnostics) {
  if (contract->shape.members.empty()) contract->shape = NeutralShape();
  if (contract->operations.empty()) {
    diagnostics->Add(contract->at, "the contract has no operations");
  }
  const Strings variables = PathVariables(*contract);
  CheckAppKeys(*contract, variables, diagnostics);
  FillRefusals(contract);
  FinishErrors(contract, variables, diagnostics);
  CheckRequests(*contract, diagnostics);
}

}  // namespace headgate::config
