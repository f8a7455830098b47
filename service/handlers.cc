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

}  // namespace

const Handler* FindHandler(const config::Operation& operation) {
  static const HandlerMap map = MakeMap();
  const auto found = map.find(HandlerName(operation));
  return found == map.end() ? nullptr : found->second;
}

void CheckHandlers(const policy::Policy& policy,
                   config::Diagnostics* diagnostics) {
  for (const auto& service : policy.services()) {
    if (service->spec.upstream) continue;
    CheckFlipflop(*service, diagnostics);
    for (const auto& operation : service->operations) {
      const config::Operation& spec = operation->spec;
      if (!spec.deny.empty() || FindHandler(spec) != nullptr) continue;
      diagnostics->Add(
          spec.at,
          StrCat("nothing answers ", config::Quote(operation->name),
                 ": the service has no upstream, and there is no handler ",
                 config::Quote(HandlerName(spec))),
          StrCat("give ", service->name,
                 " an upstream, or the operation `deny` or a built-in "
                 "`handler`"));
    }
  }
}

}  // namespace headgate::service
