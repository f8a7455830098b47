// Any bytes as the operator's file, in a world where every file and variable
// exists: it is loaded, or refused with a reason. What was loaded is printed as
// YAML that can be read, which shows no secret.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "config/load.h"
#include "config/print.h"
#include "config/yaml.h"

namespace {

using headgate::config::Config;
using headgate::config::Diagnostics;
using headgate::config::Environment;

constexpr char kRooms[] = R"(contract: agora-chat
app_key: "{org}"
errors:
  shape: {error: "{error}"}
  bad_name: {status: 400}
values:
  name: {charset: a-z, length: 1..8, error: bad_name}
operations:
  add: {request: "POST /{org}/rooms/{name}"}
)";
// Hexadecimal, so that it is also a good certificate.
constexpr char kSecret[] = "5CFd2fd1755d40ecb72977518be15d3b";

Environment WorldOfEverything() {
  Environment environment;
  // A contract file is quoted where it is wrong, so it must be another text.
  environment.read_file =
      [](const std::string& path) -> absl::StatusOr<std::string> {
    if (path.starts_with("secret")) return kSecret;
    return "contract: ours\nextends: agora-chat\n";
  };
  environment.variable = [](const std::string&) { return kSecret; };
  environment.builtin_contracts = {{"agora-chat", kRooms}};
  return environment;
}

void CheckPrint(const Config& config) {
  const std::string printed = headgate::config::PrintConfig(config);
  if (printed.find(kSecret) != std::string::npos) std::abort();
  Diagnostics diagnostics;
  headgate::config::ParseYaml(
      std::make_shared<const headgate::config::SourceFile>(
          headgate::config::SourceFile{"printed", printed}),
      &diagnostics);
  if (!diagnostics.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Environment environment = WorldOfEverything();
  const std::string text(reinterpret_cast<const char*>(data), size);
  // The one secret of this world may stand in the file itself.
  if (text.find(kSecret) != std::string::npos) return 0;
  Diagnostics diagnostics;
  const std::optional<Config> config =
      headgate::config::LoadText("fuzz.yaml", text, environment, &diagnostics);
  if (config.has_value() != diagnostics.empty()) std::abort();
  if (diagnostics.ToString().find(kSecret) != std::string::npos) std::abort();
  if (config) CheckPrint(*config);
  return 0;
}
