// `headgate test --generate POLICY`: writes a file of boundary cases
// (cli/cases/generate.h).
#ifndef HEADGATE_CLI_GENERATE_H_
#define HEADGATE_CLI_GENERATE_H_

#include <string>

namespace headgate::cli {

struct GenerateFileOptions {
  std::string policy;  // the operator's file; empty: nothing is asked for
  std::string output;  // where to; empty: standard output
  bool force = false;  // over a file that is there
};

// The exit code; what is wrong is said.
int GenerateFile(const GenerateFileOptions& options);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_GENERATE_H_
