#include <spdlog/spdlog.h>

#include <fstream>
#include <memory>
#include <string>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/environment.h"
#include "cli/terminal.h"
#include "proxy/log.h"
#include "proxy/server.h"

namespace headgate::cli {
namespace {

struct ServeOptions {
  std::string config;
  std::string ports_file;
  bool log_json = false;
};

// One line per listener in the order of the config, then "admin ADDRESS": for
// scripts and tests that let the system choose the ports.
bool WritePortsFile(const std::string& path, const proxy::Server& server) {
  std::string text;
  for (const std::string& address : server.addresses()) {
    StrAppend(&text, address, "\n");
  }
  if (!server.admin_address().empty()) {
    StrAppend(&text, "admin ", server.admin_address(), "\n");
  }
  // Renamed into place, so that a reader never sees half of it.
  const std::string temporary = path + ".new";
  std::ofstream file(temporary);
  file << text;
  file.close();
  return file.good() && std::rename(temporary.c_str(), path.c_str()) == 0;
}

int ExitCodeOf(const absl::Status& status) {
  return absl::IsInvalidArgument(status) ? kInvalidConfig : kFailed;
}

int Serve(const ServeOptions& options) {
  proxy::SetUpLog({.json = options.log_json, .color = ErrorsTakeColor()});
  auto server = proxy::Server::Start({.config_path = options.config,
                                      .environment = FullEnvironment(),
                                      .color = ErrorsTakeColor()});
  if (!server.ok()) {
    PrintError(StrCat("headgate: ", server.status().message(), "\n"));
    return ExitCodeOf(server.status());
  }
  for (const std::string& address : (*server)->addresses()) {
    spdlog::info("listening on {}", address);
  }
  if (!(*server)->admin_address().empty()) {
    spdlog::info("admin on {}", (*server)->admin_address());
  }
  if (!options.ports_file.empty() &&
      !WritePortsFile(options.ports_file, **server)) {
    PrintError(StrCat("headgate: cannot write ", options.ports_file, "\n"));
    return kFailed;
  }
  (*server)->Run();
  spdlog::info("stopped");
  return kOk;
}

}  // namespace

std::function<int()> DeclareServe(CLI::App* app) {
  auto options = std::make_shared<ServeOptions>();
  app->add_option("-c,--config,config", options->config, "The config file")
      ->type_name("FILE")
      ->required();
  app->add_option("--ports-file", options->ports_file,
                  "Write the addresses that are listened on to this file")
      ->type_name("FILE");
  app->add_flag("--log-json", options->log_json,
                "Log to standard error as JSON, one object per line");
  return [options] { return Serve(*options); };
}

}  // namespace headgate::cli
