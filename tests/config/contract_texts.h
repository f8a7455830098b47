// A small built-in contract, "rooms", and how tests read files beside it.
#ifndef HEADGATE_TESTS_CONFIG_CONTRACT_TEXTS_H_
#define HEADGATE_TESTS_CONFIG_CONTRACT_TEXTS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/read_contract.h"

namespace headgate::config {

inline constexpr char kRooms[] = R"(contract: rooms
app_key: "{org}"
credentials: bearer
errors:
  shape: {error: "{error}", text: "{description}"}
  bad_name: {status: 400, description: "{value} is bad"}
  no_room: {status: 404, description: no such room}
  slow_down: {status: 429, error: too_fast}
refusals: {rate: slow_down}
values:
  name: {charset: a-z, length: 1..8, error: bad_name}
  room: {charset: 0-9, error: no_room}
limits: {default: 100/s, add: 5/10s}
operations:
  add:
    request: POST /{org}/rooms/{room}/users
    path:
      room: {error: bad_name}
    body:
      names: {list: name, items: 1..60}
  show:
    request: GET /{org}/rooms/{room}
upstream_answers:
  - {when: {status: 5xx}, answer: slow_down}
)";

struct ContractTexts {
  std::map<std::string, Contract> contracts;
  std::string mistakes;
};

// The files are ours.yaml and more.yaml.
inline ContractTexts ReadTexts(const std::vector<std::string>& files,
                               std::vector<std::string> wanted = {}) {
  const std::map<std::string, std::string> builtins = {{"rooms", kRooms}};
  ContractSources sources;
  sources.builtins = &builtins;
  sources.wanted = std::move(wanted);
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string name = i == 0 ? "ours.yaml" : "more.yaml";
    sources.files.push_back(
        std::make_shared<const SourceFile>(SourceFile{name, files[i]}));
  }
  Diagnostics diagnostics;
  ContractTexts result;
  result.contracts = ReadContracts(sources, &diagnostics);
  if (!diagnostics.empty()) result.mistakes = diagnostics.ToString();
  return result;
}

}  // namespace headgate::config

#endif  // HEADGATE_TESTS_CONFIG_CONTRACT_TEXTS_H_
