// An Environment without a disk: files and variables are what a test puts in,
// contracts are the real built-in ones.
#ifndef HEADGATE_TESTS_CONFIG_FAKE_ENVIRONMENT_H_
#define HEADGATE_TESTS_CONFIG_FAKE_ENVIRONMENT_H_

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "config/load.h"

namespace headgate::config {

inline std::string ReadSourceFile(const std::string& path) {
  std::ifstream file(std::string(HEADGATE_SOURCE_DIR) + "/" + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Must outlive the Environment.
struct FakeEnvironment {
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> variables;

  Environment Make() const {
    Environment environment;
    environment.read_file =
        [this](const std::string& path) -> absl::StatusOr<std::string> {
      const auto found = files.find(path);
      if (found == files.end()) {
        return absl::NotFoundError("No such file or directory");
      }
      return found->second;
    };
    environment.variable =
        [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
    environment.builtin_contracts = {
        {"agora-chat", ReadSourceFile("policy/contracts/agora_chat.yaml")},
        {"flipflop", ReadSourceFile("policy/contracts/flipflop.yaml")},
        {"private-services",
         ReadSourceFile("policy/contracts/private_services.yaml")}};
    return environment;
  }

  // Loads "headgate.yaml"; what is wrong goes to `problems` as text.
  std::optional<Config> Load(const std::string& text,
                             std::string* problems) const {
    Diagnostics diagnostics;
    std::optional<Config> config =
        LoadText("headgate.yaml", text, Make(), &diagnostics);
    *problems = diagnostics.ToString();
    return config;
  }
};

}  // namespace headgate::config

#endif  // HEADGATE_TESTS_CONFIG_FAKE_ENVIRONMENT_H_
