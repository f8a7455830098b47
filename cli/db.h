// The parts of `headgate db` that stand in files of their own.
#ifndef HEADGATE_CLI_DB_H_
#define HEADGATE_CLI_DB_H_

#include <functional>

#include "cli/command.h"

namespace headgate::cli {

std::function<int()> DeclareDbSeed(CLI::App* app);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_DB_H_
