#include "config/contract_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/strings.h"
#include "config/config.h"
#include "config/contract_path.h"
#include "config/read_value.h"

namespace headgate::config {
namespace {

// Reports what is wrong with the path template of `node`, if anything is.
void ReadPathTemplate(const Node& node, const ContractReading& reading,
                      std::string* path) {
  if (!ReadString(node, reading.diagnostics, path)) return;
  PathTemplate parsed;
  std::string wrong = ParsePath(*path, &parsed);
  if (!wrong.empty()) reading.diagnostics->Add(node.at, std::move(wrong));
}

void ReadPrefixes(const Node& node, const ContractReading& reading) {
  if (!node.is_list()) {
    ReportUnexpected(node, "a list of paths", reading.diagnostics);
    return;
  }
  reading.contract->prefixes.clear();
  for (const Node& item : node.items) {
    ReadPathTemplate(item, reading, &reading.contract->prefixes.emplace_back());
  }
}

void ReadAlias(const Node& node, const ContractReading& reading) {
  Alias alias;
  alias.at = node.at;
  MapReader map(node, reading.diagnostics);
  if (const Node* path = map.Require("path")) {
    ReadPathTemplate(*path, reading, &alias.path);
  }
  if (const Node* also = map.Require("also")) {
    ReadPathTemplate(*also, reading, &alias.also);
  }
  map.Require("app_key");
  map.String("app_key", &alias.app_key);
  reading.contract->aliases.push_back(std::move(alias));
}

void ReadAliases(const Node& node, const ContractReading& reading) {
  if (!node.is_list()) {
    ReportUnexpected(node, "a list of aliases", reading.diagnostics);
    return;
  }
  reading.contract->aliases.clear();
  for (const Node& item : node.items) ReadAlias(item, reading);
}

void ReadValues(const Node& node, const ContractReading& reading) {
  if (!node.is_map()) {
    ReportUnexpected(node, "a map of values", reading.diagnostics);
    return;
  }
  for (const Entry& entry : node.entries) {
    ValueSpec& value = reading.contract->values[entry.key];
    ReadValueSpec(entry.value, reading.diagnostics, &value);
    value.at = entry.key_at;
    for (const std::string_view key : {"error", "empty"}) {
      const Node* error = entry.value.Find(key);
      if (error != nullptr && error->is_scalar()) {
        CheckErrorName(*error, reading);
      }
    }
  }
}

// A map from names to lists of names: `implied` and `settings`.
void ReadNameLists(const Node& node, const ContractReading& reading,
                   NamedLists* lists) {
  if (!node.is_map()) {
    ReportUnexpected(node, "a map of lists", reading.diagnostics);
    return;
  }
  for (const Entry& entry : node.entries) {
    Strings names;
    if (!ReadStrings(entry.value, reading.diagnostics, &names)) continue;
    if (names.empty()) {
      ReportUnexpected(entry.value, "at least one name", reading.diagnostics);
    }
    (*lists)[entry.key] = std::move(names);
  }
}

// Every permission that something implies must be one that a value allows.
void CheckImplied(const Node& node, const ContractReading& reading) {
  Strings known;
  for (const auto& [name, value] : reading.contract->values) {
    if (!value.one_of) continue;
    known.insert(known.end(), value.one_of->begin(), value.one_of->end());
  }
  const auto check = [&](const Location& at, const std::string& name) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    ReportUnknown(at, "no value allows " + Quote(name), name, known,
                  reading.diagnostics);
  };
  for (const Entry& entry : node.entries) {
    check(entry.key_at, entry.key);
    for (const Node& item : entry.value.items) check(item.at, item.text);
  }
}

void ReadContractLimits(const Node& node, const ContractReading& reading) {
  if (!node.is_map()) {
    ReportUnexpected(node, "a map of limits", reading.diagnostics);
    return;
  }
  Strings known = {"default"};
  for (const Operation& operation : reading.contract->operations) {
    known.push_back(operation.name);
  }
  const StringSet names(known.begin(), known.end());
  for (const Entry& entry : node.entries) {
    if (!names.contains(entry.key)) {
      ReportUnknown(entry.key_at, "unknown operation " + Quote(entry.key),
                    entry.key, known, reading.diagnostics);
    }
    auto limit = std::make_shared<Limit>();
    ReadLimit(entry.value, reading.diagnostics, limit.get());
    reading.contract->limits[entry.key] = std::move(limit);
  }
}

void ReadContractCredentials(MapReader* map, Contract* contract) {
  const Strings kinds = {"none", "bearer", "basic", "api_key"};
  size_t kind = 0;
  if (map->Choice("credentials", kinds, &kind)) {
    contract->credentials = kinds[kind];
  }
}

}  // namespace

void ReadContractKeys(MapReader* map, const ContractReading& reading) {
  using Reader = void (*)(const Node&, const ContractReading&);
  // What is named comes before what names it.
  static constexpr std::pair<std::string_view, Reader> kReaders[] = {
      {"errors", ReadErrors},
      {"refusals", ReadRefusals},
      {"upstream_answers", ReadUpstreamAnswers},
      {"prefixes", ReadPrefixes},
      {"aliases", ReadAliases},
      {"values", ReadValues},
      {"operations", ReadOperations},
      {"limits", ReadContractLimits},
  };
  Contract& contract = *reading.contract;
  if (const Node* app_key = map->Find("app_key")) {
    ReadString(*app_key, reading.diagnostics, &contract.app_key);
    contract.app_key_at = app_key->at;
  }
  ReadContractCredentials(map, &contract);
  map->List("placeholders", &contract.placeholders);
  for (const auto& [key, read] : kReaders) {
    if (const Node* node = map->Find(key)) read(*node, reading);
  }
  if (const Node* implied = map->Find("implied")) {
    ReadNameLists(*implied, reading, &contract.implied);
    CheckImplied(*implied, reading);
  }
  if (const Node* settings = map->Find("settings")) {
    ReadNameLists(*settings, reading, &contract.settings);
  }
}

}  // namespace headgate::config
