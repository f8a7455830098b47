// The effective configuration as YAML: every default written out, contracts
// left as they are. It loads again, but for secrets, which are "<secret>".
#ifndef HEADGATE_CONFIG_PRINT_H_
#define HEADGATE_CONFIG_PRINT_H_

#include <string>

#include "config/config.h"
#include "config/yaml.h"

namespace headgate::config {

std::string PrintConfig(const Config& config);

// A tree as block YAML, with a final newline. A scalar with `quoted` set is
// quoted where it could be read as something else; others stand as they are.
std::string PrintYaml(const Node& node);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_PRINT_H_
