// What a table of keys cannot see: rules between the sections of the operator's
// file, and between the file and the contracts that its services name.
#ifndef HEADGATE_CONFIG_CHECK_H_
#define HEADGATE_CONFIG_CHECK_H_

#include <string>
#include <vector>

#include "config/config.h"
#include "config/yaml.h"

namespace headgate::config {

// `root` is the tree that `config` was read from: the places of keys stand
// there. config.contracts is filled; `builtins` are the names of more contracts
// that a service could have meant.
void CheckConfig(const Config& config, const Node& root,
                 std::vector<std::string> builtins, Diagnostics* diagnostics);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_CHECK_H_
