#include "service/gateway.h"

#include <utility>

#include "base/strings.h"
#include "service/handlers.h"
#include "service/steps.h"
#include "service/tokens/tokens.h"

namespace headgate::service {

Gateway::Gateway() = default;
Gateway::~Gateway() = default;

absl::StatusOr<std::shared_ptr<const Gateway>> Gateway::Create(
    std::shared_ptr<const policy::Policy> policy, Runtime* runtime) {
  config::Diagnostics diagnostics;
  CheckHandlers(*policy, &diagnostics);
  if (!diagnostics.empty()) {
    return absl::InvalidArgumentError(diagnostics.ToString());
  }
  auto tokens = Tokens::Create(policy->config(), runtime);
  if (!tokens.ok()) return tokens.status();
  auto gateway = std::unique_ptr<Gateway>(new Gateway);
  gateway->runtime_ = runtime;
  gateway->tokens_ = *std::move(tokens);
  gateway->handlers_.resize(static_cast<size_t>(policy->operations()));
  for (const auto& service : policy->services()) {
    for (const auto& operation : service->operations) {
      gateway->handlers_[static_cast<size_t>(operation->index)] =
          FindHandler(operation->spec);
    }
  }
  gateway->policy_ = std::move(policy);
  return gateway;
}

void Gateway::Handle(std::unique_ptr<Call> call, Done done) const {
  const Handler& handler =
      *handlers_[static_cast<size_t>(call->operation->index)];
  const Tools tools{*tokens_, *runtime_};
  if (handler.steps != nullptr) {
    return handler.steps(tools, std::move(call), std::move(done));
  }
  if (handler.direct != nullptr) {
    handler.direct(tools, *call);
    return done(std::move(call));
  }
  if (handler.read != nullptr) {
    return RunRead(
        tools, std::move(call),
        [tools, &handler](Call& asked, Transaction& transaction) {
          handler.read(tools, asked, transaction);
        },
        std::move(done));
  }
  RunWrite(
      tools, std::move(call),
      [tools, &handler](Call& asked, Transaction& transaction) {
        return handler.write(tools, asked, transaction);
      },
      std::move(done));
}

const policy::TokenVerifier& Gateway::tokens() const { return *tokens_; }

}  // namespace headgate::service
