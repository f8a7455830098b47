#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "cli/cases/mutants.h"
#include "policy/router.h"

namespace headgate::cli {
namespace {

void AddValuesOf(const config::FieldSpec& field, std::set<std::string>* names) {
  names->insert(field.value);
  for (const auto& [key, value] : field.keys) names->insert(value);
  for (const config::FieldSpec& inner : field.fields) {
    AddValuesOf(inner, names);
  }
}

// Every value that an operation may look at.
void AddValuesOf(const config::Operation& operation,
                 std::set<std::string>* names) {
  for (const auto& [name, spec] : operation.path_variables) {
    names->insert(spec.value);
  }
  for (const config::QuerySpec& spec : operation.query) {
    names->insert(spec.value);
  }
  for (const config::FieldSpec& field : operation.body.fields) {
    AddValuesOf(field, names);
  }
}

void AddVariablesOf(const std::string& path, std::set<std::string>* names) {
  std::vector<policy::TemplateSegment> segments;
  policy::ParseTemplate(path, &segments);
  for (const policy::TemplateSegment& segment : segments) {
    names->insert(segment.text);
  }
}

// Leaves these operations, and what they need.
void Reduce(const std::set<std::string>& operations,
            config::Contract* contract) {
  std::erase_if(contract->operations, [&](const config::Operation& operation) {
    return !operations.contains(operation.name);
  });
  std::set<std::string> values;
  for (const config::Operation& operation : contract->operations) {
    AddValuesOf(operation, &values);
    AddVariablesOf(operation.path, &values);
  }
  for (const config::Alias& alias : contract->aliases) {
    AddVariablesOf(alias.also, &values);
  }
  std::erase_if(contract->values, [&](const auto& value) {
    return !values.contains(value.first);
  });
  // Where texts stand, no decision asks.
  for (auto& [name, row] : contract->errors) row.attributes_at.clear();
}

config::Config WithOperations(const policy::Policy& policy,
                              const PolicyMutator::Operations& operations) {
  config::Config config = policy.config();
  std::map<std::string, std::set<std::string>> names;
  for (const policy::CompiledOperation* operation : operations) {
    names[operation->service->name].insert(operation->name);
  }
  for (auto& [name, contract] : config.contracts) {
    Reduce(names[name], &contract);
  }
  return config;
}

}  // namespace

std::shared_ptr<const policy::Policy> PolicyMutator::Make(
    const Mutant& mutant, const Operations* only) {
  if (only != nullptr && (!with_operations_ || operations_ != *only)) {
    with_operations_ = WithOperations(policy_, *only);
    operations_ = *only;
  }
  config::Config config =
      only == nullptr ? policy_.config() : *with_operations_;
  mutant.change(&config);
  config::Diagnostics ignored;
  return policy::Policy::Compile(config, &ignored);
}

}  // namespace headgate::cli
