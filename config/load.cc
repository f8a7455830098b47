#include "config/load.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "base/strings.h"
#include "config/check.h"
#include "config/file_path.h"
#include "config/read_contract.h"
#include "config/sections.h"
#include "config/yaml.h"

namespace headgate::config {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

absl::Status ErrnoStatus() {
  return absl::UnavailableError(std::generic_category().message(errno));
}

absl::StatusOr<std::string> ReadSystemFile(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(
      std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) return ErrnoStatus();
  std::string text(kYamlBytesMax + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get())) return ErrnoStatus();
  if (text.size() > kYamlBytesMax) {
    return absl::ResourceExhaustedError(
        StrCat("larger than ", kYamlBytesMax >> 20, " MiB"));
  }
  return text;
}

std::optional<std::string> SystemVariable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

// Contracts are read even if the rest has mistakes: theirs belong to the same
// run.
std::map<std::string, Contract> ReadContractsOf(const Config& config,
                                                const Environment& environment,
                                                Diagnostics* diagnostics) {
  ContractSources sources;
  sources.builtins = &environment.builtin_contracts;
  for (const ContractFile& file : config.contract_files) {
    absl::StatusOr<std::string> text = environment.read_file(file.path);
    if (!text.ok()) {
      diagnostics->Add(file.at, StrCat("cannot read ", Quote(file.path), ": ",
                                       FromAbsl(text.status().message())));
      continue;
    }
    sources.files.push_back(std::make_shared<const SourceFile>(
        SourceFile{.name = file.path, .text = *std::move(text)}));
  }
  for (const Service& service : config.services) {
    sources.wanted.push_back(service.name);
  }
  return ReadContracts(sources, diagnostics);
}

}  // namespace

Environment SystemEnvironment(std::map<std::string, std::string> builtins) {
  return {.read_file = ReadSystemFile,
          .variable = SystemVariable,
          .builtin_contracts = std::move(builtins)};
}

std::optional<Config> Load(const std::string& path, const Environment& env,
                           Diagnostics* diagnostics) {
  absl::StatusOr<std::string> text = env.read_file(path);
  if (text.ok()) return LoadText(path, *std::move(text), env, diagnostics);
  const auto file = std::make_shared<const SourceFile>(SourceFile{path, ""});
  diagnostics->Add({.file = file},
                   StrCat("cannot read: ", FromAbsl(text.status().message())));
  return std::nullopt;
}

std::optional<Config> LoadText(std::string name, std::string text,
                               const Environment& env,
                               Diagnostics* diagnostics) {
  static const Type<Config> type = ConfigType();
  const std::string folder = FolderOf(name);
  const auto file = std::make_shared<const SourceFile>(
      SourceFile{.name = std::move(name), .text = std::move(text)});
  const std::optional<Node> root = ParseYaml(file, diagnostics);
  if (!root) return std::nullopt;

  Config config;
  type.read(*root, {diagnostics, &env, folder}, &config);
  config.contracts = ReadContractsOf(config, env, diagnostics);
  std::vector<std::string> builtins;
  for (const auto& contract : env.builtin_contracts) {
    builtins.push_back(contract.first);
  }
  CheckConfig(config, *root, std::move(builtins), diagnostics);
  if (!diagnostics->empty()) return std::nullopt;
  return config;
}

}  // namespace headgate::config
