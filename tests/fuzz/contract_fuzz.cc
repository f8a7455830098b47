// Any bytes as an operator's contract file, beside a small built-in that it may
// change: they are read or refused with diagnostics. What was read without a
// mistake has a row for every refusal, and every row renders to strict JSON,
// whatever the client sent.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "base/json_reader.h"
#include "config/read_contract.h"
#include "policy/catalogue.h"

namespace {

constexpr char kRooms[] = R"(contract: rooms
app_key: "{org}"
errors:
  shape: {error: "{error}", text: "{description}"}
  bad_name: {status: 400, description: "{value} is bad"}
values:
  name: {charset: a-z, length: 1..8, error: bad_name}
operations:
  add:
    request: POST /{org}/users
    body:
      names: {list: name, items: 1..60}
)";

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::map<std::string, std::string> builtins = {{"rooms", kRooms}};
  const std::string text(reinterpret_cast<const char*>(data), size);
  headgate::config::ContractSources sources;
  sources.builtins = &builtins;
  sources.files.push_back(std::make_shared<const headgate::config::SourceFile>(
      headgate::config::SourceFile{"ours.yaml", text}));
  headgate::config::Diagnostics diagnostics;
  const auto contracts = headgate::config::ReadContracts(sources, &diagnostics);
  if (!diagnostics.empty()) {
    Require(!diagnostics.ToString().empty());
    return 0;
  }
  headgate::JsonReader reader;
  for (const auto& [name, contract] : contracts) {
    const headgate::policy::Catalogue catalogue(contract);
    headgate::policy::ErrorContext context;
    context.value = text;
    context.location = text;
    for (const auto& error : catalogue.errors()) {
      std::string body;
      headgate::policy::Catalogue::Render(*error, context, &body);
      Require(static_cast<bool>(reader.Read(body)));
    }
    for (int i = 0; i < headgate::policy::kRefusals; ++i) {
      const auto refusal = static_cast<headgate::policy::Refusal>(i);
      Require(catalogue.For(refusal).status >= 400);
    }
  }
  return 0;
}
