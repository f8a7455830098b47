#include "policy/limits.h"

#include "base/strings.h"

namespace headgate::policy {
namespace {

constexpr char kDefault[] = "default";

const config::Limit* Find(const config::Limits& limits,
                          const std::string& name) {
  const auto found = limits.find(name);
  return found == limits.end() ? nullptr : &found->second;
}

const config::Limit* Find(const config::Contract& contract,
                          const std::string& name) {
  const auto found = contract.limits.find(name);
  return found == contract.limits.end() ? nullptr : found->second.get();
}

}  // namespace

RateLimit CompileLimit(const config::Limit& limit) {
  RateLimit compiled;
  compiled.limit = limit.limit;
  compiled.window_us = absl::ToInt64Microseconds(limit.window);
  compiled.delay = limit.on_exceed == config::Limit::OnExceed::kDelay;
  compiled.max_delay_us = absl::ToInt64Microseconds(limit.max_delay);
  compiled.max_queue = limit.max_queue;
  compiled.shadow = limit.shadow;
  compiled.candidate = limit.candidate.value_or(0);
  return compiled;
}

ChosenLimit ChooseLimit(const config::Contract& contract,
                        const config::Service& service, const config::App* app,
                        const std::string& operation) {
  const std::string of_service = StrCat(service.name, ".limits.");
  for (const std::string& name : {operation, std::string(kDefault)}) {
    const config::Limit* own =
        app == nullptr ? nullptr : Find(app->limits, name);
    if (own != nullptr) {
      return {CompileLimit(*own),
              StrCat(service.name, ".apps.", app->name, ".limits.", name),
              own->at};
    }
    const config::Limit* chosen = Find(service.limits, name);
    if (chosen == nullptr) chosen = Find(contract, name);
    if (chosen != nullptr) {
      return {CompileLimit(*chosen), of_service + name, chosen->at};
    }
  }
  return {RateLimit(), of_service + kDefault, config::Location()};
}

}  // namespace headgate::policy
