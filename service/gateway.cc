#include "service/gateway.h"

#include <utility>

#include "base/strings.h"
#include "service/answer_cache.h"
#include "service/handlers.h"
#include "service/steps.h"
#include "service/tokens/tokens.h"

namespace headgate::service {

Gateway::Gateway() = default;
Gateway::~Gateway() = default;

absl::StatusOr<std::shared_ptr<const Gateway>> Gateway::Create(
    std::shared_ptr<const policy::Policy> policy, Runtime* runtime) {
  config::Diagnostics diagnostics;
  CheckHandlers(policy->config(), &diagnostics);
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
  if (const ChangeLog* changes = runtime->store().changes()) {
    gateway->answers_ = std::make_unique<AnswerCache>(changes);
  }
  return gateway;
}

const Handler& Gateway::HandlerOf(const Call& call) const {
  return *handlers_[static_cast<size_t>(call.operation->index)];
}

void Gateway::Handle(std::unique_ptr<Call> call, Done done) const {
  if (HandleNow(call.get())) return done(std::move(call));
  HandleLater(std::move(call), std::move(done));
}

bool Gateway::HandleNow(Call* call) const {
  const Handler& handler = HandlerOf(*call);
  if (handler.needs_app && call->app == nullptr) {
    call->answer.error =
        &call->service->catalogue->For(policy::Refusal::kUnknownApp);
    return true;
  }
  if (handler.direct != nullptr) {
    handler.direct({*tokens_, *runtime_}, *call);
    return true;
  }
  if (!handler.kept || answers_ == nullptr) return false;
  const auto kept = answers_->Find(AnswerKey(*call));
  if (kept == nullptr) return false;
  call->answer = kept->answer;
  return true;
}

void Gateway::HandleLater(std::unique_ptr<Call> call, Done done) const {
  const Handler& handler = HandlerOf(*call);
  const Tools tools{*tokens_, *runtime_};
  call->body_json = JsonValue();
  if (handler.steps != nullptr) {
    return handler.steps(tools, std::move(call), std::move(done));
  }
  if (handler.read != nullptr) {
    return Read(handler, std::move(call), std::move(done));
  }
  RunWrite(
      tools, std::move(call),
      [tools, &handler](Call& asked, Transaction& transaction) {
        return handler.write(tools, asked, transaction);
      },
      std::move(done));
}

void Gateway::Read(const Handler& handler, std::unique_ptr<Call> call,
                   Done done) const {
  const Tools tools{*tokens_, *runtime_};
  if (!handler.kept || answers_ == nullptr) {
    return RunRead(
        tools, std::move(call),
        [tools, &handler](Call& asked, Transaction& transaction) {
          handler.read(tools, asked, transaction);
        },
        std::move(done));
  }
  const int64_t number = runtime_->store().changes()->completed();
  RunRead(
      tools, std::move(call),
      [this, tools, &handler, number](Call& asked, Transaction& transaction) {
        KeptAnswer kept = {.key = AnswerKey(asked), .number = number};
        transaction.NoteReads(&kept.parts);
        handler.read(tools, asked, transaction);
        transaction.NoteReads(nullptr);
        if (!transaction.status().ok()) return;
        kept.answer = asked.answer;
        answers_->Keep(std::move(kept));
      },
      std::move(done));
}

const policy::TokenVerifier& Gateway::tokens() const { return *tokens_; }

}  // namespace headgate::service
