// What `serve` and `check` read a config with: the real files and variables,
// the built-in contracts, and every check of the whole, so that all mistakes
// come in one run.
#ifndef HEADGATE_CLI_ENVIRONMENT_H_
#define HEADGATE_CLI_ENVIRONMENT_H_

#include "config/load.h"

namespace headgate::cli {

config::Environment FullEnvironment();

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_ENVIRONMENT_H_
