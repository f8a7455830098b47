// The subcommands of `headgate`, as rows of one table (commands.cc).
#ifndef HEADGATE_CLI_COMMAND_H_
#define HEADGATE_CLI_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <span>

namespace headgate::cli {

// What a command exits with. sysexits.h names 64.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,         // could not do it: a port in use, a file unreadable
  kInvalidConfig = 2,  // the operator's file is wrong; diagnostics were shown
  kInvalidCases = 3,  // a file of policy tests is wrong; diagnostics were shown
  kInvalidLog = 3,    // of `diff`: the access log cannot be read
  kBelowThreshold = 4,  // coverage or mutation score
  kNothingRan = 5,      // no policy test was chosen
  kUsage = 64,          // the command line is wrong
};

struct Command {
  const char* name;
  const char* summary;
  const char* examples;  // shown below the options of `headgate NAME --help`
  // Declares the options; what it returns runs the command.
  std::function<int()> (*declare)(CLI::App* app);
};

std::span<const Command> Commands();

// Reads the command line and runs the command that it names.
int Main(int argc, char** argv);

// Rows of the table.
std::function<int()> DeclareServe(CLI::App* app);
std::function<int()> DeclareCheck(CLI::App* app);
std::function<int()> DeclareTest(CLI::App* app);
std::function<int()> DeclareExplain(CLI::App* app);
std::function<int()> DeclareDiff(CLI::App* app);
std::function<int()> DeclareDb(CLI::App* app);
std::function<int()> DeclareToken(CLI::App* app);
std::function<int()> DeclareSchema(CLI::App* app);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_COMMAND_H_
