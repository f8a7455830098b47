#include "cli/generate.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include "base/strings.h"
#include "cli/cases/generate.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "policy/policy.h"

namespace headgate::cli {
namespace {

int Fail(std::string_view what) {
  PrintError(StrCat("headgate: ", what, "\n"));
  return kFailed;
}

// The policy as a file of cases at `output` must name it.
std::string PathFrom(const std::string& output, const std::string& policy) {
  if (output.empty()) return policy;
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::absolute(output, error).parent_path();
  const std::string path = std::filesystem::relative(policy, folder, error);
  return path.empty() ? policy : path;
}

int WriteText(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file ? kOk : Fail(StrCat(path, ": cannot be written"));
}

}  // namespace

int GenerateFile(const GenerateFileOptions& options) {
  std::error_code error;
  if (!options.output.empty() && !options.force &&
      std::filesystem::exists(options.output, error)) {
    return Fail(
        StrCat(options.output, " is there already; --force writes over it"));
  }
  const config::Environment environment =
      config::SystemEnvironment(policy::BuiltinContracts());
  config::Diagnostics diagnostics;
  const auto config = config::Load(options.policy, environment, &diagnostics);
  std::shared_ptr<const policy::Policy> policy;
  if (config) policy = policy::Policy::Compile(*config, &diagnostics);
  if (policy == nullptr) {
    PrintError(diagnostics.ToString(ErrorsTakeColor()));
    return kInvalidConfig;
  }
  const auto plain = environment.read_file(options.policy);
  const auto text = GenerateCases(
      policy, {.policy_path = PathFrom(options.output, options.policy),
               .policy_text = plain.ok() ? *plain : std::string()});
  if (!text.ok()) return Fail(FromAbsl(text.status().message()));
  if (!options.output.empty()) return WriteText(options.output, *text);
  return PrintOut(*text) ? kOk : kFailed;
}

}  // namespace headgate::cli
