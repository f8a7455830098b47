// Load: the operator's file -> Config. Every mistake of every file is reported
// in one run; a Config comes back only if there was none.
#ifndef HEADGATE_CONFIG_LOAD_H_
#define HEADGATE_CONFIG_LOAD_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "config/config.h"
#include "config/diagnostic.h"

namespace headgate::config {

// What Load needs from outside; tests pass fakes.
struct Environment {
  // Reads a whole file (at most a few MiB; larger is an error).
  std::function<absl::StatusOr<std::string>(const std::string& path)> read_file;
  // An environment variable, or nothing.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  // The text of each built-in contract, by name.
  std::map<std::string, std::string> builtin_contracts;
  // What the layers above have to say of a whole config, in the same run. Also
  // called where the file has mistakes: then what could not be read has a
  // default, or is left out. Not called where a contract has mistakes. May be
  // empty.
  std::function<void(const Config& config, Diagnostics* diagnostics)> check;
};

// The real file system and environment, with the given contracts.
Environment SystemEnvironment(std::map<std::string, std::string> builtins);

// Reads `path` and the files that it names (relative to its folder).
std::optional<Config> Load(const std::string& path, const Environment& env,
                           Diagnostics* diagnostics);

// The same from a text; `name` is what diagnostics call it.
std::optional<Config> LoadText(std::string name, std::string text,
                               const Environment& env,
                               Diagnostics* diagnostics);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_LOAD_H_
