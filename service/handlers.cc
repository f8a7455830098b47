#include "service/handlers.h"

#include "absl/types/span.h"
#include "base/strings.h"
#include "service/agora_chat/handlers.h"
#include "service/flipflop/handlers.h"
#include "service/private_services/handlers.h"

namespace headgate::service {
namespace {

using HandlerMap = StringMap<const Handler*>;

void AddAll(absl::Span<const Handler> handlers, HandlerMap* map) {
  for (const Handler& handler : handlers) {
    map->emplace(handler.name, &handler);
  }
}

HandlerMap MakeMap() {
  HandlerMap map;
  AddAll(AgoraChatHandlers(), &map);
  AddAll(FlipflopHandlers(), &map);
  AddAll(PrivateServicesHandlers(), &map);
  return map;
}

std::string_view HandlerName(const config::Operation& operation) {
  return operation.handler.empty() ? operation.name : operation.handler;
}

void CheckOperations(const config::Service& service,
                     const config::Contract& contract,
                     config::Diagnostics* diagnostics) {
  for (const config::Operation& operation : contract.operations) {
    if (!operation.deny.empty() || FindHandler(operation) != nullptr) continue;
    diagnostics->Add(
        operation.at,
        StrCat("nothing answers ", config::Quote(operation.name),
               ": the service has no upstream, and there is no handler ",
               config::Quote(HandlerName(operation))),
        StrCat("give ", service.name,
               " an upstream, or the operation `deny` or a built-in "
               "`handler`"));
  }
}

}  // namespace

const Handler* FindHandler(const config::Operation& operation) {
  static const HandlerMap map = MakeMap();
  const auto found = map.find(HandlerName(operation));
  return found == map.end() ? nullptr : found->second;
}

void CheckHandlers(const config::Config& config,
                   config::Diagnostics* diagnostics) {
  for (const config::Service& service : config.services) {
    const auto contract = config.contracts.find(service.name);
    if (service.upstream || contract == config.contracts.end()) continue;
    CheckFlipflop(service, contract->second, diagnostics);
    CheckOperations(service, contract->second, diagnostics);
  }
}

void CheckWhole(const config::Config& config,
                config::Diagnostics* diagnostics) {
  policy::Policy::Compile(config, diagnostics);
  CheckHandlers(config, diagnostics);
}

}  // namespace headgate::service
