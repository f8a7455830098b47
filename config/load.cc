#include "config/load.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

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

// What was read, as if what could not be read were right: one mistake must not
// be reported as another.
Config DraftOf(const Config& config, const Node& root) {
  Config draft = config;
  draft.services.clear();
  const Node* const services = root.Find("services");
  // The list has the order of the map.
  for (size_t i = 0; i < config.services.size(); ++i) {
    if (!config.contracts.contains(config.services[i].name)) continue;
    Service service = config.services[i];
    const Node& node = services->entries[i].value;
    if (node.Find("upstream") && !service.upstream) service.upstream.emplace();
    if (node.Find("chat_server_url") && service.chat_server_url.empty()) {
      service.chat_server_url = "unread";
    }
    draft.services.push_back(std::move(service));
  }
  return draft;
}

// Contracts with mistakes are no ground for further checks.
bool ContractsAreGood(const Config& config, const Node& root,
                      const Diagnostics& diagnostics) {
  for (const ContractFile& file : config.contract_files) {
    if (diagnostics.HasAt(file.at)) return false;
  }
  const std::vector<Diagnostic> all = diagnostics.Sorted();
  return std::all_of(all.begin(), all.end(), [&root](const Diagnostic& found) {
    return found.at.file == root.at.file;
  });
}

// A place that was reported already has its mistake.
void CheckAbove(const Config& config, const Node& root, const Environment& env,
                Diagnostics* diagnostics) {
  if (!env.check || !ContractsAreGood(config, root, *diagnostics)) return;
  Diagnostics found;
  env.check(DraftOf(config, root), &found);
  const Diagnostics before = *diagnostics;
  for (Diagnostic& mistake : found.Sorted()) {
    if (before.HasAt(mistake.at)) continue;
    diagnostics->Add(mistake.at, std::move(mistake.message),
                     std::move(mistake.hint));
  }
}

}  // namespace

Environment SystemEnvironment(std::map<std::string, std::string> builtins) {
  return {.read_file = ReadSystemFile,
          .variable = SystemVariable,
          .builtin_contracts = std::move(builtins),
          .check = nullptr};
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
  CheckAbove(config, *root, env, diagnostics);
  if (!diagnostics->empty()) return std::nullopt;
  return config;
}

}  // namespace headgate::config
