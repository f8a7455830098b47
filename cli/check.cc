#include <memory>
#include <optional>
#include <string>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/environment.h"
#include "cli/terminal.h"
#include "config/load.h"
#include "config/print.h"

namespace headgate::cli {
namespace {

struct CheckOptions {
  std::string file;
  bool print = false;
};

int Check(const CheckOptions& options) {
  config::Diagnostics diagnostics;
  const std::optional<config::Config> config =
      config::Load(options.file, FullEnvironment(), &diagnostics);
  if (config) {
    const std::string text = options.print ? config::PrintConfig(*config)
                                           : StrCat(options.file, ": ok\n");
    return PrintOut(text) ? kOk : kFailed;
  }
  PrintError(diagnostics.ToString(ErrorsTakeColor()));
  return kInvalidConfig;
}

}  // namespace

std::function<int()> DeclareCheck(CLI::App* app) {
  auto options = std::make_shared<CheckOptions>();
  app->add_option("file", options->file, "The config file")
      ->type_name("FILE")
      ->required();
  app->add_flag("--print", options->print,
                "Print the effective config: every default, no secret");
  return [options] { return Check(*options); };
}

}  // namespace headgate::cli
