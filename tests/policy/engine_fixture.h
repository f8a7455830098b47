// A policy from texts, and calls decided by it: what the engine's tests share.
#ifndef HEADGATE_TESTS_POLICY_ENGINE_FIXTURE_H_
#define HEADGATE_TESTS_POLICY_ENGINE_FIXTURE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "config/load.h"
#include "gtest/gtest.h"
#include "policy/contracts/builtin.h"
#include "policy/engine.h"

namespace headgate::policy {

struct Call {
  std::string method = "GET";
  std::string path;
  std::string query = {};
  std::string body = {};
  std::string authorization = "Bearer t0ken";
  std::string content_type = {};
};

// Reads a configuration and one contract file.
inline std::optional<config::Config> LoadTexts(
    const std::string& config_text, const std::string& contract,
    config::Diagnostics* diagnostics) {
  config::Environment environment;
  environment.builtin_contracts = BuiltinContracts();
  environment.read_file = [contract](const std::string&) { return contract; };
  environment.variable = [](const std::string&) { return std::nullopt; };
  return config::LoadText("headgate.yaml", config_text, environment,
                          diagnostics);
}

// The policy of a configuration, or what is wrong with it.
inline std::shared_ptr<const Policy> CompileText(const std::string& config_text,
                                                 const std::string& contract,
                                                 std::string* mistakes) {
  config::Diagnostics diagnostics;
  const auto config = LoadTexts(config_text, contract, &diagnostics);
  std::shared_ptr<const Policy> policy;
  if (config) policy = Policy::Compile(*config, &diagnostics);
  *mistakes = diagnostics.ToString();
  return policy;
}

// One policy, one engine, one limiter, a clock that the test turns.
class TestPolicy {
 public:
  // `services` is what stands under `services:`, indented by two; `contract`
  // is the text of one contract file, or empty.
  explicit TestPolicy(const std::string& services,
                      const std::string& contract = "",
                      Limiter::Options options = {})
      : limiter_(options), engine_(&limiter_) {
    std::string text = "listeners: [{address: 127.0.0.1:0}]\n";
    if (!contract.empty()) text += "contracts: [contract.yaml]\n";
    std::string mistakes;
    policy_ = CompileText(text + "services:\n" + services, contract, &mistakes);
    EXPECT_NE(policy_, nullptr) << mistakes;
  }

  bool ok() const { return policy_ != nullptr; }
  const Policy& policy() const { return *policy_; }
  Engine& engine() { return engine_; }
  Instant& now() { return now_; }

  static Request RequestOf(const Call& call) {
    Request request;
    request.method = call.method;
    request.path = call.path;
    request.query = call.query;
    request.authorization = call.authorization;
    request.content_type = call.content_type;
    request.has_body = !call.body.empty();
    return request;
  }
  // The decision's views are into the policy and the decision itself; they
  // move with a copy only in `variables`, so it is kept here.
  const Decision& Decide(const Call& call, Trace* trace = nullptr) {
    decision_.Clear();
    engine_.Evaluate(*policy_, RequestOf(call), call.body, now_, &decision_,
                     trace);
    return decision_;
  }

 private:
  Limiter limiter_;
  Engine engine_;
  std::shared_ptr<const Policy> policy_;
  Instant now_{1000000, 1700000000000000};
  Decision decision_;
};

// "allow", or the catalogue's row and the rule: "illegal_username
// add_chatroom_member.path.username.charset".
inline std::string Outcome(const Decision& decision) {
  if (decision.allowed()) return "allow";
  const std::string row =
      decision.error == nullptr ? "(none)" : decision.error->name;
  return row + " " + decision.rule;
}

}  // namespace headgate::policy

#endif  // HEADGATE_TESTS_POLICY_ENGINE_FIXTURE_H_
